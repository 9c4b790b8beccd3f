"""`config.settings.local` with the collected static files where the browser tests put them, and a clock to move."""

import os
from pathlib import Path

from config.settings.local import *  # noqa: F403
from config.settings.local import MIDDLEWARE

STATIC_ROOT = Path(os.environ["E2E_STATIC_ROOT"])
MIDDLEWARE = ["tests.e2e.moved_clock.MovedClock", *MIDDLEWARE]
# Months pass in these tests, and their people come in by the password alone.
SECOND_FACTOR_DAYS = {}
