"""A fact that comes behind the lock, followed to the account: difference, lock, list, files, the bank's answer."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from tenants.arrears.actions import start_difference
from tenants.arrears.models import DifferenceSlip, LateFact
from tenants.attendance.actions import DocumentIn, record_documents
from tenants.budget.costs import costs_of_year
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_opd
from tenants.payout.models import LedgerEntry, PaymentRow
from tenants.payout.parcels.board import place_of
from tenants.payout.parcels.position_words import sentence
from tenants.payout.parcels.steps import Step
from tenants.payout.payments.files import bank_table, finance_table
from tenants.payout.payments.lists import mark_paid
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import MonthLock, MonthRun
from tests.tenants.payout.closing_steps import closer, is_intact, lock_prepared, sign_whole, take_steps_before_lock
from tests.tenants.payout.paying import give_accounts, order, people_of, request
from tests.tenants.tpp.pilot import JUNE, MAY, RunOf, after, give_facts, staffed

DIFFERENCE = MonthRun.Kind.DIFFERENCE.value
DAY = date(2024, 5, 6)
Compared = Callable[[], MonthRun]


@pytest.fixture
def opd(manado_rules: StoredRuleSet, bkpsdm: User, run_of: RunOf) -> Unit:
    """An OPD whose May is locked; its first person was absent on a day, for which the letter has not come."""
    found, people = staffed(1)
    give_facts(people, [MAY], bkpsdm, absent=[(people[0], DAY)])
    run_of(MAY)
    with clock.at(after(MAY)):
        lock_prepared(month=MAY, opd=found, actor=closer("bkpsdm"))
    return found


@pytest.fixture
def compared(opd: Unit, run_outbox: Callable[[], int]) -> Compared:
    """Compare the OPD's May, to be paid in June."""

    def work() -> MonthRun:
        with clock.at(after(JUNE)):
            run = start_difference(month=JUNE, first=MAY, last=MAY, opds=[opd.uid], actor=closer("bkpsdm"))
            run_outbox()
        run.refresh_from_db()
        return run

    return work


def locked(opd: Unit) -> MonthLock:
    """The lock of the OPD's differences behind all steps, with its signatures."""
    give_accounts(people_of(opd))
    take_steps_before_lock(JUNE, kind=DIFFERENCE, opds=[opd])
    lock = lock_opd(month=JUNE, opd=opd, actor=closer("bkpsdm"), kind=DIFFERENCE)
    sign_whole(lock)
    return lock


def by_line(locks: list[MonthLock]) -> dict[tuple[str, str], Decimal]:
    """The finance file's sums by kind of line and words."""
    sums: dict[tuple[str, str], Decimal] = {}
    for *_place, kind, _account, words, _people, amount in finance_table(locks).rows:
        assert isinstance(amount, Decimal)
        sums[str(kind), str(words)] = sums.get((str(kind), str(words)), Decimal(0)) + amount
    return sums


def agrees_with_the_ledger(lock: MonthLock) -> None:
    """Every sum of the finance file is the ledger's, and its lines come to what the accounts get."""
    ledger = LedgerEntry.objects.filter(lock=lock).by_kind()
    sums = by_line([lock])
    gross = sum(amount for (kind, _words), amount in sums.items() if kind == "Bruto")
    cuts = sum(amount for (kind, _words), amount in sums.items() if kind == "Potongan")
    owed = sums.get(("Pengembalian", "Dipotong dari pembayaran berikutnya"), Decimal(0))
    paid = sums["Bersih", "Dibayar ke rekening pegawai"]
    assert gross - cuts + sums.get(("Pembulatan", "Pembulatan"), Decimal(0)) + owed == paid
    assert paid == ledger.get("net_tpp", Decimal(0)) == lock.net_total
    assert sums["Potongan", "PPh 21"] == ledger.get("tax", Decimal(0))
    assert sums["Potongan", "Iuran"] == ledger.get("contribution", Decimal(0))
    assert -owed == ledger.get("recovery", Decimal(0))


