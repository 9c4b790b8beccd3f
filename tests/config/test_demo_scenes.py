"""What a newcomer finds on the demo's pages of chains, SKP and oversight; a second start adds nothing to it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.db.models import Model, Sum

from config.demo import scenes
from config.demo.load import ADMIN_NIP, INSPECTOR_NIP, REGIONS, load_region
from config.demo.people import roster_of
from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from kernel.texts.models import TextHold
from tenants.activities.models import Activity
from tenants.appeals.models import Appeal
from tenants.approvals.access import waiting_count
from tenants.approvals.models import ApprovalRequest, Chain
from tenants.assemblies.models import Assembly
from tenants.budget.models import BudgetCeiling
from tenants.calendars.models import RosterCell
from tenants.continuity.models import ContinuityKit
from tenants.disturbances.models import Disturbance
from tenants.employees.models import Employee
from tenants.kiosks.models import Screen
from tenants.leave.models import LeaveEntry
from tenants.machines.models import Machine
from tenants.organisation.models import Unit
from tenants.oversight.models import Finding, ProposedCorrection, Sample
from tenants.payout.models import LockSignature, PaymentRow
from tenants.payout.signing import fully_signed
from tenants.places.fences import fences_of
from tenants.places.judging import Point, judge_place
from tenants.places.models import Place, PlaceAssignment
from tenants.preaudit.models import Hit, Waiver
from tenants.punches.models import Punch
from tenants.reports.models import Signer
from tenants.skp.models import MonthlyRating, PeriodReport, Plan, SkpSetting
from tenants.tpp.models import MonthLock
from tests.cast import Person, make_user

MOMENT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def load() -> None:
    with clock.at(MOMENT):
        load_region(REGIONS[0], lambda said: None)


def stands() -> tuple[int, ...]:
    kinds: tuple[type[Model], ...] = (
        *(Chain, Plan, PeriodReport, SkpSetting, Sample, Finding, ProposedCorrection, ApprovalRequest, User),
        *(MonthLock, LockSignature, PaymentRow, Hit, Waiver, BudgetCeiling, Signer, Appeal),
        *(Place, Machine, Screen, RosterCell, Assembly, Disturbance, LeaveEntry, ContinuityKit),
    )
    return tuple(kind._default_manager.count() for kind in kinds)


def test_the_pages_are_alive_and_a_second_start_adds_nothing(manado: RegionState) -> None:
    # The suite's Manado has no first administrator, whom the demo's own provisioning gives.
    make_user(ADMIN_NIP, "Admin BKPSDM", "bkpsdm", "diskominfo")
    load()
    nips = roster_of("manado", secretary_category="sekretaris").nips
    budi = User.objects.get(login=nips["Budi"])
    with clock.at(MOMENT):
        # Long leaves go up; odd work of section heads too.
        leave = Chain.objects.in_force("attendance_leave", MOMENT.date())
        assert leave is not None
        assert [step.measure_from for step in leave.steps.all()] == [None, 3]
        assert Chain.objects.in_force("activity", MOMENT.date(), "pengawas") is not None
        kinds = Counter(
            ApprovalRequest.objects.waiting().filter(approver__user=budi).values_list("document_kind", flat=True)
        )
        assert (kinds["attendance_leave"], kinds["skp_plan"]) == (2, 1)
        assert waiting_count(budi) == kinds.total() > 3
    states = Counter(Plan.objects.values_list("state", flat=True))
    assert states == {"approved": 4, "submitted": 1, "draft": 1}
    assert PeriodReport.objects.count() == 3
    november = MonthlyRating.objects.filter(month="2026-11-01")
    rated_here = november.filter(employee__in=Plan.objects.values("employee")).values_list("predikat", flat=True)
    assert sorted(rated_here) == ["baik", "sangat_baik"]
    assert not november.filter(employee__nip=nips["Ani"]).exists()
    sample = Sample.objects.get()
    assert (sample.month.month, sample.drawn_by.login) == (10, INSPECTOR_NIP)
    assert Finding.objects.answerable_by(User.objects.get(login=nips["Ani"])).count() == 1
    assert ProposedCorrection.objects.get().state == "proposed"
    the_money_is_to_be_seen()
    people_know_where_and_when_to_punch()
    before = stands()
    load()
    assert stands() == before


def people_know_where_and_when_to_punch() -> None:
    """Places at which the demo's punches lie, devices, a roster's draft, an apel, a disturbance, leave, kits."""
    opds = Unit.objects.opds().count()
    assert PlaceAssignment.objects.values("unit").distinct().count() == Place.objects.count() == opds
    for employee in Employee.objects.all():
        found = {fence.place_id for fence in fences_of(employee.pk, MOMENT.date())}
        points = Punch.objects.filter(employee=employee, latitude__isnull=False)
        assert len(found) == 1
        assert {
            judge_place(Point.of(latitude, longitude), 10, fences_of(employee.pk, MOMENT.date())).state
            for latitude, longitude in points.values_list("latitude", "longitude")
            if latitude is not None and longitude is not None
        } == {"inside"}
    assert (Machine.objects.get().state, Screen.objects.count()) == ("active", 1)
    assert RosterCell.objects.filter(is_draft=True).values("employee").distinct().count() == 2
    assert Assembly.objects.get().date.weekday() == 0
    assert Disturbance.objects.get().state == "approved"
    assert ContinuityKit.objects.values("opd").distinct().count() == opds
    balances = LeaveEntry.objects.order_by().values_list("employee").annotate(days=Sum("days"))
    assert sorted(days for _, days in balances if days != 12) == [7, 11]


def the_money_is_to_be_seen() -> None:
    """Every OPD locked and signed by three, one of them paid; ceilings, signers, hits and an objection."""
    locks = list(MonthLock.objects.standing())
    assert len(locks) == Unit.objects.opds().count()
    assert fully_signed([lock.pk for lock in locks]) == {lock.pk for lock in locks}
    assert {row.state for row in PaymentRow.objects.all()} == {"paid"}
    assert PaymentRow.objects.values("list__parcel__opd").distinct().count() == 1
    assert BudgetCeiling.objects.values("opd").distinct().count() == len(locks)
    assert Signer.objects.count() == 4
    # What stops a lock was let through; a missing account is still to be mended.
    assert set(Hit.objects.open().values_list("check_code", flat=True)) == {"account_missing"}
    assert Appeal.objects.get().state == "submitted"


def test_the_regions_show_both_ways_of_the_skp() -> None:
    assert {demo.keeps_skp for demo in REGIONS} == {True, False}


def test_the_attacked_region_has_a_text_that_waits_for_its_reviewer(ani: Person) -> None:
    for _ in range(2):
        scenes.let_somebody_advertise(ani.employee, clock.today("Asia/Makassar"))
    held = TextHold.objects.get()
    assert (held.state, held.text, held.author) == ("held", scenes.ADVERTISEMENT, ani.user)
    assert scenes.ADVERTISEMENT not in Activity.objects.get().description
    assert [demo.new.code for demo in REGIONS if demo.is_attacked] == ["banjarmasin"]
