"""The test suite: embedded services, fast hashing, tasks through the real broker only where a test says so."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret-tests-only-not-a-secret-0123456789")

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# One connection for each test process: the suite's transactions roll back on it.
del DATABASES["default"]["OPTIONS"]["pool"]
# Hashing is real argon2id, at the library's smallest cost: the suite signs in hundreds of times.
PASSWORD_HASHERS = ["kernel.testing.hashers.QuickArgon2Hasher", "kernel.accounts.hashers.TunedArgon2Hasher"]
