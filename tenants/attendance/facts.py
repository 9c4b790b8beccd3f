"""The facts that days are judged by, read for many people at once: one statement for each kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from kernel import clock
from kernel.among import among_keys
from tenants.assemblies.querysets import called_between as assemblies_between
from tenants.attendance.day import Called, DocumentFact, PunchFact
from tenants.attendance.models import AttendanceDocument
from tenants.attendance.prints import COUNTED_PRINT, PUNCH_PRINT, VERDICT_PRINT
from tenants.machines.contact import last_contacts
from tenants.punch_review.models import PunchVerdict
from tenants.punches.models import PhoneKey, Punch

# So long after the end of a day a punch that was made without signal is waited for, whatever was heard meanwhile.
GRACE: Final = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class StoredPrint:
    """What the database prints of a stored row, by the kind and the instant that say which day it belongs to."""

    kind: str
    moment: datetime
    print: int


@dataclass(slots=True)
class OwnPunches:
    """The punches of one person as they count, and the prints of what is stored about them."""

    facts: list[PunchFact] = field(default_factory=list)
    prints: list[StoredPrint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rare:
    """Which of the facts that most periods do not have at all are there, and within how many working days the region
    wants an absence explained at the end of the period (None: whenever)."""

    disturbances: bool = False
    assemblies: bool = False
    verdicts: bool = False
    excuse_days: int | None = None


_RARE: Final = """
    SELECT EXISTS (SELECT FROM disturbances_disturbance WHERE starts_at < %(end)s AND ends_at > %(first)s),
        EXISTS (SELECT FROM assemblies_assembly WHERE date >= %(first_day)s AND date < %(last_end)s),
        EXISTS (
            SELECT FROM punch_review_punchverdict WHERE employee_id = ANY (%(people)s)
                AND (captured_at >= %(first)s AND captured_at < %(end)s
                    OR counted_at >= %(first)s AND counted_at < %(end)s)
        ),
        (
            SELECT excuse_days FROM attendance_documentpolicy WHERE valid_from < %(last_end)s
            ORDER BY valid_from DESC LIMIT 1
        )
"""


def rare_between(employee_ids: Collection[int], first: date, end: date, zone: str) -> Rare:
    """Whether there is anything of the rare kinds around the half-open period: one statement instead of three."""
    day = timedelta(days=1)
    values: dict[str, Any] = {
        "people": list(employee_ids),
        "first": clock.at_local(first - 2 * day, time(), zone),
        "end": clock.at_local(end + 2 * day, time(), zone),
        "first_day": first,
        "last_end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RARE, values)
        return Rare(*cursor.fetchone())


def punches_between(
    employee_ids: Collection[int], first: datetime, end: datetime, *, has_verdicts: bool = True
) -> dict[int, OwnPunches]:
    """The punches captured, or counted by a verdict, in the half-open time, by person. Two statements, one where there
    are no verdicts."""
    rows = Punch.objects.filter(
        among_keys("employee_id", employee_ids), captured_at__gte=first, captured_at__lt=end
    ).values_list("employee_id", "id", "kind", "captured_at", "state", "source", "grade", PUNCH_PRINT)
    facts: dict[int, dict[UUID, PunchFact]] = {}
    prints: dict[int, list[StoredPrint]] = {}
    for employee, uid, kind, captured_at, state, source, grade, printed in rows:
        facts.setdefault(employee, {})[uid] = PunchFact(
            uid, kind, captured_at, state == Punch.State.REVIEW, grade=grade, source=source
        )
        prints.setdefault(employee, []).append(StoredPrint(kind, captured_at, printed))
    if not has_verdicts:
        return {employee: OwnPunches(list(facts[employee].values()), prints[employee]) for employee in facts}
    inside = Q(captured_at__gte=first, captured_at__lt=end) | Q(counted_at__gte=first, counted_at__lt=end)
    verdicts = (
        PunchVerdict.objects.filter(inside, among_keys("employee_id", employee_ids))
        .order_by("pk")
        .values_list(
            "employee_id",
            "punch_id",
            "counts",
            "counted_at",
            "is_undoing",
            "captured_at",
            "punch__kind",
            "punch__state",
            "punch__source",
            "punch__grade",
            VERDICT_PRINT,
            COUNTED_PRINT,
        )
    )
    # In the order in which they were given: the newest of a punch stands.
    for employee, uid, counts, counted_at, is_undoing, captured_at, kind, state, source, grade, *printed in verdicts:
        facts.setdefault(employee, {})[uid] = PunchFact(
            uid,
            kind,
            counted_at or captured_at,
            needs_review=is_undoing and state == Punch.State.REVIEW,
            is_dropped=not counts,
            grade=grade,
            source=source,
        )
        own = prints.setdefault(employee, [])
        own.append(StoredPrint(kind, captured_at, printed[0]))
        if counted_at is not None:
            own.append(StoredPrint(kind, counted_at, printed[1]))
    return {employee: OwnPunches(list(facts[employee].values()), prints[employee]) for employee in facts}


def documents_between(
    employee_ids: Collection[int], first: date, end: date
) -> dict[int, list[tuple[date, date, DocumentFact]]]:
    """Waiting and approved documents with their half-open days, by person, in one statement."""
    rows = (
        AttendanceDocument.objects.of_people(employee_ids)
        .standing()
        .touching(first, end)
        .values_list("employee_id", "period", "uid", "kind", "covers", "state", "begins_at", "ends_at", "corrected_at")
    )
    found: dict[int, list[tuple[date, date, DocumentFact]]] = {}
    for employee, period, uid, kind, covers, state, begins_at, ends_at, corrected_at in rows:
        is_approved = state == AttendanceDocument.State.APPROVED
        fact = DocumentFact(uid, kind, covers, is_approved, begins_at, ends_at, corrected_at)
        found.setdefault(employee, []).append((period.lower, period.upper, fact))
    return found


def called_between(employee_ids: Collection[int], first: date, end: date) -> dict[tuple[int, date], tuple[Called, ...]]:
    """The assemblies that these people were called to and that are over, by person and day."""
    found: dict[tuple[int, date], tuple[Called, ...]] = {}
    for employee, day, code, attended in assemblies_between(employee_ids, first, end):
        found[employee, day] = (*found.get((employee, day), ()), Called(code, attended))
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """When the phones of people and the machines of units were last heard; None for never, no entry where there is
    nothing to wait for."""

    phones: Mapping[int, datetime | None] = field(default_factory=dict)
    units: Mapping[int, datetime | None] = field(default_factory=dict)

    def settles(self, employee_id: int, unit_id: int, over_at: datetime, now: datetime) -> bool:
        """Whether a punch of a day that was over at this instant cannot be under way any more."""
        if now >= over_at + GRACE:
            return True
        for heard, key in ((self.phones, employee_id), (self.units, unit_id)):
            if key in heard:
                moment = heard[key]
                if moment is None or moment < over_at:
                    return False
        return True


def heard(employee_ids: Collection[int], unit_ids: Collection[int]) -> Heard:
    """The last contacts of these people's phones and of the machines of these units. At most three statements."""
    phones: dict[int, datetime | None] = {}
    active = PhoneKey.objects.filter(
        among_keys("employee_id", employee_ids), kind=PhoneKey.Kind.PHONE, state=PhoneKey.State.ACTIVE
    )
    for employee, contact in active.values_list("employee_id", "last_contact_at"):
        known = phones.get(employee)
        # Of several phones the one heard last: an old one in a drawer holds nobody up.
        phones[employee] = contact if known is None else max(known, contact or known)
    return Heard(phones, last_contacts(unit_ids))
