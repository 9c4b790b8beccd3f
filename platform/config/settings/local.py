"""One machine, no TLS: `make demo`."""

import os

os.environ.setdefault("SECRET_KEY", "local-only-not-a-secret-local-only-not-a-secret-0123456789")
os.environ.setdefault("WATCHING_KEY", "local-only-watching-key-local-only-watching-key")

from config.settings.base import *  # noqa: F403
from config.settings.base import FILES_DIR, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "config.demo"]
AUDIT_SEAL_KEY_FILE = os.environ.get("AUDIT_SEAL_KEY_FILE", str(FILES_DIR.parent / "audit-seal.pem"))
AUDIT_SEAL_KEY_IS_MADE = True
AUDIT_WITNESS_DIR = os.environ.get("AUDIT_WITNESS_DIR", str(FILES_DIR.parent / "audit-witness"))
