"""One's own sessions: where one is signed in, and ending any of them.

Sessions carry their owner only inside, so each sign-in leaves a row of its own beside its session. Rows outlive their
sessions by little: they go at the person's next sign-in. Source: ASVS 5.0 V7.5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from kernel import clock, origin
from kernel.accounts.models import SignIn, User
from kernel.accounts.sessions import SEEN, SessionStore, instant
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound

ENDED = declare_action("accounts.own_session_ended", "Sesi sendiri diakhiri")


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A living session as its owner sees it; `device` and `network` as far as they are known."""

    uid: UUID
    began_at: datetime
    seen_at: datetime | None
    device: str
    network: str
    is_this: bool


def note_sign_in(request: HttpRequest, user: User) -> None:
    """Write down that this session is the person's, and forget rows whose sessions are over by their age."""
    _idle, absolute = settings.SESSION_LIMITS["region"]
    SignIn.objects.filter(user=user, began_at__lt=clock.now() - absolute).delete()
    SignIn.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        device=origin.family_of(request)[:60],
        network=origin.address_of(request)[:60],
    )


def change_key(request: HttpRequest) -> None:
    """Give the session a new key, as after each showing of password or factor. Does nothing for nobody's session."""
    former = request.session.session_key
    if former is None or not request.user.is_authenticated:
        return
    request.session.cycle_key()
    SignIn.objects.filter(session_key=former).update(session_key=request.session.session_key)


def sessions_of(user: User, this: str | None) -> list[OwnSession]:
    """The person's living sessions, newest first; `this` is the key of the one that asks."""
    rows = list(SignIn.objects.filter(user=user).order_by("-began_at", "-pk"))
    living = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=clock.now()
        ).values_list("session_key", flat=True)
    )
    return [
        OwnSession(
            uid=row.uid,
            began_at=row.began_at,
            seen_at=instant(SessionStore(row.session_key), SEEN),
            device=row.device,
            network=row.network,
            is_this=row.session_key == this,
        )
        for row in rows
        if row.session_key in living
    ]


@transaction.atomic
def end_own_session(*, uid: UUID, user: User) -> None:
    """End one of the person's own sessions. Raises NotFound for what is not theirs."""
    row = SignIn.objects.filter(uid=uid, user=user).first()
    if row is None:
        raise NotFound("session")
    _end(user, [row])


@transaction.atomic
def end_other_sessions(*, user: User, this: str | None) -> int:
    """End all of the person's sessions but the one that asks; gives how many."""
    rows = list(SignIn.objects.filter(user=user).exclude(session_key=this or ""))
    _end(user, rows)
    return len(rows)


def _end(user: User, rows: list[SignIn]) -> None:
    for row in rows:
        SessionStore(row.session_key).delete()
    SignIn.objects.filter(pk__in=[row.pk for row in rows]).delete()
    record(ENDED, actor=user, subject=user, after={"count": len(rows)})
