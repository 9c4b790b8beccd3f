"""Which hosts belong together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote, urlsplit

# Under these a name is registered one level lower: what `go.id` is to Indonesia, `co.uk` and the like elsewhere.
_SECOND_LEVEL: Final = frozenset(
    "ac biz co com desa edu go gob gov gub mil my net or org ponpes sch sc web".split()  # noqa: SIM905
)
_USUAL: Final = frozenset([
    "play.google.com", "apps.apple.com", "itunes.apple.com", "maps.google.com", "docs.google.com", "drive.google.com",
    "forms.gle", "wa.me", "whatsapp.com", "t.me", "youtube.com", "youtu.be", "facebook.com", "instagram.com",
    "twitter.com", "x.com", "tiktok.com", "linkedin.com",
])  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+")


def host_of(url: str) -> str:
    """The host of an absolute or scheme-relative URL in lower case, "" for everything else."""
    try:
        parts = urlsplit(url.strip())
        if parts.scheme and parts.scheme.lower() not in ("http", "https"):
            return ""
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""


def registrable(host: str) -> str:
    """The name that somebody registered: `manadokota.go.id` of `www.manadokota.go.id`."""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        # An address of a machine belongs to nobody else.
        return host
    if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def is_of_government(host: str) -> bool:
    """Whether an Indonesian government body registered it: go.id, desa.id, mil.id."""
    return host.endswith((".go.id", ".desa.id", ".mil.id"))


def is_foreign(host: str, own: Iterable[str]) -> bool:
    """Whether a host is registered by somebody else than all of these hosts."""
    return bool(host) and registrable(host) not in {registrable(name) for name in own}


def is_usual(host: str) -> bool:
    """Whether honest pages send people there: application stores, maps, forms, social networks, a chat."""
    return host in _USUAL or registrable(host) in _USUAL


def words_of_url(url: str) -> str:
    """The words that a URL is made of, as text to judge: `/slot-gacor-hari-ini.html` is "slot gacor hari ini html"."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return " ".join(_WORD.findall(unquote(f"{parts.path} {parts.query}")))


def words_of_host(host: str) -> str:
    """The labels of a host without its ending, as text to judge."""
    name = registrable(host).split(".")[0]
    before = host[: max(0, len(host) - len(registrable(host)))]
    return " ".join(_WORD.findall(f"{before} {name}"))
