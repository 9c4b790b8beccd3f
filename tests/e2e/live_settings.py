"""`config.settings.local` with the collected static files where the browser tests put them."""

import os
from pathlib import Path

from config.settings.local import *  # noqa: F403

STATIC_ROOT = Path(os.environ["E2E_STATIC_ROOT"])
