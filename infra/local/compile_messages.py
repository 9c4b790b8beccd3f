"""Compiles the translations (.po to .mo) without gettext's own programs, which a bare machine does not have."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import polib

CHECKOUT = Path(__file__).resolve().parents[2]
ROOTS = ("platform", "tenants", "api", "billing")


def compile_messages(checkout: Path = CHECKOUT) -> list[Path]:
    """Write each .mo file that is missing or older than its .po file, and return those written.

    Entries that are fuzzy or empty are left out, so that Django shows the source text. Raises `OSError` with file and
    line when a .po file cannot be read.
    """
    written = []
    for root in ROOTS:
        for source in sorted((checkout / root).glob("**/locale/*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            content = polib.pofile(str(source)).to_binary()
            # Replaced in one step: a running server or a parallel test run may be reading it.
            handle, fresh = tempfile.mkstemp(dir=source.parent, prefix=f".{target.name}.")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(fresh, 0o644)
            os.replace(fresh, target)
            written.append(target)
    return written


def main() -> None:
    try:
        written = compile_messages()
    except OSError as error:
        sys.exit(f"A translation file cannot be read: {error}")
    for path in written:
        print(f"compiled {path.relative_to(CHECKOUT)}")


if __name__ == "__main__":
    main()
