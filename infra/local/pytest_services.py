"""A pytest plugin: the suite's own PostgreSQL and Redis, before Django reads its settings.

Named in pyproject.toml with `-p`; parallel workers inherit the addresses from the first process.
"""

import atexit
import contextlib
import os

from infra.local.services import throwaway_services

_stack = contextlib.ExitStack()
os.environ.update(_stack.enter_context(throwaway_services()).environment)
atexit.register(_stack.close)
