"""The printed month of Manado by hand from the sheet to the bank, beside the same month as the system records it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.papers.pdf import paper_pdf
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.models import PaymentList
from tenants.payout.parcels.board import place_of
from tenants.preaudit.models import Hit
from tenants.reports.issuing import issue_paper
from tenants.reports.models import IssuedPaper
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import make
from tenants.reports.papers.standing import standing_of
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import MonthFacts, MonthRun, SalaryBase, Slip
from tests.tenants.arrears.closed import letter
from tests.tenants.fallback.whole_path import Lived, bring_the_sheet
from tests.tenants.payout.closing_steps import closer
from tests.tenants.payout.paying import KIND, give_accounts, lock, order, people_of, request
from tests.tenants.reports.paper_desk import appoint_everybody, content_of
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, bkpsdm, cases, golden, run_month

__all__ = ["bkpsdm", "cases", "run_month"]

DATED = date(2024, 6, 6)


@dataclass(frozen=True)
class Handed:
    """What leaves the OPD: papers as PDF by code and part, lines of the bank file, ledger to the person."""

    papers: dict[tuple[str, str], bytes]
    bank: str
    nets: dict[str, object]


@pytest.fixture
def opd(cases: list[Case]) -> Unit:
    return cases[0].employee.placements.get().position.unit


@pytest.fixture
def to_the_bank(
    opd: Unit, bkpsdm: User, run_month: Callable[[], MonthRun], signed_in: Callable[..., Client]
) -> Callable[[], Handed]:
    """Run, slips, steps, pre-audit, lock with three signatures, request, SPM, SP2D, papers and the bank file."""

    def go() -> Handed:
        run = run_month()
        assert not run.issues.exists()
        with clock.at(AFTERWARDS):
            give_accounts(people_of(opd))
            lock(opd)
            request(opd)
            order(opd)
            standing = standing_of(MAY, "ordinary", opd)
            papers = {}
            for planned in standing.opd_month.plan.papers:
                for part in standing.opd_month.parts_of(planned):
                    issue_paper(standing=standing, planned=planned, part=part, actor=bkpsdm)
                    paper = make(standing.opd_month, planned, part, dressing_of(opd, DATED), dated=DATED)
                    papers[planned.kind.code, part] = paper_pdf(paper, made_at=AFTERWARDS)
            answer = signed_in(closer("bpkad")).get("/tpp/pembayaran/2024-05/ordinary/bank.csv")
        nets = dict(Slip.objects.filter(run=run).values_list("heading__nip", "net"))
        return Handed(papers, content_of(answer).decode("utf-8-sig"), nets)

    return go


def spoil_what_was_recorded(people: list[Employee], decided_by: User) -> None:
    """No rating, no salary, and everybody away by letter on every working day: a run of this would pay otherwise."""
    for model in (MonthlyRating, SalaryBase, AttendanceDocument):
        model._default_manager.all().delete()
    for person in people:
        for day in MAY.days():
            letter(person, day, "TL", decided_by)


def test_a_month_by_hand_leaves_the_same_papers_and_the_same_bank_file(
    cases: list[Case],
    opd: Unit,
    bkpsdm: User,
    to_the_bank: Callable[[], Handed],
    run_outbox: Callable[[], int],
    signed_in: Callable[..., Client],
    with_role: Callable[..., User],
) -> None:
    appoint_everybody(bkpsdm)
    with transaction.atomic():
        recorded = to_the_bank()
        transaction.set_rollback(True)
    spoil_what_was_recorded([case.employee for case in cases], bkpsdm)
    content = golden()
    rules = loaded(StoredRuleSet.objects.get())
    lived = [
        Lived(case.employee, opd, MAY, rules, {**content["given"], **given["given"]}, {}, {})
        for case, given in zip(cases, (case for case in content["cases"] if case["name"].startswith("M")), strict=False)
    ]
    operator = with_role("operator_opd", opd=opd)
    sheet = bring_the_sheet(lived[0], operator, bkpsdm, run_outbox, *lived[1:])
    assert sheet.people == 10
    by_hand = to_the_bank()
    sources = MonthFacts.objects.values_list("heading__source", flat=True).distinct()
    assert list(sources) == [sheet.title]
    assert by_hand.nets == recorded.nets == {case.employee.nip: case.expect["net"] for case in cases}
    assert len(recorded.papers) == 11
    assert {code for code, pdf in by_hand.papers.items() if recorded.papers[code] != pdf} == set()
    assert by_hand.bank == recorded.bank
    assert IssuedPaper.objects.count() == 11
    assert not Hit.objects.open().filter(opd=opd).exists()
    rows = list(PaymentList.objects.get().rows.order_by("order"))
    lines = ["Referensi;Jumlah;Status;Keterangan;Nomor rekening"]
    lines += [f"{row.reference};{row.amount:.0f};BERHASIL;;{row.number}" for row in rows]
    with clock.at(AFTERWARDS):
        upload = SimpleUploadedFile("hasil.csv", "\n".join(lines).encode())
        assert signed_in(closer("bpkad")).post("/tpp/pembayaran/hasil-bank/", {"berkas": upload}).status_code == 302
        run_outbox()
        assert Job.objects.latest("id").error_rows == 0
        assert place_of(MAY, KIND, opd).position.next is None
    assert set(PaymentList.objects.get().rows.values_list("state", flat=True)) == {"paid"}
