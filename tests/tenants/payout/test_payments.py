"""Payment lists, the files that leave, what the bank answers."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.sheets.reading import Book
from tenants.budget.recording import map_account
from tenants.employees.bank.accounts import confirm_accounts
from tenants.employees.models import BankAccount
from tenants.organisation.models import Unit
from tenants.payout.models import LedgerEntry, PaymentList, PaymentRow
from tenants.payout.parcels.board import place_of
from tenants.payout.parcels.steps import Step
from tenants.payout.payments.errors import PaymentRefused
from tenants.payout.payments.lists import digest_now, make_follow_up, mark_paid
from tenants.tpp.models import MonthLock, Slip
from tests.tenants.payout.closing_steps import closer
from tests.tenants.payout.paying import KIND, give_accounts, let_through, lock, order, people_of, request
from tests.tenants.tpp.pilot import MAY, RunOf, after

BANK = "/tpp/pembayaran/2024-05/ordinary/bank"
FINANCE = "/tpp/pembayaran/2024-05/ordinary/keuangan"
Download = Callable[[str, User], bytes]
Answer = Callable[[list[tuple[str, ...]]], Job]


@pytest.fixture
def opd(four_opds: list[Unit], run_of: RunOf) -> Unit:
    """An OPD that is locked; the first of its two people has an account."""
    run_of(MAY)
    found = four_opds[0]
    with clock.at(after(MAY)):
        give_accounts(people_of(found)[:1])
        lock(found)
    return found


@pytest.fixture
def asked(opd: Unit) -> PaymentList:
    with clock.at(after(MAY)):
        return request(opd)


@pytest.fixture
def download(signed_in: Callable[..., Client]) -> Download:
    def get(url: str, user: User) -> bytes:
        with clock.at(after(MAY)):
            answer = signed_in(user).get(url)
            assert answer.status_code == 200, url
            return b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    return get


@pytest.fixture
def answer(signed_in: Callable[..., Client], run_outbox: Callable[[], int]) -> Answer:
    """Upload a CSV of the bank with these rows and work it to the end."""

    def bring(rows: list[tuple[str, ...]]) -> Job:
        lines = [";".join(("Referensi", "Jumlah", "Status", "Keterangan", "Nomor rekening"))]
        lines += [";".join(row) for row in rows]
        with clock.at(after(MAY)):
            client = signed_in(closer("bpkad"))
            sheet = SimpleUploadedFile("hasil.csv", "\n".join(lines).encode())
            assert client.post("/tpp/pembayaran/hasil-bank/", {"berkas": sheet}).status_code == 302
            run_outbox()
        return Job.objects.latest("id")

    return bring


def rows_of(made: PaymentList) -> list[PaymentRow]:
    return list(made.rows.order_by("order"))


def ledger(opd: Unit) -> Decimal:
    entries = LedgerEntry.objects.filter(lock__opd=opd, lock__reopened_at__isnull=True, kind="net_tpp")
    return entries.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def test_a_list_freezes_whom_how_much_and_where(asked: PaymentList, opd: Unit) -> None:
    with_account, without = rows_of(asked)
    assert (with_account.state, with_account.number) == ("waiting", f"007{with_account.employee_id:07}")
    assert (without.state, without.number) == ("no_account", "")
    assert asked.total == ledger(opd)
    assert digest_now(asked) == asked.digest
    assert [row.reference for row in rows_of(asked)] == [f"T2405-{opd.code}-1-1", f"T2405-{opd.code}-1-2"]
    BankAccount.objects.filter(employee=with_account.employee).update(withdrawn_at=clock.now())
    assert digest_now(PaymentList.objects.get()) == asked.digest


def test_the_example_of_the_page_about_payment_comes_out(asked: PaymentList, opd: Unit) -> None:
    page = (Path(__file__).parents[3] / "docs" / "algorithms" / "payment.md").read_text(encoding="utf-8")
    slips = list(Slip.objects.filter(opd=opd).order_by("employee__name"))
    table = [[slip.gross, slip.tax + slip.contributions, slip.net] for slip in slips]
    table.append([sum(column, Decimal(0)) for column in zip(*table, strict=True)])
    said = [" | ".join(f"{figure:,.0f}".replace(",", ".") for figure in row) for row in table]
    assert [row for row in said if row not in page] == []
    assert (len(slips), asked.total) == (2, table[-1][2])


def test_an_account_that_nobody_else_confirmed_is_not_paid_to(opd: Unit) -> None:
    person = people_of(opd)[0]
    with clock.at(after(MAY)):
        give_accounts([person], branch="008")
        first = request(opd)
    assert BankAccount.objects.waiting().get().number == f"008{person.pk:07}"
    assert rows_of(first)[0].number == f"007{person.pk:07}"


def test_the_bank_list_has_who_can_be_paid_and_nothing_else(asked: PaymentList, download: Download, opd: Unit) -> None:
    waiting = rows_of(asked)[0]
    text = download(f"{BANK}.csv", closer("bpkad")).decode("utf-8-sig")
    titles, *lines = csv.reader(StringIO(text), delimiter=";")
    assert titles[:6] == ["Referensi", "Kode bank", "Nama bank", "Nomor rekening", "Nama pemilik rekening", "Jumlah"]
    assert lines == [
        [
            waiting.reference,
            "127",
            "Bank SulutGo",
            waiting.number,
            waiting.holder,
            f"{waiting.amount:.0f}",
            waiting.employee.nip,
            waiting.employee.name,
            f"TPP Mei 2024 {opd.name}",
        ]
    ]
    book = Book(download(f"{BANK}.xlsx", closer("bpkad")))
    sheet = book.lines("Daftar bank")
    assert sheet[1][3] == waiting.number
    assert Decimal(str(sheet[-1][5])) == waiting.amount
    assert asked.digest in str(book.lines("Sidik"))
    assert AuditEvent.objects.filter(action="payout.file_taken").count() == 2


def test_a_name_that_looks_like_a_formula_is_text_in_both_files(opd: Unit, download: Download) -> None:
    with clock.at(after(MAY)):
        person = people_of(opd)[1]
        person.name = "=cmd|' /C calc'!A0"
        person.save(update_fields=["name"])
        give_accounts([person])
        request(opd)
    text = download(f"{BANK}.csv", closer("bpkad")).decode("utf-8-sig")
    assert ";'=cmd" in text
    assert ";=cmd" not in text


def test_the_finance_file_adds_up_to_gross_and_net_by_account(
    asked: PaymentList, download: Download, opd: Unit
) -> None:
    text = download(f"{FINANCE}.csv?opd={opd.uid}", closer("bpkad")).decode("utf-8-sig")
    _titles, *lines = csv.reader(StringIO(text), delimiter=";")
    sums = Slip.objects.filter(opd=opd).payable().sums()
    by_kind: dict[str, Decimal] = {}
    for line in lines:
        by_kind[line[5]] = by_kind.get(line[5], Decimal(0)) + Decimal(line[9])
    assert by_kind["Bruto"] == sums["gross"]
    assert by_kind["Bersih"] == asked.total == sums["net"]
    assert by_kind["Bruto"] - by_kind["Potongan"] + by_kind.get("Pembulatan", Decimal(0)) == by_kind["Bersih"]
    assert {line[6] for line in lines if line[5] == "Bruto"} >= {"5.1.01.02.05.0001", "5.1.01.02.01.0001"}
    map_account(part="BK", group="pns", account_code="5.1.01.02.01.0009", actor=closer("bpkad"))
    again = download(f"{FINANCE}.csv?opd={opd.uid}", closer("bpkad")).decode("utf-8-sig")
    assert ";5.1.01.02.01.0009;" in again
    assert ";5.1.01.02.01.0001;" not in again


def test_the_bank_answers_and_the_same_answer_twice_changes_nothing(
    asked: PaymentList, opd: Unit, answer: Answer
) -> None:
    row = rows_of(asked)[0]
    told = (row.reference, f"{row.amount:.0f}", "BERHASIL", "", row.number)
    refused = answer([told])
    assert "SP2D" in refused.rows.get().message
    with clock.at(after(MAY)):
        order(opd)
    assert answer([told]).error_rows == 0
    row.refresh_from_db()
    assert row.state == "paid"
    again = answer([told])
    assert again.result["facts"][2] == ["Sudah tercatat sebelumnya", 1]
    assert AuditEvent.objects.filter(action="payout.payments_settled").count() == 1


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"reference": "T2405-9-9-9"}, "Referensi"),
        ({"amount": "1"}, "Jumlah"),
        ({"amount": "banyak"}, "Jumlah"),
        ({"status": "entah"}, "Status"),
        ({"number": "999999"}, "Nomor rekening"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_row_and_settles_nothing(
    asked: PaymentList, opd: Unit, answer: Answer, change: dict[str, str], column: str
) -> None:
    row = rows_of(asked)[0]
    with clock.at(after(MAY)):
        order(opd)
    fields = {"reference": row.reference, "amount": f"{row.amount:.0f}", "status": "OK", "message": "", "number": ""}
    job = answer([tuple({**fields, **change}.values())])
    assert [note.column for note in job.rows.all()] == [column]
    row.refresh_from_db()
    assert row.state == "waiting"


def test_rows_that_say_two_things_of_one_payment_settle_nothing(asked: PaymentList, opd: Unit, answer: Answer) -> None:
    row = rows_of(asked)[0]
    with clock.at(after(MAY)):
        order(opd)
    amount = f"{row.amount:.0f}"
    job = answer([(row.reference, amount, "paid", "", ""), (row.reference, amount, "gagal", "Rekening tutup", "")])
    assert [note.row_number for note in job.rows.order_by("row_number")] == [2, 3]
    row.refresh_from_db()
    assert row.state == "waiting"
    # The same said twice is one payment; that it was said twice is told.
    job = answer([(row.reference, amount, "paid", "", ""), (row.reference, amount, "BERHASIL", "", "")])
    assert [note.row_number for note in job.rows.all()] == [3]
    row.refresh_from_db()
    assert row.state == "paid"


def test_an_account_that_changes_between_the_list_and_the_answer_changes_no_payment(
    asked: PaymentList, opd: Unit, answer: Answer
) -> None:
    row = rows_of(asked)[0]
    with clock.at(after(MAY)):
        order(opd)
        give_accounts([row.employee], branch="009")
        confirm_accounts(uids=[BankAccount.objects.waiting().get().uid], actor=closer("bpkad"))
    told = (row.reference, f"{row.amount:.0f}", "paid", "")
    job = answer([(*told, f"009{row.employee_id:07}")])
    assert [note.column for note in job.rows.all()] == ["Nomor rekening"]
    row.refresh_from_db()
    assert row.state == "waiting"
    assert answer([(*told, f"007{row.employee_id:07}")]).error_rows == 0
    row.refresh_from_db()
    assert (row.state, row.number) == ("paid", f"007{row.employee_id:07}")
    assert digest_now(asked) == asked.digest


def test_a_failed_payment_is_tried_again_on_a_later_list_and_the_parcel_is_paid(
    asked: PaymentList, opd: Unit, answer: Answer
) -> None:
    first, second = rows_of(asked)
    with clock.at(after(MAY)):
        order(opd)
    answer([(first.reference, f"{first.amount:.0f}", "gagal", "Rekening tutup", "")])
    first.refresh_from_db()
    assert (first.state, first.failure) == ("failed", "Rekening tutup")
    with clock.at(after(MAY)):
        give_accounts([first.employee, second.employee], branch="008")
        confirm_accounts(uids=[BankAccount.objects.waiting().get().uid], actor=closer("bpkad"))
        let_through(opd)
        later = make_follow_up(parcel_uid=asked.parcel.uid, actor=closer("bpkad"))
        assert [(row.follows, row.number[:3]) for row in rows_of(later)] == [(first, "008"), (second, "008")]
        with pytest.raises(PaymentRefused, match="nothing"):
            make_follow_up(parcel_uid=asked.parcel.uid, actor=closer("bpkad"))
        place = place_of(MAY, KIND, opd)
        assert (place.payments.rows, place.payments.paid, place.payments.total) == (2, 0, asked.total)
    answer([(row.reference, f"{row.amount:.0f}", "sukses", "", row.number) for row in rows_of(later)])
    with clock.at(after(MAY)):
        assert place_of(MAY, KIND, opd).position.next is None
    returned = rows_of(later)[0]
    answer([(returned.reference, f"{returned.amount:.0f}", "retur", "Nama tidak sama", "")])
    with clock.at(after(MAY)):
        assert place_of(MAY, KIND, opd).position.next is Step.PAID


def test_a_paid_row_is_not_called_failed_without_saying_that_the_money_came_back(
    asked: PaymentList, opd: Unit, answer: Answer
) -> None:
    row = rows_of(asked)[0]
    with clock.at(after(MAY)):
        order(opd)
    answer([(row.reference, f"{row.amount:.0f}", "paid", "", "")])
    job = answer([(row.reference, f"{row.amount:.0f}", "failed", "", "")])
    assert "Retur" in job.rows.get().message
    row.refresh_from_db()
    assert row.state == "paid"


def test_a_list_is_marked_paid_by_hand_with_its_proof(asked: PaymentList, opd: Unit) -> None:
    with clock.at(after(MAY)):
        with pytest.raises(PaymentRefused, match="no_order"):
            mark_paid(list_uid=asked.uid, note="Bukti 1", actor=closer("bpkad"))
        order(opd)
        with pytest.raises(PaymentRefused, match="reason"):
            mark_paid(list_uid=asked.uid, note=" ", actor=closer("bpkad"))
        assert mark_paid(list_uid=asked.uid, note="Bukti 1", actor=closer("bpkad")) == 1
        assert mark_paid(list_uid=asked.uid, note="Bukti 1", actor=closer("bpkad")) == 0
    assert [row.state for row in rows_of(asked)] == ["paid", "no_account"]


@pytest.mark.parametrize("accounts", [0, 1, 2])
def test_rows_ledger_and_payable_slips_are_the_same_sum(four_opds: list[Unit], run_of: RunOf, accounts: int) -> None:
    run = run_of(MAY)
    held = Slip.objects.filter(run=run, opd=four_opds[1]).order_by("pk")[0]
    Slip.objects.filter(pk=held.pk).update(holds=[{"node_id": "uji", "label": "LHKPN", "reason": "LHKPN belum"}])
    with clock.at(after(MAY)):
        for opd in (four_opds[0], four_opds[2]):
            give_accounts(people_of(opd)[:accounts])
            lock(opd)
            request(opd)
    for opd in (four_opds[0], four_opds[2]):
        rows = PaymentRow.objects.newest().filter(list__parcel__opd=opd).aggregate(total=Sum("amount"))["total"]
        slips = Slip.objects.filter(opd=opd).payable().aggregate(total=Sum("net"))["total"]
        assert rows == ledger(opd) == slips == MonthLock.objects.get(opd=opd).net_total


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_bank_does_the_rows_that_count_add_up_to_the_ledger(
    asked: PaymentList, opd: Unit, seed: int
) -> None:
    """A random walk over outcomes, accounts and further lists."""
    chance = Random(seed)  # noqa: S311 - a walk that can be walked again
    with clock.at(after(MAY)):
        order(opd)
        for step in range(12):
            chosen = chance.choice(["paid", "failed", "returned", "account", "list"])
            waiting = PaymentRow.objects.newest().filter(state="waiting")
            if chosen == "paid":
                waiting.update(state="paid", settled_at=clock.now())
            elif chosen == "failed":
                PaymentRow.objects.filter(pk__in=waiting[:1]).update(state="failed", settled_at=clock.now())
            elif chosen == "returned":
                PaymentRow.objects.newest().filter(state="paid").update(state="failed")
            elif chosen == "account":
                person = chance.choice(people_of(opd))
                if not BankAccount.objects.waiting().filter(employee=person).exists():
                    give_accounts([person], branch=f"1{step:02}")
                waiting_accounts = list(BankAccount.objects.waiting().values_list("uid", flat=True))
                confirm_accounts(uids=waiting_accounts, actor=closer("bpkad"))
            else:
                let_through(opd)
                with suppress(PaymentRefused):
                    make_follow_up(parcel_uid=asked.parcel.uid, actor=closer("bpkad"))
            counting = PaymentRow.objects.newest().filter(list__parcel__opd=opd)
            assert counting.aggregate(total=Sum("amount"))["total"] == ledger(opd)
            assert counting.values("employee").distinct().count() == counting.count()
            assert place_of(MAY, KIND, opd).payments.total == ledger(opd)
