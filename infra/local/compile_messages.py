"""Compiles the translations (.po to .mo) without gettext's own programs, which a bare machine does not have."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import polib

CHECKOUT = Path(__file__).resolve().parents[2]
ROOTS = ("platform", "tenants", "api", "billing")


PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!%)\{(\w+)\}")


class WrongTranslation(Exception):
    """A translation file that cannot be read, or a text that would fail when it is filled in."""


def compile_messages(checkout: Path = CHECKOUT) -> list[Path]:
    """Write each .mo file that is missing or older than its .po file, and return those written.

    Entries that are fuzzy or empty are left out, so that Django shows the source text. Raises
    `WrongTranslation` with the file and the text or line.
    """
    written = []
    for root in ROOTS:
        for source in sorted((checkout / root).glob("**/locale/*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            content = read_messages(source).to_binary()
            # Replaced in one step: a running server or a parallel test run may be reading it.
            handle, fresh = tempfile.mkstemp(dir=source.parent, prefix=f".{target.name}.")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(fresh, 0o644)
            os.replace(fresh, target)
            written.append(target)
    return written


def read_messages(source: Path) -> polib.POFile:
    """The entries of a .po file. Refuses a translation with a placeholder that its source text does not have."""
    try:
        messages = polib.pofile(str(source))
    except OSError as error:
        raise WrongTranslation(f"{source}: {error}") from error
    for entry in messages.translated_entries():
        known = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            unknown = placeholders(text) - known
            if unknown:
                raise WrongTranslation(f"{source}: {text!r} has placeholders of its own: {', '.join(sorted(unknown))}")
    return messages


def placeholders(text: str) -> set[str]:
    """The names in `%(name)s` and `{name}`."""
    return {percent or brace for percent, brace in PLACEHOLDER.findall(text)}


def main() -> None:
    try:
        written = compile_messages()
    except WrongTranslation as error:
        sys.exit(str(error))
    for path in written:
        print(f"compiled {path.relative_to(CHECKOUT)}")


if __name__ == "__main__":
    main()
