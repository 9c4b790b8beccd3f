"""What a newcomer finds on the demo's pages of chains, SKP and oversight; a second start adds nothing to it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.db.models import Model

from config.demo.load import ADMIN_NIP, INSPECTOR_NIP, REGIONS, load_region
from config.demo.people import roster_of
from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.appeals.models import Appeal
from tenants.approvals.access import waiting_count
from tenants.approvals.models import ApprovalRequest, Chain
from tenants.budget.models import BudgetCeiling
from tenants.organisation.models import Unit
from tenants.oversight.models import Finding, ProposedCorrection, Sample
from tenants.payout.models import LockSignature, PaymentRow
from tenants.payout.signing import fully_signed
from tenants.preaudit.models import Hit, Waiver
from tenants.reports.models import Signer
from tenants.skp.models import MonthlyRating, PeriodReport, Plan, SkpSetting
from tenants.tpp.models import MonthLock
from tests.cast import make_user

MOMENT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def load() -> None:
    with clock.at(MOMENT):
        load_region(REGIONS[0], lambda said: None)


def stands() -> tuple[int, ...]:
    kinds: tuple[type[Model], ...] = (
        *(Chain, Plan, PeriodReport, SkpSetting, Sample, Finding, ProposedCorrection, ApprovalRequest, User),
        *(MonthLock, LockSignature, PaymentRow, Hit, Waiver, BudgetCeiling, Signer, Appeal),
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
    before = stands()
    load()
    assert stands() == before


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
