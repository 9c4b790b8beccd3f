"""Where and how a demo region's people punch: places, a machine, a code at the door, a roster, an apel, a disturbance.

Each is made once, through the actions that the pages call; what stands stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.assemblies.actions import CallIn, call_assembly
from tenants.assemblies.ceremonies import ceremonies_on
from tenants.assemblies.models import Assembly
from tenants.calendars.actions import take_ready_pattern
from tenants.calendars.models import RosterCell, WorkPattern
from tenants.calendars.rosters import FREE, CellIn, draft_cells
from tenants.continuity.making import make_kit
from tenants.continuity.models import ContinuityKit
from tenants.disturbances.actions import DisturbanceIn, approve_disturbance, propose_disturbance
from tenants.disturbances.models import Disturbance
from tenants.employees.models import Employee
from tenants.kiosks.actions import make_screen
from tenants.kiosks.models import Screen
from tenants.leave.actions import start_ledger
from tenants.leave.granting import grant_year
from tenants.leave.models import LedgerStart
from tenants.machines.actions import register_machine
from tenants.machines.models import Machine
from tenants.organisation.models import Unit
from tenants.places.actions import PlaceIn, assign_place, make_place
from tenants.places.models import Place

# Where the punches of the demo's months lie (`config.demo.months`).
OFFICE: Final = (Decimal("1.475030"), Decimal("124.842180"))
RADIUS_M: Final = 150
SHIFTS: Final = "rs-3-sif"
# Two people of a section take turns at the counter; the draft of their week is not published yet.
WEEK_AT_THE_COUNTER: Final = (("P", "P", "P", FREE, FREE, "S", "S"), (FREE, "S", "S", "S", "P", FREE, "P"))
CUT_FROM, CUT_TO = time(7, 20), time(7, 50)


@transaction.atomic
def lay_out(running: Month, lead: Employee, staff: Sequence[Employee], admin: User, officer: User, today: date) -> None:
    """The ground of a region for the running month."""
    opds = list(Unit.objects.active().opds().order_by("code"))
    _places(opds, running, admin)
    _devices(opds[0], admin)
    if not LedgerStart.objects.exists():
        start_ledger(year=running.year, actor=admin)
        grant_year()
    monday = today + timedelta(days=7 - today.weekday())
    _counter_week(staff, monday, admin)
    _apel(opds[0], lead, monday, admin)
    _cut(opds[0], running, today - timedelta(days=1), officer, admin)


def make_kits(admin: User) -> None:
    """A kit of each OPD, as the night makes it."""
    for opd in Unit.objects.active().opds().order_by("code"):
        if not ContinuityKit.objects.filter(opd=opd).exists():
            make_kit(opd=opd, actor=admin)


def _places(opds: Sequence[Unit], running: Month, admin: User) -> None:
    if Place.objects.exists():
        return
    for opd in opds:
        latitude, longitude = OFFICE
        entry = PlaceIn(
            f"Kantor {opd.name}", running.first_day, latitude=latitude, longitude=longitude, radius_m=RADIUS_M
        )
        place = make_place(place=entry, opd=opd, actor=admin)
        assign_place(uid=place.uid, units=[opd], first=running.first_day, last=None, actor=admin)


def _devices(opd: Unit, admin: User) -> None:
    if not Machine.objects.exists():
        zone = current_region().time_zone
        register_machine(serial="CONTOH0000001", name="Mesin lobi", unit=opd, time_zone=zone, actor=admin)
    if not Screen.objects.exists():
        make_screen(unit=opd, label="Pintu depan", actor=admin)


def _counter_week(staff: Sequence[Employee], monday: date, admin: User) -> None:
    if RosterCell.objects.exists():
        return
    pattern = WorkPattern.objects.filter(code=SHIFTS).first() or take_ready_pattern(code=SHIFTS, actor=admin)
    draft_cells(
        cells=[
            CellIn(person.pk, monday + timedelta(days=number), value)
            for person, week in zip(staff[-2:], WEEK_AT_THE_COUNTER, strict=True)
            for number, value in enumerate(week)
        ],
        pattern=pattern,
        actor=admin,
    )


def _apel(opd: Unit, lead: Employee, monday: date, admin: User) -> None:
    code = next(iter(ceremonies_on(monday)), None)
    if code is None or Assembly.objects.exists():
        return
    zone = current_region().time_zone
    begins, ends = (clock.at_local(monday, moment, zone) for moment in (time(7, 30), time(8)))
    draft = CallIn(code, "Apel Senin pagi", monday, begins, ends, lead, place="Halaman kantor")
    call_assembly(draft=draft, units=[opd], people=[], actor=admin)


def _cut(opd: Unit, running: Month, day: date, officer: User, admin: User) -> None:
    """A morning without internet in one office: reported by its operator, approved by BKPSDM."""
    if day < running.first_day or Disturbance.objects.exists():
        return
    zone = current_region().time_zone
    draft = DisturbanceIn(
        starts_at=clock.at_local(day, CUT_FROM, zone),
        ends_at=clock.at_local(day, CUT_TO, zone),
        cause=Disturbance.Cause.NETWORK,
        evidence="Internet kantor putus; penyedia jaringan mengonfirmasi pukul 07.50.",
        units=[opd.uid],
    )
    proposed = propose_disturbance(draft=draft, actor=officer)
    approve_disturbance(uid=proposed.uid, note="Sesuai keterangan penyedia jaringan.", actor=admin)