def test_a_letter_that_comes_behind_the_lock_is_paid_as_a_difference(
    opd: Unit, compared: Compared, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    late, _other = people_of(opd)
    with clock.at(after(JUNE) - timedelta(hours=1)):
        letter = DocumentIn(kind="S", label="Sakit", first=DAY, last=DAY, letter_number="800/1", reason="Surat dokter")
        record_documents(employees=[late], draft=letter, actor=closer("bkpsdm"))
        assert is_intact(MAY)
    waiting = LateFact.objects.get()
    assert (waiting.employee, waiting.of_month, waiting.settled_by) == (late, MAY.first_day, None)
    assert compared().people == 1
    difference = DifferenceSlip.objects.get()
    assert difference.employee == late
    assert difference.net > 0
    with clock.at(after(JUNE)):
        lock = locked(opd)
        # Locked a second time it is the same lock, with the same entries.
        entries = LedgerEntry.objects.filter(lock=lock).count()
        assert lock_opd(month=JUNE, opd=opd, actor=closer("bkpsdm"), kind=DIFFERENCE) == lock
        assert LedgerEntry.objects.filter(lock=lock).count() == entries
        waiting.refresh_from_db()
        assert waiting.settled_by == lock
        made = request(opd, JUNE, DIFFERENCE)
        order(opd, JUNE, DIFFERENCE)
        row = made.rows.get()
        assert (row.employee, row.amount, row.reference[:6]) == (late, difference.net, "S2406-")
        agrees_with_the_ledger(lock)
        client = signed_in(closer("bpkad"))
        answer = client.get("/tpp/pembayaran/2024-06/difference/keuangan.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        lines = list(csv.DictReader(StringIO(text), delimiter=";"))
        assert {line["Pembayaran"] for line in lines} == {"Selisih"}
        # The accounts are those against which the budget holds it.
        (cost,) = [cost for cost in costs_of_year(2024, [opd.pk]) if cost.run == lock.run]
        accounts = {line["Kode rekening"] for line in lines if line["Jenis"] == "Bruto"}
        assert accounts == {code for code, amount in cost.costs.items() if amount}
        assert [cells[0] for cells in bank_table(PaymentRow.objects.filter(list=made)).rows] == [row.reference]
        assert mark_paid(list_uid=made.uid, note="Bukti 7", actor=closer("bpkad")) == 1
        place = place_of(JUNE, DIFFERENCE, opd)
        assert (place.position.next, place.payments.paid) == (None, 1)


@pytest.mark.parametrize("percents", [(100, 100), (100, 60), (60, 100), (60, 60)])
def test_the_finance_file_of_differences_adds_up_also_with_those_who_owe(
    opd: Unit, compared: Compared, percents: tuple[int, int]
) -> None:
    """Ratings of 96 are put right to these: more is paid, less is owed."""
    for person, percent in zip(people_of(opd), percents, strict=True):
        MonthlyRating.objects.filter(employee=person, month=MAY.first_day).update(skp_percent=Decimal(percent))
    run = compared()
    owing = sum(percent < 96 for percent in percents)
    with clock.at(after(JUNE)):
        lock = locked(opd)
        agrees_with_the_ledger(lock)
        place = place_of(JUNE, DIFFERENCE, opd)
        # Where all owe there is nothing to ask for: the way ends with the signatures.
        assert place.position.next == (None if owing == len(percents) else Step.REQUESTED)
        assert ("tidak ada yang perlu dibayar" in sentence(place)) == (owing == len(percents))
    assert DifferenceSlip.objects.of(run.pk, opd.pk).owed().count() == owing
    assert bool(by_line([lock]).get(("Pengembalian", "Dipotong dari pembayaran berikutnya"))) == bool(owing)


def test_the_differences_of_many_opds_are_locked_in_the_background(
    manado_rules: StoredRuleSet,
    bkpsdm: User,
    run_of: RunOf,
    run_outbox: Callable[[], int],
    signed_in: Callable[..., Client],
) -> None:
    made = [staffed(1), staffed(2)]
    give_facts([person for _, people in made for person in people], [MAY], bkpsdm)
    run_of(MAY)
    opds = [opd for opd, _people in made]
    with clock.at(after(MAY)):
        for opd in opds:
            lock_prepared(month=MAY, opd=opd, actor=bkpsdm)
    MonthlyRating.objects.filter(month=MAY.first_day).update(skp_percent=Decimal(100))
    with clock.at(after(JUNE)):
        run = start_difference(month=JUNE, first=MAY, last=MAY, actor=bkpsdm)
        run_outbox()
        take_steps_before_lock(JUNE, kind=DIFFERENCE, opds=opds)
        client = signed_in(bkpsdm)
        answer = client.post(f"/tpp/kunci/selisih/{run.uid}/")
        assert answer.status_code == 302
        assert not MonthLock.objects.filter(kind=DIFFERENCE).exists()
        run_outbox()
        assert "?jenis=difference" in client.get(answer["Location"]).content.decode()
    assert {lock.opd for lock in MonthLock.objects.filter(kind=DIFFERENCE)} == set(opds)
