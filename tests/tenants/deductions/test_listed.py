"""Deductions by list: recorded with a letter, counted from their month on, ended or cancelled in open months only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.calendars import closing
from tenants.deductions.models import ListedDeduction
from tenants.deductions.reading import consents_of, sums_of
from tenants.rules.engine import Consent, FixedDeduction
from tenants.rules.models import StoredRuleSet
from tests.cast import Person
from tests.sheets import xlsx_upload
from tests.tenants.deductions.listed import listing_rules

SignedIn = Callable[..., Client]
OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


@pytest.fixture
def rules(manado: object) -> StoredRuleSet:
    return listing_rules()


@pytest.fixture
def finance(with_role: Callable[..., User], signed_in: SignedIn) -> Client:
    return signed_in(with_role("bpkad"))


def recorded(client: Client, ani: Person, **changes: str) -> int:
    form = {
        "nip": ani.employee.nip,
        "kode": "KOPERASI",
        "jumlah": "250.000",
        "dasar": "gross",
        "mulai": "2026-11",
        "surat": "KOP/1/2026",
        "keterangan": "Koperasi Praja",
        **changes,
    }
    return client.post("/potongan/", form).status_code


def closed(monkeypatch: pytest.MonkeyPatch, *months: Month) -> None:
    monkeypatch.setattr(
        closing, "require_open_period", lambda first, end, **_: _refuse([m for m in months if m.first_day >= first])
    )


def _refuse(months: list[Month]) -> None:
    if months:
        raise closing.MonthClosed(months[0])


def test_a_sum_counts_from_its_month_up_to_its_last(rules: StoredRuleSet, finance: Client, ani: Person) -> None:
    assert recorded(finance, ani, akhir="2026-11") == 302
    ids = [ani.employee.pk]
    assert sums_of(ids, OCTOBER) == {}
    assert sums_of(ids, NOVEMBER) == {ani.employee.pk: [FixedDeduction("KOPERASI", Decimal(250_000), "Koperasi Praja")]}
    assert sums_of(ids, DECEMBER) == {}


def test_a_percent_is_collected_with_its_base_and_letter(rules: StoredRuleSet, finance: Client, ani: Person) -> None:
    assert recorded(finance, ani, jumlah="", persen="2,5", dasar="remaining") == 302
    assert sums_of([ani.employee.pk], NOVEMBER) == {}
    assert consents_of([ani.employee.pk], NOVEMBER, codes={"ZAKAT"}) == {
        ani.employee.pk: (Consent("KOPERASI", percent=Decimal("2.50"), base="remaining", reference="KOP/1/2026"),)
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nip", "000000000000000000"),
        ("kode", "LAIN"),
        ("surat", ""),
        ("persen", "5"),
        ("jumlah", "0"),
        ("akhir", "2026-10"),
    ],
)
def test_a_wrong_field_is_said_and_nothing_is_written(
    rules: StoredRuleSet, finance: Client, ani: Person, field: str, value: str
) -> None:
    assert recorded(finance, ani, **{field: value}) == 422
    assert ListedDeduction.objects.count() == 0


def test_the_same_letter_takes_the_same_code_once(rules: StoredRuleSet, finance: Client, ani: Person) -> None:
    recorded(finance, ani)
    assert recorded(finance, ani) == 422
    assert ListedDeduction.objects.count() == 1


def test_a_deduction_is_ended_from_a_month_on(rules: StoredRuleSet, finance: Client, ani: Person) -> None:
    recorded(finance, ani)
    row = ListedDeduction.objects.get()
    assert finance.post(f"/potongan/{row.uid}/", {"mulai": "2026-11"}).status_code == 422
    assert finance.post(f"/potongan/{row.uid}/", {"mulai": "2026-12"}).status_code == 302
    assert sums_of([ani.employee.pk], NOVEMBER)
    assert sums_of([ani.employee.pk], DECEMBER) == {}


def test_a_wrong_one_is_cancelled_and_counts_in_no_month(rules: StoredRuleSet, finance: Client, ani: Person) -> None:
    recorded(finance, ani)
    row = ListedDeduction.objects.get()
    assert finance.post(f"/potongan/{row.uid}/batal/", {"alasan": ""}).status_code == 422
    assert finance.post(f"/potongan/{row.uid}/batal/", {"alasan": "Salah orang"}).status_code == 302
    assert sums_of([ani.employee.pk], NOVEMBER) == {}
    assert recorded(finance, ani) == 302


def test_a_closed_month_takes_no_new_sum_and_lets_none_be_cancelled(
    rules: StoredRuleSet, finance: Client, ani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(finance, ani)
    row = ListedDeduction.objects.get()
    closed(monkeypatch, NOVEMBER)
    assert recorded(finance, ani, surat="KOP/2/2026") == 422
    assert finance.post(f"/potongan/{row.uid}/batal/", {"alasan": "Salah orang"}).status_code == 422
    assert finance.post(f"/potongan/{row.uid}/", {"mulai": "2026-12"}).status_code == 302


HEADINGS: Sequence[object] = ["NIP", "Kode", "Jumlah", "Persen", "Nomor surat", "Sampai dengan"]


def sheet(*rows: Sequence[object]) -> SimpleUploadedFile:
    return xlsx_upload("potongan.xlsx", [HEADINGS, *rows])


@pytest.fixture
def upload(finance: Client, run_outbox: Callable[[], int]) -> Callable[..., Job]:
    def bring_in(file: SimpleUploadedFile, **changes: str) -> Job:
        answer = finance.post("/potongan/impor/", {"bulan": "2026-11", "berkas": file, **changes})
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Job.objects.latest("pk")

    return bring_in


def test_a_trial_checks_the_sheet_and_writes_nothing(
    rules: StoredRuleSet, ani: Person, upload: Callable[..., Job]
) -> None:
    job = upload(sheet([ani.employee.nip, "KORPRI", 50000, "", "K/1", ""]), uji="on")
    assert dict(job.result["facts"])["Baris benar"] == 1
    assert dict(job.result["facts"])["Ditulis"] == 0
    assert ListedDeduction.objects.count() == 0


def test_a_right_sheet_is_written(rules: StoredRuleSet, ani: Person, upload: Callable[..., Job]) -> None:
    upload(
        sheet(
            [ani.employee.nip, "KORPRI", 50000, "", "K/1", ""],
            [ani.employee.nip, "koperasi", "", "2,5", "K/2", "2026-12"],
        )
    )
    rows = ListedDeduction.objects.order_by("code")
    assert [(row.code, row.amount, row.percent, str(row.until_month)) for row in rows] == [
        ("KOPERASI", None, Decimal("2.50"), "2027-01-01"),
        ("KORPRI", Decimal(50000), None, "None"),
    ]


def test_every_wrong_row_is_named_with_its_column_and_none_is_written(
    rules: StoredRuleSet, ani: Person, upload: Callable[..., Job]
) -> None:
    nip = ani.employee.nip
    job = upload(
        sheet(
            [nip, "KORPRI", 50000, "", "K/1", ""],
            ["000000000000000000", "KORPRI", 50000, "", "K/1", ""],
            [nip, "ARISAN", 50000, "", "K/1", ""],
            [nip, "KORPRI", 50000, "2", "K/2", ""],
            [nip, "KORPRI", 50000, "", "", ""],
            [nip, "KORPRI", 50000, "", "K/3", "2026-10"],
            [nip, "KORPRI", 70000, "", "K/1", ""],
        )
    )
    wrong = [(row.row_number, row.column) for row in job.rows.order_by("row_number")]
    assert wrong == [
        (3, "NIP"),
        (4, "Kode"),
        (5, "Jumlah"),
        (6, "Nomor surat"),
        (7, "Sampai dengan"),
        (8, "Nomor surat"),
    ]
    assert ListedDeduction.objects.count() == 0


def test_the_list_is_paged_and_its_statements_do_not_grow(
    rules: StoredRuleSet, finance: Client, ani: Person, budi: Person
) -> None:
    for number in range(30):
        ListedDeduction.objects.create(
            employee=(ani, budi)[number % 2].employee,
            code="KORPRI",
            amount=Decimal(50_000),
            from_month=NOVEMBER.first_day,
            letter_number=f"K/{number}",
        )
    text = assert_query_count("deductions.list", lambda: finance.get("/potongan/")).content.decode()
    assert text.count('<th scope="row"') == 25
    found = finance.get("/potongan/", {"cari": ani.employee.nip}).content.decode()
    assert found.count('<th scope="row"') == 15


def test_the_personnel_sees_one_deduction_with_its_letter(rules: StoredRuleSet, finance: Client, ani: Person) -> None:
    recorded(finance, ani)
    text = finance.get(f"/potongan/{ListedDeduction.objects.get().uid}/").content.decode()
    assert "KOP/1/2026" in text
    assert "Rp250.000" in text
