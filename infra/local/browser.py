"""Finds the Chromium that the browser tests drive. Prints its path, or nothing and exit code 1."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_browser() -> str | None:
    """`CHROMIUM` from the environment, or the first known name on the path."""
    given = os.environ.get("CHROMIUM", "").strip()
    if given:
        return shutil.which(given)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def main() -> None:
    path = find_browser()
    if path is None:
        sys.exit(1)
    print(path)


if __name__ == "__main__":
    main()
