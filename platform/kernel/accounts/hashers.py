"""Password hashing, tuned so that a log-in wave fits on two cores, and bounded so that it stays that way.

Source: performance note 1.2; security note 5.1.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from typing_extensions import override

from kernel.errors import Overloaded

_slots = threading.BoundedSemaphore(settings.PASSWORD_HASHES_AT_ONCE)


@contextmanager
def hashing_slot() -> Iterator[None]:
    """One of this process's places for a hash. Raises Overloaded when none gets free in time.

    Without a bound a wave of log-ins takes every core and 19 MiB for each, and the punches wait behind it.
    """
    if not _slots.acquire(timeout=settings.PASSWORD_HASH_WAIT_SECONDS):
        raise Overloaded(retry_after=5)
    try:
        yield
    finally:
        _slots.release()


class TunedArgon2Hasher(Argon2PasswordHasher):
    """argon2id with t=2, m=19 MiB, p=1: OWASP's and ASVS's approved minimum; 108 to 123 hashes a second here."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    @override
    def encode(self, password: str, salt: str) -> str:
        with hashing_slot():
            return super().encode(password, salt)

    @override
    def verify(self, password: str, encoded: str) -> bool:
        with hashing_slot():
            return super().verify(password, encoded)
