"""`config.settings.local` with the collected static files where the browser tests put them, and a clock to move."""

import os
from pathlib import Path

from config.settings.local import *  # noqa: F403
from config.settings.local import MIDDLEWARE

STATIC_ROOT = Path(os.environ["E2E_STATIC_ROOT"])
MIDDLEWARE = ["tests.e2e.moved_clock.MovedClock", *MIDDLEWARE]
# Months pass in these tests, and their people come in through the log-in page: tests/e2e/test_second_factor.py asks for
# the second factor by the row of the role.
SECOND_FACTOR_DAYS: dict[str, int] = {}
