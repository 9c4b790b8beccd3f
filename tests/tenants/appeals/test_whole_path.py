"""An appeal from the line of the slip to the money, and what may come between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.tenancy.state import RegionState
from tenants.appeals.deadlines import last_day_for
from tenants.appeals.errors import AlreadyAppealed, AppealTooLate
from tenants.appeals.models import Appeal
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.models import DifferenceSlip, Order
from tenants.arrears.payable import payable_rows
from tenants.employees.models import Placement
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tests.cast import make_opd, make_position
from tests.tenants.appeals.objecting import TEXT, decided, objection, remedied
from tests.tenants.arrears.closed import Difference, difference, letter
from tests.tenants.fallback.whole_path import Lived, bring_the_sheet
from tests.tenants.payout.closing_steps import lock_whole_month, take_steps_before_lock
from tests.tenants.rules.engine.golden_cases import golden
from tests.tenants.tpp.manado_month import MAY, build
from tests.tenants.tpp.pilot import JUNE, after
from tests.tenants.tryout.drafts import draft

__all__ = ["difference"]

SignedIn = Callable[..., Client]
TENTH_OF_JUNE = datetime(2024, 6, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def locked(slip: Slip, bkpsdm: User) -> Slip:
    with clock.at(TENTH_OF_JUNE):
        lock_whole_month(MAY, actor=bkpsdm)
    return slip


def granted(made: Appeal, operator_opd: User, bkpsdm: User, amount: int | None) -> None:
    decided(made, operator_opd)
    remedied(made, bkpsdm, amount)
    decided(made, bkpsdm)
    assert made.state == Appeal.State.GRANTED


def lock_differences(bkpsdm: User) -> MonthLock:
    """The differences paid in June, locked on 3 July."""
    with clock.at(after(JUNE)):
        take_steps_before_lock(JUNE, kind="difference")
        (lock,) = lock_month(month=JUNE, kind="difference", actor=bkpsdm).locked
    return lock


def test_a_granted_sum_reaches_the_person_with_the_next_difference(
    locked: Slip,
    owner: User,
    operator_opd: User,
    bkpsdm: User,
    difference: Difference,
    signed_in: SignedIn,
) -> None:
    with clock.at(TENTH_OF_JUNE):
        granted(objection(locked, owner), operator_opd, bkpsdm, 118_800)
    run = difference(MAY, MAY, paid_in=JUNE)
    lock_differences(bkpsdm)
    (row,) = payable_rows(run, locked.opd_id)
    # 118,800 less 5 % tax and 1 % contribution.
    assert (row.employee_id, row.amount) == (locked.employee_id, Decimal(111_672))
    ordered = Order.objects.get()
    assert ordered.taken_in is not None
    assert ordered.taken_in.slip == locked
    page = signed_in(owner).get(f"/tpp/slip/{locked.uid}/").content.decode()
    assert "Ada selisih sesudah bulan ini dikunci" in page
    assert "Rp111.672" in page


def test_facts_that_were_mended_reach_the_person_without_a_sum(
    locked: Slip, owner: User, operator_opd: User, bkpsdm: User, difference: Difference
) -> None:
    with clock.at(TENTH_OF_JUNE):
        made = objection(locked, owner)
        absent = locked.lines.get(inputs__code="TK").inputs["days"][0]["date"]
        letter(locked.employee, date.fromisoformat(absent), "S", bkpsdm)
        granted(made, operator_opd, bkpsdm, None)
    (found,) = DifferenceSlip.objects.filter(run=difference(MAY, MAY, paid_in=JUNE))
    assert (found.employee, found.is_koreksi, found.is_decided) == (locked.employee, True, False)
    assert found.net > 0
    assert not Order.objects.exists()


def test_a_refusal_tells_the_person_why(
    locked: Slip, owner: User, operator_opd: User, bkpsdm: User, signed_in: SignedIn
) -> None:
    with clock.at(TENTH_OF_JUNE):
        made = objection(locked, owner)
        decided(made, operator_opd, "rejected", "Surat tugas tidak menyebut tanggal 3")
    page = signed_in(owner).get(f"/tpp/keberatan/{made.uid}/").content.decode()
    assert "Ditolak" in page
    assert "Surat tugas tidak menyebut tanggal 3" in page


def test_who_is_too_late_reads_it_instead_of_a_form(locked: Slip, owner: User, signed_in: SignedIn) -> None:
    page = f"/tpp/keberatan/slip/{locked.uid}/{locked.lines.get(node_id='disiplin').order}/"
    client = signed_in(owner)
    with clock.at(datetime(2024, 6, 24, 2, 0, tzinfo=UTC)):
        assert "Kirim keberatan" in client.get(page).content.decode()
    with clock.at(datetime(2024, 6, 25, 2, 0, tzinfo=UTC)):
        shown = client.get(page).content.decode()
        assert "24 Juni 2024. Batas itu sudah lewat." in shown
        assert "Kirim keberatan" not in shown
        answer = client.post(page, {"uraian": TEXT, "kunci": str(new_uid())})
        assert answer.status_code == 422
        assert "Batas itu sudah lewat" in answer.content.decode()


def test_a_difference_that_is_locked_later_opens_its_month_again(
    locked: Slip, owner: User, operator_opd: User, bkpsdm: User, difference: Difference, signed_in: SignedIn
) -> None:
    with clock.at(TENTH_OF_JUNE):
        granted(objection(locked, owner), operator_opd, bkpsdm, 118_800)
    run = difference(MAY, MAY, paid_in=JUNE)
    with clock.at(after(JUNE)), pytest.raises(AppealTooLate):
        objection(locked, owner)
    lock_differences(bkpsdm)
    # Two weeks from 3 July, when the difference was locked.
    assert last_day_for(Slip.objects.as_it_stands().get(pk=locked.pk)) == date(2024, 7, 17)
    found = DifferenceSlip.objects.get(run=run)
    with clock.at(datetime(2024, 7, 16, 2, 0, tzinfo=UTC)):
        assert "17 Juli 2024" in signed_in(owner).get(f"/tpp/selisih/slip/{found.uid}/").content.decode()
        again = objection(locked, owner)
        granted(again, operator_opd, bkpsdm, -18_800)
    later = DifferenceSlip.objects.get(run=difference(MAY, MAY, paid_in=JUNE.next))
    assert (later.former, later.gross) == (found, Decimal(-18_800))


def test_the_same_line_again_only_when_the_first_is_decided(locked: Slip, owner: User, operator_opd: User) -> None:
    with clock.at(TENTH_OF_JUNE):
        first = objection(locked, owner)
        with pytest.raises(AlreadyAppealed):
            objection(locked, owner)
        decided(first, operator_opd, "rejected", "Tidak ada surat")
        second = objection(locked, owner, text="Suratnya sekarang ada, lihat lampiran.")
    assert list(Appeal.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "submitted"]
    assert second.node_id == first.node_id


def test_who_works_elsewhere_since_is_heard_by_the_opd_of_the_month(
    locked: Slip, opd: Unit, owner: User, operator_opd: User, bkpsdm: User, with_role: Callable[..., User]
) -> None:
    held = locked.employee.placements.get()
    held.period = DateRange(held.period.lower, date(2024, 6, 1))
    held.save()
    other = make_opd("9.07", "Dinas Tujuan")
    new = make_position(other, "T-1", "Jabatan Baru", kelas=7)
    Placement.objects.create(employee=locked.employee, position=new, period=DateRange(date(2024, 6, 1), None))
    elsewhere = with_role("operator_opd", opd=other)
    with clock.at(TENTH_OF_JUNE):
        made = objection(locked, owner)
        waiting = ApprovalRequest.objects.of_documents("appeal", [made.uid]).waiting()
        assert not waiting.for_approver(elsewhere).exists()
        assert waiting.for_approver(operator_opd).exists()
        granted(made, operator_opd, bkpsdm, 118_800)
    assert Order.objects.get().employee == locked.employee
    assert opd == made.opd


def test_a_month_written_down_by_hand_is_put_right_by_a_sum(
    slip: Slip,
    owner: User,
    operator_opd: User,
    bkpsdm: User,
    run_month: Callable[[], MonthRun],
    run_outbox: Callable[[], int],
    difference: Difference,
) -> None:
    content = golden("manado_2024")
    given = {**content["given"], **content["cases"][0]["given"]}
    lived = Lived(slip.employee, slip.opd, MAY, loaded(slip.run.rule_set), given, {}, {})
    sheet = bring_the_sheet(lived, operator_opd, bkpsdm, run_outbox)
    run = run_month()
    with clock.at(TENTH_OF_JUNE):
        lock_whole_month(MAY, actor=bkpsdm)
        by_hand = Slip.objects.get(run=run, employee=slip.employee)
        assert by_hand.heading["source"] == sheet.title
        granted(objection(by_hand, owner), operator_opd, bkpsdm, 118_800)
    (found,) = DifferenceSlip.objects.filter(run=difference(MAY, MAY, paid_in=JUNE))
    assert (found.slip, found.gross, found.is_decided) == (by_hand, Decimal(118_800), True)


def calendar(days: str) -> Callable[[dict[str, Any]], None]:
    def change(tree: dict[str, Any]) -> None:
        tree["nodes"] = [node for node in tree["nodes"] if node["kind"] != "calendar_rule"]
        tree["nodes"].append(
            {
                "id": "kalender",
                "kind": "calendar_rule",
                "label": "Kalender",
                "days": days,
                "objection_until_day": 7,
                "clause": {"text": "Keberatan sampai hari ketujuh.", "reference": "Naskah coba Pasal 20"},
            }
        )

    return change


@pytest.mark.parametrize(
    ("days", "last"),
    [
        ("calendar", date(2024, 6, 7)),
        # 3 to 7 June and 10, 11 June are working days.
        ("working", date(2024, 6, 11)),
    ],
)
def test_the_last_day_of_the_rules_counts_calendar_or_working_days(
    days: str, last: date, manado: RegionState, bkpsdm: User, run_month: Callable[[], MonthRun]
) -> None:
    draft(calendar(days), state="published", since=date(2024, 1, 1))
    build(bkpsdm)
    run = run_month()
    assert last_day_for(Slip.objects.as_it_stands().filter(run=run)[0]) == last
