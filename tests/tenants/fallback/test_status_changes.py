"""Changes of status inside a month through the whole path: recorded facts, run, slip, by Banjarmasin's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.employees.models import Placement
from tenants.employees.standings import change_standing
from tenants.organisation.models import Position
from tenants.tpp.models import Slip
from tests.cast import make_position
from tests.tenants.fallback.whole_path import (
    SINCE,
    Lived,
    bring_to_life,
    figures_of,
    record_the_month,
    slip_of,
)
from tests.tenants.rules.engine.golden_cases import golden

pytestmark = pytest.mark.usefixtures("manado")
RunOutbox = Callable[[], int]
# Class 7 of Banjarmasin without cuts, and the 80 percent of row B1, each criterion rounded as its rules say.
FULL, OF_A_CANDIDATE = Decimal(4_570_525), Decimal(3_656_420)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def banjarmasin(bkpsdm: User, given: Mapping[str, Any], *changes: Mapping[str, Any], month: str = "2023-05") -> Lived:
    """Somebody of Banjarmasin 2023 with these facts, by its rules with these changes."""
    amend = {"set": list(changes)}
    return bring_to_life(
        golden("banjarmasin_2023"), {"amend": amend, "given": {"month": month, **given}, "expect": {}}, bkpsdm
    )


def paid(lived: Lived, bkpsdm: User, run_outbox: RunOutbox) -> Slip:
    record_the_month(lived, bkpsdm)
    return slip_of(lived, bkpsdm, run_outbox)


@pytest.mark.parametrize(
    ("reference_day", "appointed", "gross"),
    [
        ("first", date(2023, 5, 1), FULL),
        ("first", date(2023, 5, 2), OF_A_CANDIDATE),
        ("15", date(2023, 5, 15), FULL),
        ("15", date(2023, 5, 16), OF_A_CANDIDATE),
        ("last", date(2023, 5, 31), FULL),
        ("last", date(2023, 6, 1), OF_A_CANDIDATE),
    ],
)
def test_a_candidate_who_is_appointed_is_paid_as_on_the_reference_day(
    reference_day: str, appointed: date, gross: Decimal, bkpsdm: User, run_outbox: RunOutbox
) -> None:
    rule = {"node": "pagu", "path": ["reference_day"], "value": reference_day}
    lived = banjarmasin(bkpsdm, {"kelas": 7, "status": "CPNS"}, rule)
    change_standing(uid=lived.employee.uid, status="PNS", golongan="IV/a", first=appointed, actor=bkpsdm)
    assert figures_of(paid(lived, bkpsdm, run_outbox))["gross"] == gross


@pytest.mark.parametrize(
    ("own", "other", "gross"),
    [
        # B5: the higher post replaces the own one.
        (9, {"kelas": 11, "category": "kondisi_kerja"}, "10323091"),
        # Class 8 is 5,183,787; an equal post adds 20 percent of it, a lower one nothing.
        (8, {"kelas": 8}, "6220544"),
        (8, {"kelas": 6}, "5183787"),
    ],
)
def test_a_plt_is_paid_by_the_level_of_the_other_post(
    own: int, other: dict[str, Any], gross: str, bkpsdm: User, run_outbox: RunOutbox
) -> None:
    lived = banjarmasin(bkpsdm, {"kelas": own})
    hold_as(lived, "plt", SINCE, None, **other)
    assert figures_of(paid(lived, bkpsdm, run_outbox))["gross"] == Decimal(gross)


@pytest.mark.parametrize(("last", "is_paid"), [(date(2023, 5, 7), False), (date(2023, 5, 31), True)])
def test_a_plh_of_some_days_is_not_paid_where_the_rule_asks_for_a_whole_month(
    last: date, is_paid: bool, bkpsdm: User, run_outbox: RunOutbox
) -> None:
    lived = banjarmasin(bkpsdm, {"kelas": 9}, {"node": "plt", "path": ["whole_month"], "value": True})
    hold_as(lived, "plh", date(2023, 5, 1), last, kelas=11, category="kondisi_kerja")
    slip = paid(lived, bkpsdm, run_outbox)
    # B5, or the own post of class 9.
    assert figures_of(slip)["gross"] == Decimal("10323091" if is_paid else "6449587")
    notes = [line.note for line in slip.lines.filter(node_id="plt")]
    unpaid = "Jabatan M-2 tidak dirangkap sebulan penuh, jadi tidak dibayar."
    assert (unpaid in notes) is not is_paid


@pytest.mark.parametrize(
    ("periods", "is_paid"),
    [
        # From the last day of the month before: every day of May.
        ([(date(2023, 4, 30), None)], True),
        ([(date(2023, 5, 2), None)], False),
        # A Plt of three months that a second letter goes on with on the next day.
        ([(date(2023, 2, 16), date(2023, 5, 15)), (date(2023, 5, 16), None)], True),
        ([(date(2023, 2, 16), date(2023, 5, 14)), (date(2023, 5, 16), None)], False),
    ],
)
def test_a_post_held_by_letters_without_a_gap_is_held_the_whole_month(
    periods: list[tuple[date, date | None]], is_paid: bool, bkpsdm: User, run_outbox: RunOutbox
) -> None:
    lived = banjarmasin(bkpsdm, {"kelas": 9}, {"node": "plt", "path": ["whole_month"], "value": True})
    position = acting_position(lived, kelas=11, category="kondisi_kerja")
    for first, last in periods:
        hold(lived, position, "plt", first, last)
    assert figures_of(paid(lived, bkpsdm, run_outbox))["gross"] == Decimal("10323091" if is_paid else "6449587")


def test_of_two_acting_posts_the_better_one_is_paid(bkpsdm: User, run_outbox: RunOutbox) -> None:
    lived = banjarmasin(bkpsdm, {"kelas": 9})
    hold_as(lived, "plt", SINCE, None, kelas=9)
    hold_as(lived, "plt", SINCE, None, kelas=11, category="kondisi_kerja", code="M-3")
    # B5 alone: the equal post would add 20 percent.
    assert figures_of(paid(lived, bkpsdm, run_outbox))["gross"] == Decimal("10323091")


def hold_as(
    lived: Lived,
    kind: str,
    first: date,
    last: date | None,
    *,
    kelas: int,
    category: str = "umum",
    code: str = "M-2",
) -> None:
    """Another post of the same OPD beside the own one, to the day `last`."""
    hold(lived, acting_position(lived, kelas=kelas, category=category, code=code), kind, first, last)


def acting_position(lived: Lived, *, kelas: int, category: str = "umum", code: str = "M-2") -> Position:
    position = make_position(lived.opd, code, f"Jabatan {code}", kelas=kelas)
    position.terms.update(category=category)
    return position


def hold(lived: Lived, position: Position, kind: str, first: date, last: date | None) -> None:
    end = None if last is None else date.fromordinal(last.toordinal() + 1)
    Placement.objects.create(
        employee=lived.employee, position=position, kind=kind, period=DateRange(first, end), letter_number="SP 2"
    )


def test_a_penalty_cuts_from_its_first_month_until_its_end(bkpsdm: User, run_outbox: RunOutbox) -> None:
    penalty = {"level": "ringan", "from_month": "2023-05", "until_month": "2023-06"}
    may = banjarmasin(bkpsdm, {"kelas": 7, "penalties": [penalty]})
    found = {}
    for month in (Month(2023, 4), Month(2023, 5), Month(2023, 6)):
        record = replace(may, month=month)
        found[str(month)] = figures_of(paid(record, bkpsdm, run_outbox))["gross"]
    # B3: ten percent off in May alone.
    assert found == {"2023-04": FULL, "2023-05": Decimal("4113473"), "2023-06": FULL}
