"""What an incident obliges to: tasks by its kind, and notices by the legal clocks in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import OuterRef, Subquery

from control.incidents.models import Incident, LegalClock, Notice, Severity, Task, TaskTemplate
from kernel import clock


def clocks_in_force() -> list[LegalClock]:
    """The newest version of each clock, those that are switched off left out."""
    newest = LegalClock.objects.filter(code=OuterRef("code")).order_by("-version").values("pk")[:1]
    return list(LegalClock.objects.filter(pk=Subquery(newest), is_active=True).order_by("hours", "code"))


def give_tasks(incident: Incident) -> None:
    """The tasks of the incident's kind, due from its opening on."""
    Task.objects.bulk_create(
        Task(
            incident=incident,
            title=template.title,
            instruction=template.instruction,
            asked_of=template.asked_of,
            is_lessons=template.is_lessons,
            due_at=incident.opened_at + timedelta(minutes=template.due_minutes),
        )
        for template in TaskTemplate.objects.filter(kind__in=("", incident.kind), is_active=True).order_by(
            "is_lessons", "due_minutes", "kind", "order"
        )
        # What is asked of a region needs one.
        if not template.asked_of or incident.region_id is not None
    )


def begins(incident: Incident, legal: LegalClock) -> datetime | None:
    """Since when the clock runs for this incident; None when its condition does not hold."""
    if legal.condition == LegalClock.Condition.SEVERE and incident.severity < Severity.HIGH:
        return None
    if legal.condition == LegalClock.Condition.PERSONAL_DATA and incident.breach_known_at is None:
        return None
    return incident.breach_known_at if legal.starts == LegalClock.Starts.BREACH else incident.detected_at


def start_clocks(incident: Incident) -> list[Notice]:
    """A notice for each clock that runs and has none yet; returns the new ones.

    A clock that has run once does not stop because the incident is judged milder: somebody says that and why. What was
    withdrawn with the breach itself runs anew when a breach is said again.
    """
    stands = models.Q(clock__condition=LegalClock.Condition.SEVERE) | ~models.Q(state=Notice.State.NOT_NEEDED)
    known = set(incident.notices.filter(stands).values_list("clock__code", flat=True))
    started = []
    for legal in clocks_in_force():
        since = begins(incident, legal)
        if since is None or legal.code in known:
            continue
        started.append(
            Notice.objects.create(incident=incident, clock=legal, starts_at=since, due_at=since + legal.span)
        )
    return started


def withdraw_breach(incident: Incident, *, name: str, reason: str) -> None:
    """Personal data were not revealed after all: what waited to be sent because of that is not needed."""
    incident.notices.filter(clock__condition=LegalClock.Condition.PERSONAL_DATA, state=Notice.State.WAITING).update(
        state=Notice.State.NOT_NEEDED, settled_at=clock.now(), settled_by=name, note=reason
    )
