"""What the security page shows, in plain words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Sum
from django.utils.functional import Promise

from kernel import clock
from kernel.accounts.models import User
from kernel.guests.models import Visit
from kernel.measures import LABELS
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.tenancy.state import terms_in
from kernel.watching.names import KINDS, Severity
from tenants.security.models import Answer, DailyCount, Incident

DAYS: Final = 7
MOST_VISITS: Final = 20
MOST_NAMES: Final = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """A measure under which the region is now."""

    label: str | Promise
    reason: str
    since: datetime
    until: datetime | None
    networks: tuple[str, ...]
    # Names of those whose accounts it closes, as far as there is room.
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a kind of event was seen in the last days."""

    label: str | Promise
    severity: Severity
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that is asked of somebody in the region (`of`: the office), with what was answered so far."""

    uid: str
    title: str
    of: str
    instruction: str
    due_at: datetime | None
    is_done: bool
    answers: tuple[Answer, ...]

    @property
    def is_late(self) -> bool:
        """Its time is over and it is not done."""
        return not self.is_done and self.due_at is not None and self.due_at < clock.now()


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who must be told of the incident by law, by whom and by when."""

    name: str
    source: str
    recipient: str
    sender: str
    due_at: datetime
    state: str
    is_waiting: bool

    @property
    def is_late(self) -> bool:
        """Its time is over and it was not sent."""
        return self.is_waiting and self.due_at < clock.now()


def measures() -> list[Standing]:
    """What stands now: from the region's own state, with one query for names while accounts are locked."""
    region = current_region()
    found = []
    for name, label in LABELS.items():
        terms = terms_in(region.measures, name)
        if terms is not None:
            until = terms.get("until")
            found.append(
                Standing(
                    label,
                    str(terms["reason"]),
                    datetime.fromisoformat(terms["since"]),
                    None if until is None else datetime.fromisoformat(until),
                    tuple(terms.get("networks", ())),
                    _names(terms.get("accounts", ())),
                )
            )
    return found


def _names(accounts: Collection[str]) -> tuple[str, ...]:
    """Who these accounts (uids) belong to, by the alphabet, at most fifty."""
    if not accounts:
        return ()
    found = User.objects.filter(uid__in=accounts).order_by("display_name")
    return tuple(found.values_list("display_name", flat=True)[:MOST_NAMES])


def asks_of(incident: Incident) -> list[Ask]:
    """What is asked in an incident, what is not done first, the soonest first."""
    answers: dict[str, list[Answer]] = {}
    for answer in incident.answers.select_related("by"):
        answers.setdefault(str(answer.ask), []).append(answer)
    found = [_ask(one, answers.get(one["uid"], [])) for one in incident.asks]
    return sorted(found, key=lambda ask: (ask.is_done, *_by_due(ask)))


def waiting_asks(incidents: Iterable[Incident]) -> list[tuple[Incident, Ask]]:
    """What is asked and not done in these incidents, as far as they are open, the soonest first: without a query."""
    found = [
        (incident, ask)
        for incident in incidents
        if incident.is_open
        for ask in (_ask(one, []) for one in incident.asks)
        if not ask.is_done
    ]
    return sorted(found, key=lambda pair: _by_due(pair[1]))


def notices_of(incident: Incident) -> list[Notice]:
    """Who must be told of the incident, the soonest first."""
    found = [Notice(**{**said, "due_at": datetime.fromisoformat(said["due_at"])}) for said in incident.notices]
    return sorted(found, key=lambda notice: notice.due_at)


def _by_due(ask: Ask) -> tuple[bool, float]:
    return (ask.due_at is None, 0 if ask.due_at is None else ask.due_at.timestamp())


def _ask(said: dict[str, Any], answers: list[Answer]) -> Ask:
    due_at = None if said["due_at"] is None else datetime.fromisoformat(said["due_at"])
    # What was told before this release does not say of whom.
    of = said.get("of", "")
    return Ask(said["uid"], said["title"], of, said["instruction"], due_at, bool(said["done"]), tuple(answers))


def visits() -> list[Visit]:
    """Operators' visits, newest first, each with `asked`: how many requests it has made."""
    return list(Visit.objects.annotate(asked=Count("requests"))[:MOST_VISITS])


def seen_lately() -> list[Seen]:
    """Events of the last days by kind, the gravest and newest first."""
    rows = (
        DailyCount.objects.filter(day__gt=here.today() - timedelta(days=DAYS))
        .values("name", "severity")
        .annotate(count=Sum("count"), last_at=Max("last_at"))
    )
    found = [
        Seen(KINDS[row["name"]].label, Severity(row["severity"]), row["count"], row["last_at"])
        for row in rows
        if row["name"] in KINDS
    ]
    return sorted(found, key=lambda seen: (-seen.severity.rank, -seen.last_at.timestamp()))
