"""What a newcomer finds on the demo's pages of chains, SKP and oversight; a second start adds nothing to it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from config.demo.load import ADMIN_NIP, INSPECTOR_NIP, REGIONS, load_region
from config.demo.people import roster_of
from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.approvals.access import waiting_count
from tenants.approvals.models import ApprovalRequest, Chain
from tenants.oversight.models import Finding, ProposedCorrection, Sample
from tenants.skp.models import MonthlyRating, PeriodReport, Plan, SkpSetting
from tests.cast import make_user

MOMENT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def load() -> None:
    with clock.at(MOMENT):
        load_region(REGIONS[0], lambda said: None)


def stands() -> tuple[int, ...]:
    kinds = (Chain, Plan, PeriodReport, SkpSetting, Sample, Finding, ProposedCorrection, ApprovalRequest, User)
    return tuple(kind.objects.count() for kind in kinds)


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
    before = stands()
    load()
    assert stands() == before


def test_the_regions_show_both_ways_of_the_skp() -> None:
    assert {demo.keeps_skp for demo in REGIONS} == {True, False}
