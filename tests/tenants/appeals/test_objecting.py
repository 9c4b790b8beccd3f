"""A person objects to a line of the own slip, in time and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.errors import FileRefused
from kernel.ids import new_uid
from tenants.appeals.actions import revise_appeal, withdraw_appeal
from tenants.appeals.deadlines import last_day_for
from tenants.appeals.errors import AlreadyAppealed, AppealDecided, AppealTooLate, NotAppealable, SentBefore
from tenants.appeals.models import Appeal
from tenants.approvals.models import ApprovalRequest
from tenants.tpp.models import MonthRun, Slip
from tests.cast import REGULATION
from tests.tenants.appeals.objecting import TEXT, decided, objection
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY

JUNE = datetime(2024, 6, 10, 2, 0, tzinfo=UTC)


def test_the_line_is_kept_as_it_stood_and_the_appeal_waits_with_the_operator(
    slip: Slip, owner: User, operator_opd: User
) -> None:
    with clock.at(AFTERWARDS):
        made = objection(slip, owner)
    line = slip.lines.get(node_id="disiplin")
    assert (made.line_label, made.clause, made.state) == (line.label, line.clause_reference, Appeal.State.SUBMITTED)
    waiting = ApprovalRequest.objects.of_documents("appeal", [made.uid]).waiting().for_approver(operator_opd)
    assert waiting.count() == 1


def test_the_same_form_twice_is_one_appeal_and_another_form_is_refused(slip: Slip, owner: User) -> None:
    key = new_uid()
    with clock.at(AFTERWARDS):
        first = objection(slip, owner, client_key=key)
        assert objection(slip, owner, client_key=key) == first
        with pytest.raises(SentBefore):
            objection(slip, owner, client_key=key, text="Lain sama sekali isinya")
        with pytest.raises(AlreadyAppealed):
            objection(slip, owner)
    assert Appeal.objects.count() == 1


def test_nobody_objects_to_the_slip_of_another(slip: Slip, with_role: Callable[..., User]) -> None:
    with clock.at(AFTERWARDS), pytest.raises(NotFound):
        objection(slip, with_role("asn"))


def test_there_is_nothing_to_object_to_in_practice_in_a_replaced_slip_or_in_no_line(
    slip: Slip, owner: User, run_month: Callable[[], MonthRun]
) -> None:
    with clock.at(AFTERWARDS), pytest.raises(NotAppealable) as refused:
        objection(slip, owner, order=999)
    assert refused.value.reason == "line"
    Slip.objects.filter(pk=slip.pk).update(is_practice=True)
    with clock.at(AFTERWARDS), pytest.raises(NotAppealable) as refused:
        objection(slip, owner)
    assert refused.value.reason == "practice"
    Slip.objects.filter(pk=slip.pk).update(is_practice=False)
    run_month()
    with clock.at(AFTERWARDS), pytest.raises(NotAppealable) as refused:
        objection(slip, owner)
    assert refused.value.reason == "replaced"


def test_before_the_lock_nothing_ends_it_and_behind_it_two_weeks(slip: Slip, owner: User, bkpsdm: User) -> None:
    assert last_day_for(Slip.objects.as_it_stands().get(pk=slip.pk)) is None
    with clock.at(JUNE):
        lock_whole_month(MAY, actor=bkpsdm)
    assert last_day_for(Slip.objects.as_it_stands().get(pk=slip.pk)) == date(2024, 6, 24)
    with clock.at(datetime(2024, 6, 24, 15, 59, tzinfo=UTC)):
        made = objection(slip, owner)
        withdraw_appeal(uid=made.uid, actor=owner)
    # Midnight in Manado.
    with clock.at(datetime(2024, 6, 24, 16, 0, tzinfo=UTC)), pytest.raises(AppealTooLate) as late:
        objection(slip, owner)
    assert "24 Juni 2024" in late.value.message()


def test_a_file_of_a_wrong_kind_leaves_nothing_behind(slip: Slip, owner: User) -> None:
    with clock.at(AFTERWARDS):
        with pytest.raises(FileRefused):
            objection(slip, owner, upload=ContentFile(b"MZ not a paper", "bukti.exe"))
        assert not Appeal.objects.exists()
        made = objection(slip, owner, upload=ContentFile(REGULATION, "surat.pdf"))
    assert made.file is not None
    assert made.file.name == "surat.pdf"


def test_a_returned_appeal_is_handed_in_again_also_after_the_last_day(
    slip: Slip, owner: User, operator_opd: User, bkpsdm: User
) -> None:
    with clock.at(JUNE):
        lock_whole_month(MAY, actor=bkpsdm)
        made = objection(slip, owner)
        decided(made, operator_opd, "returned", "Lampirkan surat tugas")
    assert made.state == Appeal.State.RETURNED
    with clock.at(datetime(2024, 8, 1, 2, 0, tzinfo=UTC)):
        revise_appeal(uid=made.uid, text=f"{TEXT} Surat terlampir.", upload=None, actor=owner)
        made.refresh_from_db()
        assert (made.state, made.version) == (Appeal.State.SUBMITTED, 2)
        with pytest.raises(AppealDecided):
            revise_appeal(uid=made.uid, text=TEXT, upload=None, actor=owner)


def test_a_withdrawn_appeal_waits_with_nobody_and_another_one_may_follow(
    slip: Slip, owner: User, operator_opd: User
) -> None:
    with clock.at(AFTERWARDS):
        made = objection(slip, owner)
        withdraw_appeal(uid=made.uid, actor=owner)
        assert not ApprovalRequest.objects.waiting().for_approver(operator_opd).exists()
        with pytest.raises(AppealDecided):
            withdraw_appeal(uid=made.uid, actor=owner)
        objection(slip, owner)
    assert list(Appeal.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "submitted"]
