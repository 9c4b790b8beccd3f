"""`make demo`'s settings, with static files collected to a folder of the test's own."""

import os
from pathlib import Path

from config.settings.local import *  # noqa: F403

PROCESSES_ARE_TOLD = False
STATIC_ROOT = Path(os.environ["GATES_STATIC_ROOT"])
