"""Runs pytest on servers of its own; the arguments are pytest's.

The browser tests need a Chromium on the machine (`CHROMIUM=` names another). Without one they are left out of the run,
and that is said; `--browser-required`, which the build server gives, makes it an error.
"""

from __future__ import annotations

import subprocess
import sys

from infra.local.browser import find_browser
from infra.local.services import CHECKOUT

REQUIRED = "--browser-required"
MISSING = "No Chromium on this machine (apt install chromium, or CHROMIUM=/path/to/it)"


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != REQUIRED]
    has_browser = find_browser() is not None
    wants_only_browser = "-m" in arguments and "e2e" in arguments
    if not has_browser and (REQUIRED in sys.argv or wants_only_browser):
        sys.exit(f"{MISSING}: the browser tests cannot run.")
    if wants_only_browser:
        sys.exit(pytest([*arguments]))
    # Playwright keeps an event loop running in its process, which other tests do not bear: the browser's run is apart.
    code = pytest([*arguments, "-m", "not e2e"])
    if has_browser:
        code = pytest(["-m", "e2e"]) or code
    else:
        print(f"{MISSING}: the browser tests were left out.", flush=True)
    sys.exit(code)


def pytest(arguments: list[str]) -> int:
    """Exit code of one run."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    main()
