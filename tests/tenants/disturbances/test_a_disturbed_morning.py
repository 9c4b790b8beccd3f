"""K7: minutes of a disturbance make the lateness of 140 people at once nobody's fault; undoing brings it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tenants.attendance.models import DayResult
from tenants.attendance.results import recompute_days
from tenants.calendars.models import WorkPattern
from tenants.disturbances import actions
from tenants.disturbances.actions import DisturbanceIn
from tests.cast import Office, make_employee, make_opd, make_position
from tests.tenants.attendance.week import MONDAY, at, on, punched

PEOPLE = 140
TUESDAY = MONDAY + timedelta(days=1)


def late() -> int:
    """How many days of people are judged late."""
    return sum(any(event["code"].startswith("TMK") for event in row.events) for row in DayResult.objects.all())


def test_a_disturbance_is_neutral_for_140_people_at_once_and_undoing_restores_it(
    office: Office, shift: WorkPattern, manado_rules: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    posts = [make_position(unit, f"K-{unit.pk}", "Staf") for unit in (office.opd, office.unit)]
    people = [make_employee(f"Pegawai {number:03d}", posts[number % 2]) for number in range(PEOPLE)]
    elsewhere = make_employee("Pegawai OPD lain", make_position(make_opd("2.02", "Dinas Lain"), "K-9", "Staf"))
    for employee in [*people, elsewhere]:
        # In the minutes of the disturbance nobody gets through; at 08.20 all do.
        punched(employee, MONDAY, "in", "08:20")
        punched(employee, MONDAY, "out", "16:00")
    with on(TUESDAY, "09:00"):
        recompute_days(first=MONDAY, end=TUESDAY)
        assert late() == PEOPLE + 1
        made = actions.propose_disturbance(
            draft=DisturbanceIn(
                at(MONDAY, "07:00"), at(MONDAY, "08:15"), "network", "Menara padam", units=[office.opd.uid]
            ),
            actor=with_role("operator_opd", opd=office.opd),
        )
        run_outbox()
        assert late() == PEOPLE + 1
        bkpsdm = with_role("bkpsdm")
        actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
        run_outbox()
        # The one of another OPD.
        assert late() == 1
        assert {row.details["neutral"][0][0] for row in DayResult.objects.filter(employee__in=people, date=MONDAY)} == {
            str(made.uid)
        }
        actions.undo_disturbance(uid=made.uid, reason="Menara ternyata menyala", actor=bkpsdm)
        run_outbox()
        assert late() == PEOPLE + 1
