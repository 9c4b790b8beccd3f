"""One machine, no TLS: `make demo`."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import FILES_DIR, INSTALLED_APPS, SECRET_KEY, WATCHING_KEY

WATCHING_KEY = WATCHING_KEY or "local-only-not-a-secret-watching-key-local-only-watching-key"
SECRET_KEY = SECRET_KEY or "local-only-not-a-secret-local-only-not-a-secret-0123456789"
INSTALLED_APPS = [*INSTALLED_APPS, "config.demo"]
AUDIT_SEAL_KEY_FILE = os.environ.get("AUDIT_SEAL_KEY_FILE", str(FILES_DIR.parent / "audit-seal.pem"))
AUDIT_SEAL_KEY_IS_MADE = True
AUDIT_WITNESS_DIR = os.environ.get("AUDIT_WITNESS_DIR", str(FILES_DIR.parent / "audit-witness"))
