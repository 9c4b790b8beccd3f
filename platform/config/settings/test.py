"""The test suite: embedded services, fast hashing, tasks through the real broker only where a test says so."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import (
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATABASES,
    INSTALLED_APPS,
    SECRET_KEY,
    STORAGES,
    WATCHING_KEY,
)

WATCHING_KEY = WATCHING_KEY or "tests-only-not-a-secret-watching-key-tests-only-watching-key"
SECRET_KEY = SECRET_KEY or "tests-only-not-a-secret-tests-only-not-a-secret-0123456789"
# Test processes share one Redis; each has keys of its own.
_process = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"
_prefix = os.environ.get("TEST_KEY_PREFIX", f"kd-{_process}")
CACHES = {"default": {**CACHES["default"], "KEY_PREFIX": _prefix}}
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": f"{_prefix}:queue:"}

# Files of a test process lie in a folder of its own, which the processes that it starts share. Processes that run tests
# side by side inherit the variables of who started them, and may not share it: each throws away what its tests left.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("FILES_OF_TESTS") != _worker:
    os.environ["FILES_OF_TESTS"] = _worker
    _folder = tempfile.mkdtemp(prefix="kd-files-")
    os.environ["FILES_DIR"] = f"{_folder}/files"
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
FILES_DIR = Path(os.environ["FILES_DIR"])
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# What a process tells of itself is committed, and would stay in the database of all tests.
PROCESSES_ARE_TOLD = False
# One connection for each test process: the suite's transactions roll back on it.
del DATABASES["default"]["OPTIONS"]["pool"]
# Hashing is real argon2id, at the library's smallest cost: the suite signs in hundreds of times.
PASSWORD_HASHERS = ["kernel.testing.hashers.QuickArgon2Hasher", "kernel.accounts.hashers.TunedArgon2Hasher"]
# Static files straight from the apps: nothing is collected for a test run.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

INSTALLED_APPS = [*INSTALLED_APPS, "config.demo"]
