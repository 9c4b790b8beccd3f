"""The way of an OPD's month to the bank: who takes which step, in which order, what is missing, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from tenants.budget.deciding import Choice, decide
from tenants.budget.models import BudgetDecision
from tenants.calendars.models import Holiday
from tenants.organisation.models import Unit
from tenants.payout import gates
from tenants.payout.actions import lock_opd
from tenants.payout.errors import NotReady
from tenants.payout.models import ParcelStep, PaymentList, PaymentRow
from tenants.payout.parcels.acting import Letter, return_parcel, take_back, take_step, take_steps
from tenants.payout.parcels.board import opds_of, place_of, places
from tenants.payout.parcels.errors import GatesClosed, StepRefused
from tenants.payout.parcels.patience import set_patience, waits_of
from tenants.payout.parcels.steps import Holder, Step
from tenants.payout.reopening import confirm_reopening, propose_reopening
from tenants.tpp.models import MonthRun, SalaryBase
from tests.tenants.payout.closing_steps import closer, give_ceilings, sign_whole, take_steps_before_lock
from tests.tenants.payout.paying import give_accounts, lock, people_of
from tests.tenants.tpp.pilot import MAY, RunOf, after

KIND = MonthRun.Kind.ORDINARY.value


def take(opd: Unit, step: Step, role: str, note: str = "", letter: Letter | None = None) -> ParcelStep:
    return take_step(month=MAY, kind=KIND, opd=opd, step=step, actor=closer(role), note=note, letter=letter)


@pytest.fixture
def opds(four_opds: list[Unit], run_of: RunOf) -> list[Unit]:
    run_of(MAY)
    return four_opds


@pytest.fixture
def locked(opds: list[Unit]) -> list[Unit]:
    with clock.at(after(MAY)):
        for opd in opds[:2]:
            give_accounts(people_of(opd))
            lock(opd)
    return opds


def spp(opd: Unit, amount: Decimal | None = None) -> Letter:
    return Letter("SPP/1", date(2024, 6, 3), place_of(MAY, KIND, opd).sums.gross if amount is None else amount)


def test_a_parcel_goes_its_way_step_by_step(opds: list[Unit]) -> None:
    opd = opds[0]
    with clock.at(after(MAY)):
        give_ceilings(MAY, opd)
        assert place_of(MAY, KIND, opd).position.holder is Holder.OPD
        take(opd, Step.CLOSED, "operator_opd")
        assert place_of(MAY, KIND, opd).position.holder is Holder.BKPSDM
        take(opd, Step.CHECKED, "bkpsdm")
        take(opd, Step.CEILING, "bpkad")
        assert place_of(MAY, KIND, opd).position.next is Step.LOCKED
        locked = lock_opd(month=MAY, opd=opd, actor=closer("bkpsdm"))
        assert place_of(MAY, KIND, opd).position.holder is Holder.SIGNERS
        sign_whole(locked)
        place = place_of(MAY, KIND, opd)
        assert (place.position.next, place.position.holder) == (Step.REQUESTED, Holder.TREASURER)
    # The others have not moved.
    assert place_of(MAY, KIND, opds[1]).position.next is Step.CLOSED


def test_no_step_is_taken_before_its_turn_or_by_a_stranger(opds: list[Unit], with_role: Callable[..., User]) -> None:
    opd, other = opds[:2]
    with clock.at(after(MAY)):
        with pytest.raises(StepRefused, match="not_next"):
            take(opd, Step.CHECKED, "bkpsdm")
        with pytest.raises(NotAllowed):
            take(opd, Step.CLOSED, "bkpsdm")
        elsewhere = with_role("operator_opd", opd=other)
        with pytest.raises(NotAllowed):
            take_step(month=MAY, kind=KIND, opd=opd, step=Step.CLOSED, actor=elsewhere)
        take_step(month=MAY, kind=KIND, opd=other, step=Step.CLOSED, actor=elsewhere)
    assert ParcelStep.objects.count() == 1


def test_a_step_sent_twice_is_taken_once(opds: list[Unit]) -> None:
    with clock.at(after(MAY)):
        first = take(opds[0], Step.CLOSED, "operator_opd")
        assert take(opds[0], Step.CLOSED, "operator_opd") == first
    assert AuditEvent.objects.filter(action="payout.step_taken").count() == 1


def test_a_month_that_is_not_over_or_not_computed_is_not_closed(four_opds: list[Unit], run_of: RunOf) -> None:
    with clock.at(after(MAY)), pytest.raises(StepRefused, match="no_run"):
        take(four_opds[0], Step.CLOSED, "operator_opd")
    run_of(MAY)
    with clock.at(after(MAY.previous)), pytest.raises(StepRefused, match="not_over"):
        take(four_opds[0], Step.CLOSED, "operator_opd")


def test_what_is_missing_is_counted_and_closing_without_it_needs_a_reason(four_opds: list[Unit], run_of: RunOf) -> None:
    opd = four_opds[0]
    first = SalaryBase.objects.filter(employee__placements__position__unit=opd, month=MAY.first_day).first()
    assert first is not None
    first.delete()
    run_of(MAY)
    with clock.at(after(MAY)):
        place, *others = places(MAY, KIND, four_opds)
        assert (place.errors, place.has_facts) == (1, False)
        assert all(other.has_facts and other.has_approvals for other in others)
        with pytest.raises(StepRefused, match="missing"):
            take(opd, Step.CLOSED, "operator_opd")
        assert take(opd, Step.CLOSED, "operator_opd", note="Gaji menyusul").note == "Gaji menyusul"


def test_a_returned_parcel_is_closed_and_checked_again(opds: list[Unit]) -> None:
    opd = opds[0]
    with clock.at(after(MAY)):
        take(opd, Step.CLOSED, "operator_opd")
        take(opd, Step.CHECKED, "bkpsdm")
        with pytest.raises(StepRefused, match="reason"):
            return_parcel(month=MAY, kind=KIND, opd=opd, reason=" ", actor=closer("bpkad"))
        return_parcel(month=MAY, kind=KIND, opd=opd, reason="Surat cuti belum ada", actor=closer("bpkad"))
        place = place_of(MAY, KIND, opd)
        assert (place.position.next, place.position.holder) == (Step.CLOSED, Holder.OPD)
        take(opd, Step.CLOSED, "operator_opd")
        assert place_of(MAY, KIND, opd).position.next is Step.CHECKED
    assert [entry.kind for entry in place_of(MAY, KIND, opd).entries] == [
        "closed_by_opd",
        "checked",
        "returned",
        "closed_by_opd",
    ]


def test_only_the_own_last_step_is_taken_back(opds: list[Unit], with_role: Callable[..., User]) -> None:
    opd = opds[0]
    with clock.at(after(MAY)):
        take(opd, Step.CLOSED, "operator_opd")
        take(opd, Step.CHECKED, "bkpsdm")
        with pytest.raises(StepRefused, match="not_own"):
            take_back(month=MAY, kind=KIND, opd=opd, actor=with_role("bkpsdm"))
        take_back(month=MAY, kind=KIND, opd=opd, actor=closer("bkpsdm"))
        assert place_of(MAY, KIND, opd).position.next is Step.CHECKED
        take_back(month=MAY, kind=KIND, opd=opd, actor=closer("operator_opd"))
        assert place_of(MAY, KIND, opd).position.next is Step.CLOSED
        with pytest.raises(StepRefused, match="not_last"):
            take_back(month=MAY, kind=KIND, opd=opd, actor=closer("operator_opd"))


def test_the_lock_needs_the_steps_and_the_sums_that_were_checked(opds: list[Unit], run_of: RunOf) -> None:
    opd = opds[0]
    with clock.at(after(MAY)):
        with pytest.raises(NotReady) as refused:
            lock_opd(month=MAY, opd=opd, actor=closer("bkpsdm"))
        assert "Ditutup OPD" in refused.value.message()
        take_steps_before_lock(MAY, opds=[opd])
        SalaryBase.objects.filter(employee__placements__position__unit=opd).update(amount=Decimal(9_000_000))
    run_of(MAY)
    with clock.at(after(MAY)):
        with pytest.raises(NotReady, match="step_stale"):
            lock_opd(month=MAY, opd=opd, actor=closer("bkpsdm"))
        return_parcel(month=MAY, kind=KIND, opd=opd, reason="Gaji berubah", actor=closer("bkpsdm"))
        take_steps_before_lock(MAY, opds=[opd])
        lock_opd(month=MAY, opd=opd, actor=closer("bkpsdm"))


def test_a_run_again_that_gives_the_same_needs_no_second_check(opds: list[Unit], run_of: RunOf) -> None:
    with clock.at(after(MAY)):
        take_steps_before_lock(MAY, opds=opds[:1])
    run_of(MAY)
    with clock.at(after(MAY)):
        lock_opd(month=MAY, opd=opds[0], actor=closer("bkpsdm"))


def test_many_opds_are_checked_at_once_and_one_that_is_not_ready_keeps_none(opds: list[Unit]) -> None:
    with clock.at(after(MAY)):
        for opd in opds[:3]:
            take(opd, Step.CLOSED, "operator_opd")
        taken = take_steps(month=MAY, kind=KIND, opds=opds, step=Step.CHECKED, actor=closer("bkpsdm"))
    assert len(taken.done) == 3
    assert [left.opd for left in taken.refused] == [opds[3]]


def test_the_money_is_asked_for_once_and_the_amount_must_fit(locked: list[Unit]) -> None:
    opd = locked[0]
    with clock.at(after(MAY)):
        with pytest.raises(StepRefused, match="letter"):
            take(opd, Step.REQUESTED, "bendahara")
        with pytest.raises(StepRefused, match="amount"):
            take(opd, Step.REQUESTED, "bendahara", letter=spp(opd, Decimal(1)))
        take(opd, Step.REQUESTED, "bendahara", letter=spp(opd))
        take(opd, Step.REQUESTED, "bendahara", letter=spp(opd))
        made = PaymentList.objects.get()
        assert made.total == place_of(MAY, KIND, opd).sums.net
        take(opd, Step.SPM, "bendahara", letter=Letter("SPM/1", date(2024, 6, 4)))
        with pytest.raises(StepRefused, match="amount"):
            take(opd, Step.SP2D, "bpkad", letter=Letter("SP2D/1", date(2024, 6, 5), Decimal(5)))
        order = Letter("SP2D/1", date(2024, 6, 5), made.total - 1)
        assert take(opd, Step.SP2D, "bpkad", letter=order, note="Pembulatan bank").amount == made.total - 1
        assert place_of(MAY, KIND, opd).position.holder is Holder.BANK


def test_what_another_app_says_keeps_the_ceiling_and_the_request(
    opds: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    opd = opds[0]
    give_ceilings(MAY, opd)
    said = [gates.Reason("budget_over", "Pagu tidak cukup."), gates.Reason("preaudit_open", "Ada temuan.")]
    with clock.at(after(MAY)):
        take(opd, Step.CLOSED, "operator_opd")
        take(opd, Step.CHECKED, "bkpsdm")
        monkeypatch.setattr(gates, "_checks", [*gates._checks, lambda month, kind, key: said])
        with pytest.raises(GatesClosed) as refused:
            take(opd, Step.CEILING, "bpkad")
        assert refused.value.message() == "Pagu tidak cukup."


def test_an_opd_without_a_recorded_ceiling_is_stopped_until_one_is_recorded_or_somebody_goes_on_without(
    opds: list[Unit],
) -> None:
    first, second = opds[:2]
    finance = closer("bpkad")
    with clock.at(after(MAY)):
        for opd in (first, second):
            take(opd, Step.CLOSED, "operator_opd")
            take(opd, Step.CHECKED, "bkpsdm")
            with pytest.raises(GatesClosed) as refused:
                take(opd, Step.CEILING, "bpkad")
            (reason,) = refused.value.reasons
            assert "Pagu OPD ini untuk 2024 belum dicatat" in reason.text
            assert reason.url == f"/anggaran/bulan/2024-05/ordinary/{opd.uid}/"
        give_ceilings(MAY, first)
        take(first, Step.CEILING, "bpkad")
        net = place_of(MAY, KIND, second).sums.net
        decide(
            month=MAY,
            kind=KIND,
            opd=second,
            choice=Choice(BudgetDecision.Option.UNRECORDED),
            seen=f"{net:.0f}",
            reason="DPA terlambat terbit",
            letter_number="900/1",
            actor=finance,
        )
        take(second, Step.CEILING, "bpkad")
        assert lock_opd(month=MAY, opd=second, actor=closer("bkpsdm")).net_total == net
    event = AuditEvent.objects.get(action="budget.decided")
    assert (event.note, event.actor_uid) == ("DPA terlambat terbit", finance.uid)


def test_a_withdrawn_request_makes_its_list_void_and_the_next_one_complete(locked: list[Unit]) -> None:
    opd = locked[0]
    with clock.at(after(MAY)):
        take(opd, Step.REQUESTED, "bendahara", letter=spp(opd))
        take_back(month=MAY, kind=KIND, opd=opd, actor=closer("bendahara"))
        assert not PaymentList.objects.standing().exists()
        take(opd, Step.REQUESTED, "bendahara", letter=spp(opd))
        made = PaymentList.objects.standing().get()
    assert (made.number, made.total) == (2, place_of(MAY, KIND, opd).sums.net)
    assert PaymentRow.objects.newest().count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payout_parcelstep SET note = 'lain'",
        "DELETE FROM payout_parcelstep",
        "UPDATE payout_paymentlist SET total = 1",
        "DELETE FROM payout_paymentlist",
        "UPDATE payout_paymentrow SET amount = 1",
        "UPDATE payout_paymentrow SET number = '99999'",
        "UPDATE payout_paymentrow SET state = 'no_account'",
        "DELETE FROM payout_paymentrow",
    ],
)
def test_what_was_decided_is_not_changed_by_sql(locked: list[Unit], statement: str) -> None:
    opd = locked[0]
    with clock.at(after(MAY)):
        take(opd, Step.REQUESTED, "bendahara", letter=spp(opd))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_board_asks_as_much_for_one_opd_as_for_all(
    opds: list[Unit], django_assert_num_queries: Callable[..., object]
) -> None:
    with clock.at(after(MAY)):
        assert opds_of(MAY, KIND) == opds
        with django_assert_num_queries(7):  # type: ignore[attr-defined]
            places(MAY, KIND, opds[:1])
        with django_assert_num_queries(7):  # type: ignore[attr-defined]
            places(MAY, KIND, opds)


def waited(opd: Unit, day: date) -> tuple[int, bool]:
    """For how many working days the OPD has had its May on that day, and whether that is late."""
    with clock.at(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)):
        (wait,) = waits_of([place_of(MAY, KIND, opd)])
    return wait.days, wait.is_late


def test_who_has_it_for_more_working_days_than_the_region_allows_is_late(opds: list[Unit]) -> None:
    opd = opds[0]
    # May is over on Saturday the first of June.
    assert waited(opd, date(2024, 6, 2)) == (0, False)
    assert waited(opd, date(2024, 6, 5)) == (3, False)
    assert waited(opd, date(2024, 6, 6)) == (4, True)
    Holiday.objects.create(
        date=date(2024, 6, 4),
        name="Libur uji",
        kind="daerah",
        source="SK uji",
        is_confirmed=True,
        confirmed_by=closer("bkpsdm"),
        confirmed_at=clock.now(),
    )
    assert waited(opd, date(2024, 6, 6)) == (3, False)
    set_patience(days={Step.CLOSED: 5, Step.CHECKED: 1}, actor=closer("bkpsdm"))
    assert waited(opd, date(2024, 6, 7)) == (4, False)
    assert waited(opd, date(2024, 6, 11)) == (6, True)
    with clock.at(datetime(2024, 6, 11, 2, tzinfo=UTC)):
        take(opd, Step.CLOSED, "operator_opd")
    assert waited(opd, date(2024, 6, 12)) == (1, False)
    assert waited(opd, date(2024, 6, 13)) == (2, True)
    with pytest.raises(NotAllowed):
        set_patience(days={Step.CLOSED: 60}, actor=closer("bpkad"))


def test_a_reopened_lock_voids_what_was_asked_for_and_an_sp2d_keeps_it(
    locked: list[Unit], with_role: Callable[..., User]
) -> None:
    first, second = locked[:2]
    with clock.at(after(MAY)):
        for opd in (first, second):
            take(opd, Step.REQUESTED, "bendahara", letter=spp(opd))
        take(second, Step.SPM, "bendahara", letter=Letter("SPM/1", date(2024, 6, 4)))
        order = Letter("SP2D/1", date(2024, 6, 5), place_of(MAY, KIND, second).payments.total)
        take(second, Step.SP2D, "bpkad", letter=order)
        one, other = closer("bkpsdm"), with_role("inspektorat")
        with pytest.raises(NotReady, match="sp2d"):
            propose_reopening(lock=second.month_locks.get().uid, reason="Salah", actor=one)
        proposal = propose_reopening(lock=first.month_locks.get().uid, reason="Salah hitung", actor=one)
        confirm_reopening(uid=proposal.uid, actor=other)
        place = place_of(MAY, KIND, first)
        assert (place.position.next, place.taken, place.payments.rows) == (Step.CLOSED, {}, 0)
        assert set(PaymentRow.objects.filter(list__parcel__opd=first).values_list("state", flat=True)) == {"void"}
        assert place_of(MAY, KIND, second).payments.rows == 2
