"""Fingerprints that let two events be recognised as the same person, device or password, and tell nothing else."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from django.conf import settings

# 20 bits: enough to see one password tried on many accounts, too few to tell which password it was.
_BUCKET_LENGTH: Final = 5


def _keyed(purpose: str, text: str) -> str:
    return hmac.new(f"{purpose}:{settings.WATCHING_KEY}".encode(), text.encode(), hashlib.sha256).hexdigest()


def account_print(login: str) -> str:
    """16 hexadecimal digits that stand for a log-in name (a NIP, an e-mail), also for one that nobody has."""
    return _keyed("account", login.strip().casefold())[:16]


def password_bucket(password: str) -> str:
    """The bucket of an attempted password, one of a million; kept for a day (`control.watch.keeping`)."""
    return _keyed("password", password)[:_BUCKET_LENGTH]


def agent_print(agent: str) -> str:
    """16 hexadecimal digits that stand for a browser's description of itself; "" for none."""
    return hashlib.sha256(agent.encode()).hexdigest()[:16] if agent else ""
