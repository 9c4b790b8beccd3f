"""What the operators' side tells, and what the region answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.guests.actions import end_visit
from kernel.guests.models import Visit
from kernel.permissions import require
from kernel.watching import emit, names
from kernel.watching.names import KINDS
from tenants.security.errors import AnswerRefused
from tenants.security.models import Answer, DailyCount, Incident
from tenants.security.permissions import ANSWER

ANSWERED = declare_action("security.answered", "Permintaan insiden dijawab")


@transaction.atomic
def take_incident(*, uid: UUID, version: int, told: Mapping[str, Any]) -> bool:
    """Keep the incident as the desk tells it; one that is older than what stands changes nothing. True when it is new.

    `told` are the fields of `Incident`, instants as ISO texts.
    """
    row = Incident.objects.select_for_update().filter(uid=uid).first() or Incident(uid=uid, version=0)
    if version <= row.version:
        return False
    row.version = version
    for name in ("number", "title", "kind", "severity", "severity_rank", "state", "is_open", "summary", "contact"):
        setattr(row, name, told[name])
    row.asks, row.notices = list(told["asks"]), list(told.get("notices", ()))
    row.detected_at = datetime.fromisoformat(told["detected_at"])
    row.closed_at = None if told["closed_at"] is None else datetime.fromisoformat(told["closed_at"])
    row.told_at = clock.now()
    row.save()
    return True


@transaction.atomic
def answer_ask(*, incident: UUID, ask: UUID, kind: Answer.Kind, text: str, key: UUID, actor: User) -> Answer:
    """Answer something that is asked; the same `key` again is the same answer. It reaches the operators' desk.

    Raises NotAllowed, NotFound, AnswerRefused (an answer without words, a closed incident).
    """
    require(actor, ANSWER)
    row = Incident.objects.select_for_update().filter(uid=incident).first()
    if row is None or str(ask) not in {one["uid"] for one in row.asks}:
        raise NotFound("ask")
    known = Answer.objects.filter(key=key).first()
    if known is not None:
        return known
    if not row.is_open:
        raise AnswerRefused("closed")
    words = text.strip()[:1000]
    if kind == Answer.Kind.ANSWER and not words:
        raise AnswerRefused("empty")
    answer = Answer.objects.create(incident=row, ask=ask, kind=kind, text=words, by=actor, key=key)
    record(ANSWERED, actor=actor, subject=row, after={"ask": str(ask), "kind": kind}, note=words)
    emit(
        names.INCIDENT_ANSWER,
        subject=str(ask),
        person=actor.uid,
        incident=str(incident),
        kind=str(kind),
        text=words,
        answer=str(key),
    )
    return answer


def stop_visit(*, uid: UUID, actor: User) -> Visit:
    """The region ends an operator's visit; nothing is answered in it from then on. Raises NotAllowed, NotFound."""
    require(actor, ANSWER)
    return end_visit(uid=uid, end=Visit.End.REGION, actor=actor)


@transaction.atomic
def take_counts(*, day: date, counts: Sequence[Mapping[str, Any]]) -> None:
    """Keep the counts of a day: what came later counts more, and the same message twice changes nothing."""
    rows = [
        DailyCount(
            day=day,
            name=one["name"],
            severity=one["severity"],
            count=one["count"],
            last_at=datetime.fromisoformat(one["last_at"]),
        )
        for one in counts
        if one["name"] in KINDS
    ]
    standing = {
        (row.name, row.severity): row for row in DailyCount.objects.select_for_update().filter(day=day).order_by("pk")
    }
    for row in rows:
        known = standing.get((row.name, row.severity))
        if known is None:
            row.save()
        elif row.count > known.count:
            known.count, known.last_at = row.count, row.last_at
            known.save(update_fields=["count", "last_at"])
