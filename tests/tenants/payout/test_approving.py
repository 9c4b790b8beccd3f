"""With a chain for closing a month, or for its payout, the month is locked only after the approval of that run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from tenants.approvals.actions import decide, recall
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.errors import NotRecallable
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.approvals.region_documents import hand_in
from tenants.approvals.undoing import undo_approvals
from tenants.payout.approving import MONTH_CLOSE, PAYOUT
from tenants.payout.errors import NotApproved
from tenants.tpp.models import MonthLock, MonthRun
from tests.tenants.payout.closing_steps import lock_one
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY

By = ChainStep.Approver


def make_chain(kind: str, *steps: StepInput) -> None:
    lay_down_chain(document_kind=kind, name=f"Rantai {kind}", valid_from=date(2024, 1, 1), steps=steps)


def test_both_chains_are_asked_and_each_for_this_run(
    month_run: MonthRun, bkpsdm: User, with_role: Callable[..., User], run_month: Callable[[], MonthRun]
) -> None:
    make_chain(MONTH_CLOSE, StepInput(By.BKPSDM))
    make_chain(PAYOUT, StepInput(By.ROLE_IN_REGION, role_code="bpkad"))
    colleague, treasurer = with_role("bkpsdm"), with_role("bpkad")
    with clock.at(AFTERWARDS):
        with pytest.raises(NotApproved) as refused:
            lock_one(MAY, actor=bkpsdm)
        assert len(refused.value.reasons) == 2
        closing = hand_in(document_kind=MONTH_CLOSE, document_uid=month_run.uid, actor=bkpsdm)
        payment = hand_in(document_kind=PAYOUT, document_uid=month_run.uid, actor=bkpsdm)
        assert payment.measure == month_run.net_total
        decide(request_uids=[closing.uid], verdict="approved", actor=colleague)
        with pytest.raises(NotApproved, match="Pembayaran TPP masih menunggu"):
            lock_one(MAY, actor=bkpsdm)
        decide(request_uids=[payment.uid], verdict="approved", actor=treasurer)
        newer = run_month()
        with pytest.raises(NotApproved, match="perlu disetujui"):
            lock_one(MAY, actor=bkpsdm)
        for kind, approver in ((MONTH_CLOSE, colleague), (PAYOUT, treasurer)):
            again = hand_in(document_kind=kind, document_uid=newer.uid, actor=bkpsdm)
            decide(request_uids=[again.uid], verdict="approved", actor=approver)
        assert lock_one(MAY, actor=bkpsdm).run == newer
        with pytest.raises(NotRecallable):
            recall(request_uids=[again.uid], note="Keliru", actor=treasurer)


def test_an_undone_closing_locks_nothing_and_a_locked_month_keeps_it(
    month_run: MonthRun, bkpsdm: User, with_role: Callable[..., User]
) -> None:
    make_chain(MONTH_CLOSE, StepInput(By.BKPSDM))
    colleague = with_role("bkpsdm")
    with clock.at(AFTERWARDS):
        request = hand_in(document_kind=MONTH_CLOSE, document_uid=month_run.uid, actor=bkpsdm)
        moment = decide(request_uids=[request.uid], verdict="approved", actor=colleague).at
    with clock.at(AFTERWARDS + timedelta(minutes=5)):
        assert moment is not None
        assert len(undo_approvals(decided_at=moment, actor=colleague).waiting) == 1
        with pytest.raises(NotApproved, match="masih menunggu"):
            lock_one(MAY, actor=bkpsdm)
        again = decide(request_uids=[request.uid], verdict="approved", stages={request.uid: "1.1"}, actor=colleague).at
        assert again is not None
        lock_one(MAY, actor=bkpsdm)
        assert len(undo_approvals(decided_at=again, actor=colleague).stays) == 1


def test_a_large_payout_comes_to_the_head_of_the_region(
    month_run: MonthRun, bkpsdm: User, with_role: Callable[..., User]
) -> None:
    bupati, treasurer = with_role("kepala_daerah"), with_role("bpkad")
    make_chain(
        PAYOUT,
        StepInput(By.ROLE_IN_REGION, role_code="bpkad"),
        StepInput(By.KEPALA_DAERAH, measure_from=Decimal(1_000)),
    )
    with clock.at(AFTERWARDS):
        request = hand_in(document_kind=PAYOUT, document_uid=month_run.uid, actor=bkpsdm)
        decide(request_uids=[request.uid], verdict="approved", actor=treasurer)
        assert ApprovalRequest.objects.get().level == 2
        decide(request_uids=[request.uid], verdict="approved", actor=bupati)
        assert lock_one(MAY, actor=bkpsdm).run == month_run


def test_the_page_of_the_month_says_what_is_missing(
    month_run: MonthRun, bkpsdm: User, signed_in: Callable[..., Client]
) -> None:
    make_chain(MONTH_CLOSE, StepInput(By.BKPSDM))
    client = signed_in(bkpsdm)
    with clock.at(AFTERWARDS):
        page = client.get("/tpp/kunci/2024-05/").content.decode()
        assert "Tutup bulan perlu disetujui menurut rantai" in page
        assert "Kunci bulan</button>" not in page
        refused = client.post("/tpp/kunci/2024-05/")
        assert refused.status_code == 422
        assert "Mei 2024, perhitungan #1" in client.get("/kotak-masuk/daerah/").content.decode()
    assert not MonthLock.objects.exists()
