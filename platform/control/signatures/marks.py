"""What a signature compares: made of what an operator wrote, and looked for in what a region holds. Pure."""

from __future__ import annotations

import re
from typing import Final

from control.pages.addresses import Refused, read_host
from control.signatures.errors import NoSignature
from control.signatures.models import Signature
from kernel.judol import text_print
from kernel.judol.folding import fold, skeleton
from kernel.judol.hosts import is_of_government, is_usual, registrable

LEAST_TEXT: Final = 12
LEAST_PHRASE: Final = 10
LONGEST_READ: Final = 20_000
_DIGEST: Final = re.compile(r"\A[0-9a-f]{64}\Z")
# What an incident has of a text whose words stay in the region.
_PRINT: Final = re.compile(r"\A[0-9a-f]{16}\Z")
_WORD: Final = re.compile(r"\w+")


def value_of(kind: str, written: str) -> str:
    """The value that is compared. Raises NoSignature for what marks nothing, or half the country's texts.

    A text may be given by its print, as it stands on an incident.
    """
    text = written.strip()
    if kind == Signature.Kind.TEXT and _PRINT.match(text):
        return text
    if kind == Signature.Kind.TEXT:
        if len(_letters(text)) < LEAST_TEXT:
            raise NoSignature("text")
        return text_print(text)
    if kind == Signature.Kind.PHRASE:
        words = folded(text)
        if len(words.replace(" ", "")) < LEAST_PHRASE or " " not in words or len(words) > 300:
            raise NoSignature("phrase")
        return words
    if kind == Signature.Kind.DIGEST:
        digest = text.lower()
        if not _DIGEST.match(digest):
            raise NoSignature("digest")
        return digest
    try:
        host = read_host(text)
    except Refused as error:
        raise NoSignature("domain") from error
    if is_of_government(host):
        raise NoSignature("government")
    if is_usual(host) or is_usual(registrable(host)):
        raise NoSignature("usual")
    return host.removeprefix("www.")


def folded(text: str) -> str:
    """The words of a text as they read without disguise, in lower case, one space between."""
    return " ".join(_WORD.findall(skeleton(fold(text[:LONGEST_READ]).text.lower())))


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text))


def bears(kind: str, value: str, text: str) -> bool:
    """Whether a text bears the mark. A domain counts with all names below it."""
    if kind == Signature.Kind.TEXT:
        return text_print(text) == value
    if kind == Signature.Kind.PHRASE:
        return f" {value} " in f" {folded(text)} "
    if kind == Signature.Kind.DOMAIN:
        return (
            re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-]|\.\w)", fold(text[:LONGEST_READ]).text.lower())
            is not None
        )
    return False


def is_host_of(value: str, host: str) -> bool:
    """Whether a host is the domain or a name below it."""
    return host == value or host.endswith(f".{value}")
