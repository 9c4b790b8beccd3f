"""Whoever's days would be judged otherwise now is found without judging them, whatever it was that changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from random import Random
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.periods import Month
from tenants.attendance.frames import frame_of, placed_units
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.attendance.months import AttendanceFacts, month_attendance
from tenants.attendance.results import recompute_days, stale_people
from tenants.calendars.models import Holiday, PatternAssignment, PatternVersion, WorkPattern
from tenants.disturbances.models import Disturbance
from tenants.employees.models import Employee, Placement
from tenants.organisation.models import Unit
from tenants.punch_review.models import PunchVerdict
from tenants.punches.models import PhoneKey, Punch
from tenants.rules.engine import digest, load_rule_set, ready_rule_sets
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, make_employee
from tests.tenants.attendance.week import ZONE, documented, on, punched
from tests.tenants.calendars.making import store, week

OCTOBER = Month(2026, 10)
PEOPLE = 5
CHANGES = 18


class Region:
    """Some people in two units, and ways to change what their days are judged by."""

    def __init__(self, office: Office, official: Any, chance: Random) -> None:
        self.office, self.official, self.chance = office, official, chance
        self.nights = [
            store(week("malam", dict.fromkeys(range(7), "21.00-07.00"))),
            store(week("jaga", {0: "07.00-07.00", 3: "07.00-07.00"})),
            store(week("dini", dict.fromkeys(range(5), "00.00-08.00"))),
        ]
        self.now = clock.at_local(date(2026, 10, 20), time(9), ZONE)
        self.people = [
            make_employee(f"Orang {number}", office.staff if number % 2 else office.section_head)
            for number in range(PEOPLE)
        ]
        for person in self.people:
            for day in OCTOBER.days()[:20]:
                if chance.randrange(4):
                    punched(person, day, "in", f"07:{chance.randrange(60):02d}")
                    punched(person, day, "out", f"16:{chance.randrange(60):02d}")

    @property
    def ids(self) -> list[int]:
        return [person.pk for person in self.people]

    def someone(self) -> Employee:
        return self.chance.choice(self.people)

    def some_day(self) -> date:
        return OCTOBER.first_day + timedelta(days=self.chance.randrange(-1, 33))

    # --- changes -------------------------------------------------------------------------------------------------

    def punch(self) -> None:
        hour, minute = self.chance.choice([0, 1, 2, 3, 6, 7, 8, 12, 16, 23]), self.chance.randrange(60)
        kind = self.chance.choice(["in", "out", "undefined", "break"])
        state = self.chance.choice(["accepted", "review"])
        punched(self.someone(), self.some_day(), kind, f"{hour:02d}:{minute:02d}", state=state)

    def document(self) -> None:
        person, first = self.someone(), self.some_day()
        end = first + timedelta(days=self.chance.randrange(1, 4))
        if not AttendanceDocument.objects.of(person.pk).standing().touching(first, end).exists():
            state, covers = self.chance.choice(["submitted", "approved"]), self.chance.choice(["day", "in", "out"])
            documented(person, self.chance.choice(["S", "TL", "DISP"]), first, end, state=state, covers=covers)

    def decision(self) -> None:
        waiting = AttendanceDocument.objects.filter(state="submitted").order_by("pk").first()
        if waiting is not None:
            waiting.state = self.chance.choice(["approved", "rejected", "withdrawn"])
            waiting.save()

    def documents_words(self) -> None:
        paper = AttendanceDocument.objects.standing().order_by("pk").last()
        if paper is not None:
            paper.kind, paper.covers = self.chance.choice(["I", "C"]), self.chance.choice(["day", "in", "out"])
            paper.period = DateRange(paper.period.lower, paper.period.lower + timedelta(days=1))
            paper.save()

    def post(self) -> None:
        first = self.chance.choice([date(2024, 1, 1), self.some_day()])
        Placement.objects.filter(employee=self.someone()).update(period=DateRange(first, None))

    def transfer(self) -> None:
        position = self.chance.choice([self.office.staff, self.office.section_head])
        Placement.objects.filter(employee=self.someone()).update(position=position)

    def category(self) -> None:
        Unit.objects.filter(pk=self.office.unit.pk).update(category=self.chance.choice(["umum", "sekolah"]))

    def hours(self) -> None:
        row = self.chance.choice(list(PatternVersion.objects.order_by("pk")))
        row.content["spans"][0]["from"] = f"07:{self.chance.randrange(60):02d}"
        row.save()

    def pattern(self) -> None:
        unit = self.chance.choice([self.office.unit, self.office.opd])
        PatternAssignment.objects.filter(unit=unit).delete()
        pattern = self.chance.choice(list(WorkPattern.objects.order_by("pk")))
        PatternAssignment.objects.create(unit=unit, pattern=pattern, period=DateRange(self.some_day(), None))

    def holiday(self) -> None:
        day = self.some_day()
        if self.chance.randrange(3) == 0:
            Holiday.objects.all().delete()
        else:
            Holiday.objects.create(
                date=day,
                name=f"Hari {self.chance.randrange(99)}",
                kind="daerah",
                is_confirmed=True,
                source="SK Wali Kota",
                confirmed_at=self.now,
                confirmed_by=self.official,
            )

    def own_nights(self) -> None:
        """Somebody works by night from a day on, so that days and the month begin and end within a shift."""
        person = self.someone()
        PatternAssignment.objects.filter(employee=person).delete()
        if self.chance.randrange(4):
            pattern = self.chance.choice(self.nights)
            PatternAssignment.objects.create(employee=person, pattern=pattern, period=DateRange(self.some_day(), None))

    def verdict(self) -> None:
        """Somebody decides about a punch, perhaps again."""
        punch = self.chance.choice(list(Punch.objects.order_by("captured_at", "pk")))
        counts = bool(self.chance.randrange(2))
        moved = None
        if counts and self.chance.randrange(2):
            moved = punch.captured_at + timedelta(hours=self.chance.choice([-30, -1, 2, 26]))
        PunchVerdict.objects.create(
            punch=punch,
            employee_id=punch.employee_id,
            captured_at=punch.captured_at,
            counts=counts,
            counted_at=moved,
            reason="Diperiksa",
        )

    def disturbance(self) -> None:
        starts_at = clock.at_local(self.some_day(), time(self.chance.choice([6, 7, 15])), ZONE)
        Disturbance.objects.create(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            is_everywhere=True,
            cause="network",
            evidence="Diperiksa",
            origin="detected",
            decided_by=self.official,
            state=self.chance.choice(["approved", "proposed"]),
        )

    def undone_disturbance(self) -> None:
        Disturbance.objects.update(state="undone", undone_by=self.official, undo_reason="Keliru")

    def phone(self) -> None:
        """The phone of somebody is registered, or is heard again."""
        person = self.someone()
        key = PhoneKey.objects.filter(employee=person).first() or PhoneKey(
            employee=person, name="HP", public_key=str(person.pk), state="active", registered_at=self.now
        )
        key.last_contact_at = self.chance.choice([None, self.now, self.now - timedelta(days=2)])
        key.save()

    def rule_sets(self) -> None:
        """The newest version ends; mostly another one follows."""
        newest = StoredRuleSet.objects.published().latest("period")
        day = self.some_day()
        if newest.period.upper is not None or day <= newest.period.lower:
            return
        StoredRuleSet.objects.filter(pk=newest.pk).update(period=DateRange(newest.period.lower, day))
        if self.chance.randrange(3):
            text = ready_rule_sets()["umum_60_40"]
            StoredRuleSet.objects.create(
                code="umum_60_40",
                version=newest.version + 1,
                title="Umum",
                period=DateRange(day, None),
                text=text,
                digest=digest(load_rule_set(text)),
                state="published",
            )

    def days_pass(self) -> None:
        self.now += timedelta(hours=self.chance.choice([1, 20, 24, 72]))

    def days_are_lost(self) -> None:
        DayResult.objects.filter(employee=self.someone(), date__gte=self.some_day()).delete()

    def results_from_before(self) -> None:
        """Rows that an older version wrote have no print."""
        DayResult.objects.filter(employee=self.someone(), date=self.some_day()).update(inputs_print=0)

    @property
    def changes(self) -> list[Callable[[], None]]:
        return [
            self.punch,
            self.punch,
            self.document,
            self.decision,
            self.documents_words,
            self.post,
            self.transfer,
            self.category,
            self.hours,
            self.pattern,
            self.holiday,
            self.own_nights,
            self.own_nights,
            self.verdict,
            self.verdict,
            self.disturbance,
            self.undone_disturbance,
            self.phone,
            self.rule_sets,
            self.days_pass,
            self.days_are_lost,
            self.results_from_before,
        ]


def stale(region: Region) -> list[int]:
    placed = placed_units(region.ids, OCTOBER.first_day, OCTOBER.end)
    return stale_people(frame_of(OCTOBER.first_day, OCTOBER.end, region.ids), region.ids, placed)


def slowly(region: Region) -> tuple[int, dict[int, AttendanceFacts]]:
    """How many days the full computing still changes, and the month that it gives."""
    written = recompute_days(first=OCTOBER.first_day, end=OCTOBER.end, employee_ids=region.ids).written
    return written, month_attendance(region.ids, OCTOBER)


@pytest.fixture
def region(office: Office, shift: WorkPattern, manado_rules: StoredRuleSet, with_role: Any) -> Callable[[int], Region]:
    def made(seed: int) -> Region:
        return Region(office, with_role("bkpsdm"), Random(seed))  # noqa: S311

    return made


@pytest.mark.parametrize("seed", range(8))
def test_after_any_changes_nothing_is_left_for_the_full_computing(region: Callable[[int], Region], seed: int) -> None:
    here = region(seed)
    for _ in range(CHANGES):
        change = here.chance.choice(here.changes)
        change()
        with clock.at(here.now):
            quick = month_attendance(here.ids, OCTOBER)
            written, slow = slowly(here)
        assert written == 0, change.__name__
        assert quick == slow, change.__name__


def test_every_kind_of_change_is_seen_and_an_unchanged_month_is_not_judged_again(
    region: Callable[[int], Region], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = region(1)
    with clock.at(here.now):
        assert stale(here) == here.ids
        month_attendance(here.ids, OCTOBER)
        assert stale(here) == []
        monkeypatch.setattr("tenants.attendance.results._recompute_batch", None)
        month_attendance(here.ids, OCTOBER)


@pytest.mark.parametrize(
    ("kind", "day", "clock_time", "counts"),
    [
        ("in", date(2026, 10, 1), "00:10", True),
        ("out", date(2026, 10, 1), "00:10", False),
        ("out", date(2026, 11, 1), "02:59", True),
        ("out", date(2026, 11, 1), "03:00", False),
        ("in", date(2026, 11, 1), "00:00", False),
        ("in", date(2026, 10, 31), "23:59", True),
        ("undefined", date(2026, 9, 30), "23:00", False),
    ],
)
def test_a_punch_at_the_months_edge_touches_the_month_that_its_day_is_in(
    region: Callable[[int], Region], kind: str, day: date, clock_time: str, counts: bool
) -> None:
    here = region(2)
    with on(date(2026, 11, 5), "09:00"):
        month_attendance(here.ids, OCTOBER)
        punched(here.people[0], day, kind, clock_time)
        assert stale(here) == ([here.people[0].pk] if counts else [])


def test_a_day_computed_alone_keeps_the_month_known(region: Callable[[int], Region]) -> None:
    here = region(3)
    with clock.at(here.now):
        month_attendance(here.ids, OCTOBER)
        punched(here.people[0], date(2026, 10, 6), "out", "17:00")
        assert stale(here) == [here.people[0].pk]
        recompute_days(first=date(2026, 10, 6), end=date(2026, 10, 7), employee_ids=[here.people[0].pk])
        assert stale(here) == []


def test_the_running_day_is_judged_again_when_it_is_over(region: Callable[[int], Region]) -> None:
    here = region(4)
    with on(date(2026, 10, 20), "12:00"):
        month_attendance(here.ids, OCTOBER)
        assert stale(here) == []
    with on(date(2026, 10, 21), "02:59"):
        assert stale(here) == []
    with on(date(2026, 10, 21), "03:00"):
        assert stale(here) == here.ids
