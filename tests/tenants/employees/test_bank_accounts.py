"""The account to which a person is paid: who records it, who confirms a change, what a sheet does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed, NotFound
from kernel.jobs.models import Job
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.testing.queries import assert_query_count
from tenants.employees.bank.accounts import AccountDraft, confirm_accounts, record_account, withdraw_account
from tenants.employees.bank.errors import AccountRefused
from tenants.employees.bank.jobs import CHECK, IMPORT
from tenants.employees.models import BankAccount, Employee
from tenants.employees.querysets import accounts_on
from tests.cast import Office, Person, make_employee, make_opd, make_position

SignedIn = Callable[..., Client]


def draft(number: str = "0012345678", holder: str = "Ani", *, first: date = date(2024, 1, 1)) -> AccountDraft:
    return AccountDraft("127", "Bank SulutGo", number, holder, first)


@pytest.fixture
def recorder(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def second(with_role: Callable[..., User]) -> User:
    return with_role("bpkad")


def number_of(person: Person, day: date | None = None) -> str | None:
    """The account that counts on the day, today when None."""
    account = accounts_on([person.employee.pk], day or here.today()).get(person.employee.pk)
    return account.number if account else None


def test_the_first_account_counts_at_once(ani: Person, recorder: User) -> None:
    record_account(employee_uid=ani.employee.uid, draft=draft(), actor=recorder)
    assert number_of(ani) == "0012345678"
    assert number_of(ani, date(2023, 12, 31)) is None
    told = AuditEvent.objects.get(action="employees.account_recorded")
    assert "0012345678" not in str(told.after)


def test_a_changed_account_is_paid_to_only_after_a_second_person_confirmed_it(
    ani: Person, recorder: User, second: User
) -> None:
    record_account(employee_uid=ani.employee.uid, draft=draft(), actor=recorder)
    changed = record_account(employee_uid=ani.employee.uid, draft=draft("99887766"), actor=recorder)
    assert changed.is_waiting
    assert number_of(ani) == "0012345678"
    with pytest.raises(AccountRefused, match="same_person"):
        confirm_accounts(uids=[changed.uid], actor=recorder)
    confirm_accounts(uids=[changed.uid], actor=second)
    assert number_of(ani) == "99887766"
    assert confirm_accounts(uids=[changed.uid], actor=second) == []


def test_a_withdrawn_first_account_does_not_make_the_next_one_a_first(
    ani: Person, recorder: User, second: User
) -> None:
    first = record_account(employee_uid=ani.employee.uid, draft=draft(), actor=recorder)
    with pytest.raises(AccountRefused, match="reason"):
        withdraw_account(uid=first.uid, reason=" ", actor=recorder)
    withdraw_account(uid=first.uid, reason="Salah orang", actor=recorder)
    assert number_of(ani) is None
    assert record_account(employee_uid=ani.employee.uid, draft=draft("99887766"), actor=recorder).is_waiting
    assert number_of(ani) is None


def test_the_database_refuses_one_person_for_both_and_any_other_change(ani: Person, recorder: User) -> None:
    record_account(employee_uid=ani.employee.uid, draft=draft(), actor=recorder)
    changed = record_account(employee_uid=ani.employee.uid, draft=draft("99887766"), actor=recorder)
    rows = BankAccount.objects.filter(pk=changed.pk)
    with pytest.raises(IntegrityError, match="bank_account_confirmed_by_another"), transaction.atomic():
        rows.update(confirmed_by=recorder, confirmed_at=changed.recorded_at)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        rows.update(number="11111")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_nobody_touches_the_own_account_or_that_of_another_opd(
    ani: Person, citra: Person, with_role: Callable[..., User], office: Office
) -> None:
    with pytest.raises(AccountRefused, match="own"):
        record_account(employee_uid=citra.employee.uid, draft=draft(), actor=citra.user)
    stranger = make_employee("Orang Lain", make_position(make_opd("9.01", "Dinas Lain"), "Z-1", "Staf"))
    operator = with_role("operator_opd", opd=office.opd)
    record_account(employee_uid=ani.employee.uid, draft=draft(), actor=operator)
    with pytest.raises(NotFound):
        record_account(employee_uid=stranger.uid, draft=draft(), actor=operator)
    with pytest.raises(NotAllowed):
        record_account(employee_uid=ani.employee.uid, draft=draft("5555555"), actor=ani.user)


def a_sheet(*rows: tuple[str, ...]) -> bytes:
    titles = ("NIP", "Kode bank", "Nama bank", "Nomor rekening", "Nama pemilik rekening")
    return workbook([Sheet("Rekening", [Column(title) for title in titles], rows)])


@pytest.fixture
def import_sheet(
    recorder: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> Callable[[bytes, str], tuple[Job, Job | None]]:
    """Upload, look, confirm where there is something to write; the jobs of both."""
    client = signed_in(recorder)

    def bring(content: bytes, name: str = "rekening.xlsx") -> tuple[Job, Job | None]:
        assert client.post("/pegawai/rekening/impor/", {"berkas": SimpleUploadedFile(name, content)}).status_code == 302
        run_outbox()
        check = Job.objects.filter(kind=CHECK).latest("id")
        assert client.get(f"/pegawai/rekening/impor/{check.uid}/").status_code == 200
        if not check.result["counts"]["add"] + check.result["counts"]["change"]:
            return check, None
        assert client.post(f"/pegawai/rekening/impor/{check.uid}/konfirmasi/").status_code == 302
        run_outbox()
        return check, Job.objects.filter(kind=IMPORT).latest("id")

    return bring


def test_a_sheet_is_tried_first_and_the_same_one_twice_changes_nothing(
    ani: Person, budi: Person, import_sheet: Callable[..., tuple[Job, Job | None]]
) -> None:
    content = a_sheet(
        (ani.employee.nip, "127", "Bank SulutGo", "0012345678", "ANI, S.E."),
        (budi.employee.nip, "008", "Mandiri", "12345", "Orang Lain"),
        ("199001012015011999", "127", "Bank SulutGo", "0012345679", "Siapa"),
        (ani.employee.nip, "127", "Bank SulutGo", "7777777", "Ani"),
    )
    check, written = import_sheet(content)
    assert check.result["counts"] == {"add": 2, "change": 0, "same": 0, "error": 2}
    notes = {(row.row_number, row.column, row.level) for row in check.rows.all()}
    assert notes == {(3, "Nama pemilik rekening", "warning"), (4, "NIP", "error"), (5, "NIP", "error")}
    assert written is not None
    assert number_of(ani) == "0012345678"
    again, nothing = import_sheet(content)
    assert again.result["counts"]["same"] == 2
    assert nothing is None
    assert BankAccount.objects.count() == 2


def test_a_csv_keeps_the_zeros_and_says_what_is_wrong_beside_the_row(
    ani: Person, budi: Person, import_sheet: Callable[..., tuple[Job, Job | None]]
) -> None:
    lines = [
        "NIP;Kode bank;Nama bank;Nomor rekening;Nama pemilik",
        f"{ani.employee.nip};127;Bank SulutGo;0012345678;Ani",
        f"{budi.employee.nip};abc;;12;Budi",
    ]
    check, _ = import_sheet("\n".join(lines).encode(), "rekening.csv")
    assert number_of(ani) == "0012345678"
    assert {row.column for row in check.rows.filter(level="error")} == {"Nomor rekening", "Kode bank", "Nama bank"}


def test_a_number_of_two_people_is_remarked(
    ani: Person, budi: Person, import_sheet: Callable[..., tuple[Job, Job | None]]
) -> None:
    check, _ = import_sheet(
        a_sheet(
            (ani.employee.nip, "127", "Bank SulutGo", "0012345678", "Ani"),
            (budi.employee.nip, "127", "Bank SulutGo", "0012345678", "Budi"),
        )
    )
    assert [row.row_number for row in check.rows.filter(level="warning").order_by("row_number")] == [2, 3]


def test_an_import_is_taken_back(
    ani: Person, recorder: User, signed_in: SignedIn, import_sheet: Callable[..., tuple[Job, Job | None]]
) -> None:
    record_account(employee_uid=ani.employee.uid, draft=draft(), actor=recorder)
    _, written = import_sheet(a_sheet((ani.employee.nip, "127", "Bank SulutGo", "99887766", "Ani")))
    assert written is not None
    assert BankAccount.objects.waiting().count() == 1
    client = signed_in(recorder)
    assert "Batalkan impor" in client.get("/pegawai/rekening/impor/").content.decode()
    assert client.post(f"/pegawai/rekening/impor/{written.uid}/batal/").status_code == 302
    assert not BankAccount.objects.waiting().exists()
    assert number_of(ani) == "0012345678"


def test_a_file_that_is_no_sheet_is_refused_beside_the_field(recorder: User, signed_in: SignedIn) -> None:
    posted = {"berkas": SimpleUploadedFile("a.pdf", b"%PDF-1.4 a")}
    answer = signed_in(recorder).post("/pegawai/rekening/impor/", posted)
    assert answer.status_code == 422
    assert "Kirim XLSX atau CSV" in answer.content.decode()


def test_pages_mask_the_number_for_those_who_need_not_know_it(
    ani: Person, recorder: User, second: User, signed_in: SignedIn
) -> None:
    record_account(employee_uid=ani.employee.uid, draft=draft(), actor=recorder)
    page = f"/pegawai/{ani.employee.uid}/rekening/"
    for url in ("/pegawai/rekening/", page):
        masked, full = (signed_in(user).get(url).content.decode() for user in (recorder, second))
        assert "0012345678" not in masked
        assert "••••5678" in masked
        assert "0012345678" in full


def test_a_change_is_recorded_and_confirmed_on_the_pages(
    ani: Person, recorder: User, second: User, signed_in: SignedIn
) -> None:
    page = f"/pegawai/{ani.employee.uid}/rekening/"
    typed = {"kode": "127", "bank": "Bank SulutGo", "nomor": "0012345678", "pemilik": "Ani", "mulai": "2024-01-01"}
    client = signed_in(recorder)
    assert client.post(page, {**typed, "nomor": "12 34"}).status_code == 422
    assert client.post(page, typed).status_code == 302
    assert client.post(page, {**typed, "nomor": "99887766"}).status_code == 302
    changed = BankAccount.objects.waiting().get()
    waiting = "/pegawai/rekening/?keadaan=menunggu"
    assert 'name="rekening"' not in client.get(waiting).content.decode()
    other = signed_in(second)
    assert str(changed.uid) in other.get(waiting).content.decode()
    assert other.post("/pegawai/rekening/konfirmasi/", {"rekening": [str(changed.uid)]}).status_code == 302
    assert number_of(ani) == "99887766"


def test_the_list_asks_as_much_for_many_people(office: Office, recorder: User, signed_in: SignedIn) -> None:
    for serial in range(12):
        person: Employee = make_employee(f"Orang {serial:02}", office.staff)
        record_account(employee_uid=person.uid, draft=draft(f"10000{serial}"), actor=recorder)
    client = signed_in(recorder)
    assert_query_count("employees.accounts", lambda: client.get("/pegawai/rekening/"))


def test_the_template_has_the_titles_that_are_read(recorder: User, signed_in: SignedIn) -> None:
    from kernel.sheets.reading import Book

    answer = signed_in(recorder).get("/pegawai/rekening/impor/contoh.xlsx")
    lines = Book(BytesIO(b"".join(answer.streaming_content)).getvalue()).lines()  # type: ignore[attr-defined]
    assert lines[0][0] == "NIP *"
