"""Plain text: tables with separators, logs of machines."""

from __future__ import annotations

import csv
import re
from typing import Final

from kernel.files.inspection.findings import Finding, quarantine, reject
from kernel.files.inspection.kinds import Kind
from kernel.files.inspection.limits import MAX_TEXT
from kernel.files.inspection.markup import check_text_tags

STEP: Final = "structure"
# A cell that a spreadsheet program would start another program for.
_STARTS: Final = re.compile(r"(?:^|[,;\t\"])\s*[=+\-@]\s*[\w.]*\s*\|[^!\n]{0,300}!", re.MULTILINE)


def check_text(content: bytes, kind: Kind) -> list[Finding]:
    """Raises Stop for text that holds markup, code or a cell that starts a program."""
    text = decoded(content)
    check_text_tags(content if "\0" not in content.decode("latin-1") else text.encode())
    if kind is Kind.CSV:
        if _STARTS.search(text):
            raise quarantine("office", "dde")
        longest = csv.field_size_limit()
        if max((len(line) for line in text.splitlines()), default=0) > 8 * longest:
            raise reject(STEP, "damaged", "line")
    return []


def decoded(content: bytes) -> str:
    """As text, whatever its coding: UTF-16 by its mark, UTF-8, else a single-byte one. Raises Stop."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise reject(STEP, "damaged", "UTF-16") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def words_of(content: bytes) -> tuple[str, str]:
    """The text itself; a text says nothing about itself."""
    return decoded(content)[:MAX_TEXT], ""
