"""One machine, no TLS: `make demo`."""

import os

os.environ.setdefault("SECRET_KEY", "local-only-not-a-secret-local-only-not-a-secret-0123456789")

from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "config.demo"]
