"""Sessions that know their region: the key begins with the region's number.

Sessions stand in the region's own schema, so a key of another region finds nothing there anyway; the mark lets us tell
a stranger's cookie from an expired one, refuse it without a look-up and report it.
"""

import re
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.cached_db import SessionStore as CachedDbStore
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from typing_extensions import override

from kernel import clock, origin
from kernel.tenancy.context import scope_number

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SECRET_LENGTH = 32
_MARKED = re.compile(r"r\d{5}[a-z0-9]{32}\Z")

# When the person signed in, and when the session was last used (ISO instants).
BEGAN, SEEN = "began", "seen"
# Family of device and network of the last request.
WHERE = "where"


def region_mark(number: int) -> str:
    return f"r{number:05d}"


def is_foreign(session_key: str | None) -> bool:
    """Whether a presented key was made for another region. A text that is no key of ours is not."""
    return bool(_MARKED.match(session_key or "")) and not is_ours(session_key)


def is_ours(session_key: str | None) -> bool:
    """Whether a presented key was made here."""
    return str(session_key).startswith(region_mark(scope_number()))


def mark_session(session: SessionBase) -> None:
    """Write down when a session began."""
    moment = clock.now().isoformat()
    session[BEGAN] = moment
    session[SEEN] = moment


def has_moved(session: SessionBase, request: HttpRequest) -> bool:
    """Whether the session comes from another family of device and another network at once than last time.

    A phone changes its network a dozen times a day and a browser may call itself something else: one of both is
    written down and passes.
    """
    last, here = session.get(WHERE), _where(request)
    if not isinstance(last, list) or last == here:
        return False
    session[WHERE] = here
    return bool(last[0] != here[0] and last[1] != here[1])


def note_where(session: SessionBase, request: HttpRequest) -> None:
    """Write down from which family of device and network somebody signed in."""
    where = _where(request)
    if where[1]:
        session[WHERE] = where


def _where(request: HttpRequest) -> list[str]:
    return [origin.family_of(request), origin.network_of(request)]


def began_at(session: SessionBase) -> datetime | None:
    """When the person of the session signed in; None when nobody has."""
    return instant(session, BEGAN)


def instant(session: SessionBase, name: str) -> datetime | None:
    """An instant that was written into the session."""
    value = session.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else None


class SessionStore(CachedDbStore):
    """Database sessions behind the cache; a key made elsewhere is never looked up."""

    @classmethod
    @override
    def get_model_class(cls) -> type:
        from django.contrib.sessions.models import Session

        return Session

    def _get_new_session_key(self) -> str:
        while True:
            key = region_mark(scope_number()) + get_random_string(_SECRET_LENGTH, _ALPHABET)
            if not self.exists(key):
                return key

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(super()._validate_session_key(key)) and is_ours(key)  # type: ignore[misc]
