"""What a request tried on a side that is not its own: the log and the audit trail of that side, and a security event.

An attacker can cause as many as they like, so what the audit trail stores is bounded: each source once in a window, and
so many in all for one side and process. What is beyond is counted and logged; security events have a bound of their own
(`kernel.watching.flood`).
"""

import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from django.http import HttpRequest

from kernel.accounts.actors import Actor, System
from kernel.audit.record import declare_action, record
from kernel.tenancy.context import scope_label
from kernel.watching import emit, names

log = structlog.get_logger(__name__)

FOREIGN_SESSION = declare_action("security.foreign_session", "Sesi wilayah lain ditolak")
FOREIGN_OBJECT = declare_action("security.foreign_object", "Alamat yang tidak dikenal diminta")

_WATCHED = {FOREIGN_SESSION: names.CROSS_TENANT_SESSION, FOREIGN_OBJECT: names.CROSS_TENANT_ATTEMPT}

WINDOW_SECONDS = 600.0
MOST_IN_A_WINDOW = 50


@dataclass(slots=True)
class _Window:
    began: float
    sources: set[str] = field(default_factory=set)
    left_out: int = 0


_windows: dict[tuple[str, str], _Window] = {}
_lock = threading.Lock()


def forget_windows() -> None:
    """Begin anew, as a fresh process does."""
    with _lock:
        _windows.clear()


def _is_new(action: str, source: str) -> bool:
    """Whether to store an event from this source now."""
    key, moment = (scope_label(), action), time.monotonic()
    with _lock:
        window = _windows.get(key)
        if window is None or moment - window.began > WINDOW_SECONDS:
            if window is not None and window.left_out:
                log.warning("security_events_left_out", action=action, count=window.left_out)
            window = _windows[key] = _Window(moment)
        if source in window.sources or len(window.sources) >= MOST_IN_A_WINDOW:
            window.left_out += 1
            return False
        window.sources.add(source)
        return True


def _report(action: str, *, actor: Actor, source: str, request: HttpRequest, subject: str = "") -> None:
    log.warning(action, path=request.path, method=request.method)
    emit(
        _WATCHED[action],
        subject=subject,
        person=None if isinstance(actor, System) else actor.uid,
        path=request.path,
    )
    if _is_new(action, source):
        record(action, actor=actor, note=f"{request.method} {request.path}"[:300])


def report_foreign_session(request: HttpRequest) -> None:
    """A session cookie made for another region was presented. The cookie itself is not stored."""
    source = f"{request.META.get('REMOTE_ADDR')} {request.path}"
    _report(FOREIGN_SESSION, actor=System("request"), source=source, request=request)


def report_foreign_object(request: HttpRequest, *, actor: Actor, uid: UUID) -> None:
    """A signed-in person asked for a uid that names nothing here, or nothing of theirs."""
    source = f"{actor.name if isinstance(actor, System) else actor.uid} {request.path}"
    _report(FOREIGN_OBJECT, actor=actor, source=source, request=request, subject=str(uid))
