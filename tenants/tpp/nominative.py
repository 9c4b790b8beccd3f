"""The nominative list of a month: who is computed, who is not on it and why, whose OPD is not computed yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from kernel.date_words import day_words
from kernel.periods import Month
from tenants.employees.models import Employee, Placement
from tenants.employees.stops import StopPeriod, stops_between
from tenants.rules.engine import RuleSet, SpecialPay, paid_statuses, paid_stops, pays_month_of_death
from tenants.tpp.service import day_of_post, died_on_first, is_over, kinds_all_month

# A run works through its people in this many chunks, so that its statements do not grow with the region,
CHUNKS = 3
# none of them smaller than this, which would bring nothing,
LEAST = 1000
# none larger: their facts are held in memory and written in one transaction.
CHUNK = 7000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """People who are computed together, and the names of their OPDs."""

    employee_ids: tuple[int, ...]
    opds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nominative:
    """Who is computed, in chunks by OPD; who is not on the list, with the reason; whose OPD is not computed yet."""

    chunks: tuple[Chunk, ...]
    outside: Mapping[int, str]
    waiting: tuple[int, ...] = ()
    # The key of the OPD of those who are not computed, where they hold a definitive post.
    opds: Mapping[int, int | None] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(len(chunk.employee_ids) for chunk in self.chunks)


class _Stops(NamedTuple):
    """The stops that the rules pay: the kinds that may last all month, and whether the month of a death is paid."""

    all_month: frozenset[str]
    month_of_death: bool


class _Post(NamedTuple):
    """The OPD of a definitive post."""

    uid: UUID
    code: str
    name: str
    key: int


def nominative(
    *,
    month: Month,
    on: date,
    rule_set: RuleSet,
    leave_out: Collection[int] = (),
    opds: Collection[UUID] | None = None,
    within: Collection[UUID] | None = None,
    pay: SpecialPay | None = None,
    paid_in: Month | None = None,
) -> Nominative:
    """The nominative list: people with a definitive post and a status that is paid, both on the reference date.

    Whose status is not recorded for that day is on it, so that somebody mends it; who has left since, because the
    month was worked. Who is out of service on the reference date counts by the nearest day of service in the month
    (`service.day_of_post`); without one the person is off the list with the letter as the reason, unless the rules pay
    such a month. `outside` are the people who are not on it: those in service, and those who left for good in this
    month or the one before. `leave_out` are people who are done already (a run that is resumed), `opds` those that are
    computed, None for all of them; the people of the others are `waiting`. `within` are the OPDs that the run is about,
    None for all of them; the people of the others are nowhere, and without a post nobody is in one. For THR and the
    13th month, `pay` says to which statuses, and who is no longer in service in the month `paid_in` is off the list.
    Three statements, four where somebody is out of service on the reference date.
    """
    paid = paid_statuses(rule_set) if pay is None else frozenset(pay.statuses) or None
    until = month if paid_in is None else paid_in
    # THR and the 13th month are paid to the living.
    pays = _Stops(paid_stops(rule_set), month_of_death=pay is None and pays_month_of_death(rule_set))
    stops = stops_between(None, month.previous.first_day, until.end)
    days = {employee: day_of_post(month, on, own) for employee, own in stops.items()}
    posts = _posts(on, {employee: day for employee, day in days.items() if day is not None and day != on})
    lately = [employee for employee, own in stops.items() if _left_lately(month, own)]
    outside: dict[int, str] = {}
    waiting: list[int] = []
    by_opd: dict[tuple[str, str], list[int]] = {}
    people = Employee.objects.filter(Q(pk__in=_in_service(on)) | Q(pk__in=[*lately, *posts.keys() & stops.keys()]))
    for pk, status in people.standing_on(on).order_by("pk").values_list("pk", F("status")):
        post = posts.get(pk)
        if pk in leave_out or (within is not None and (post is None or post.uid not in within)):
            continue
        why = _stopped(month, until, stops.get(pk, ()), days.get(pk, on), pays)
        if why:
            outside[pk] = why
        elif post is None:
            outside[pk] = _("Tidak memegang jabatan definitif pada %(date)s.") % {"date": day_words(days.get(pk) or on)}
        elif paid is not None and status is not None and status not in paid:
            outside[pk] = _("Status %(status)s tidak dibayar TPP menurut aturan.") % {"status": status}
        elif opds is not None and post.uid not in opds:
            waiting.append(pk)
        else:
            by_opd.setdefault((post.code, post.name), []).append(pk)
    left_out = {pk: posts[pk].key for pk in (*outside, *waiting) if pk in posts}
    return Nominative(tuple(in_chunks(by_opd)), outside, tuple(waiting), left_out)


def _in_service(on: date) -> Collection[int]:
    return Employee.objects.in_service(on, on + ONE_DAY).values("pk")  # type: ignore[return-value]  # a subquery


def _posts(on: date, days: Mapping[int, date]) -> dict[int, _Post]:
    """The definitive post of everybody on `on`; of the people in `days` on theirs."""
    columns = (
        "employee_id",
        "position__unit__opd__uid",
        "position__unit__opd__code",
        "position__unit__opd__name",
        "position__unit__opd",
    )
    found = {row[0]: _Post(*row[1:]) for row in Placement.objects.on(on).definitive().values_list(*columns)}
    if days:
        held = Placement.objects.definitive().filter(employee_id__in=days)
        for period, *row in held.values_list("period", *columns):
            if days[row[0]] in period:
                found[row[0]] = _Post(*row[1:])
    return found


def _left_lately(month: Month, stops: Iterable[StopPeriod]) -> bool:
    return any(stop.is_ending and stop.first >= month.previous.first_day for stop in stops)


def _stopped(month: Month, until: Month, stops: tuple[StopPeriod, ...], day: date | None, pays: _Stops) -> str:
    """The letters by which somebody is off the list for the whole month; empty for who is on it."""
    if until != month and is_over(until, stops):
        return "; ".join(stop.words for stop in stops if stop.is_ending)
    own = [stop for stop in stops if stop.first < month.end and (stop.last is None or stop.last >= month.first_day)]
    if died_on_first(month, stops) and pays.month_of_death:
        return ""
    if is_over(month, own):
        return "; ".join(stop.words for stop in own if stop.is_ending)
    if day is not None or kinds_all_month(month, own) <= pays.all_month:
        return ""
    return "; ".join(stop.words for stop in own)


def chunk_size(people: int) -> int:
    """How many of so many people are computed together."""
    return min(CHUNK, max(LEAST, -(-people // CHUNKS)))


def in_chunks(by_opd: Mapping[tuple[str, str], Sequence[int]]) -> Iterator[Chunk]:
    """The people of the OPDs (code, name) in the order of codes. A chunk ends in the middle of an OPD where it is full,
    so that there are never more of them than the size says."""
    listed = [(opd, employee) for opd, people in sorted(by_opd.items()) for employee in people]
    size = chunk_size(len(listed))
    for start in range(0, len(listed), size):
        part = listed[start : start + size]
        opds = dict.fromkeys(opd for opd, _ in part)
        yield Chunk(tuple(employee for _, employee in part), tuple(name for _code, name in opds))
