"""Deductions by list: finance and the personnel agency record; zakat: the person alone."""

from __future__ import annotations

from datetime import date

from tenants.deductions.models import ListedDeduction
from tests.architecture.permission_table import Cast, region
from tests.tenants.deductions.listed import listing_rules

READERS = "citra bkpsdm inspektorat"
RECORDERS = "citra bkpsdm"


def one(cast: Cast) -> dict[str, object]:
    """A standing sum that Ani owes her cooperative."""
    row = ListedDeduction.objects.create(
        employee=cast.ani.employee, code="KORPRI", amount=50_000, from_month=date(2026, 11, 1), letter_number="K/1"
    )
    return {"uid": row.uid}


def ended(cast: Cast) -> dict[str, object]:
    return {"mulai": "2026-12"}


def wrong(cast: Cast) -> dict[str, object]:
    return {"alasan": "Salah orang"}


def line(cast: Cast) -> dict[str, object]:
    """A filled form, with rules that take the code."""
    listing_rules()
    return {
        "nip": cast.ani.employee.nip,
        "kode": "KORPRI",
        "jumlah": "50.000",
        "dasar": "gross",
        "mulai": "2026-11",
        "surat": "K/1",
    }


def nothing(cast: Cast) -> dict[str, object]:
    """A form without a sheet."""
    return {"bulan": "2026-11"}


def agreed(cast: Cast) -> dict[str, object]:
    return {"persen": "2,5", "mulai": "2036-11"}


def taken_back(cast: Cast) -> dict[str, object]:
    """A month from which nobody of the cast gave anything."""
    return {"berhenti": "2036-11"}


ROWS = [
    region("deductions-list", "GET", READERS),
    region("deductions-list", "POST", RECORDERS, ok=302, data=line),
    region("deductions-import", "GET", RECORDERS),
    region("deductions-import", "POST", RECORDERS, ok=422, data=nothing),
    region("deductions-template", "GET", RECORDERS),
    region("deductions-consents", "GET", READERS),
    region("deductions-deduction", "GET", READERS, args=one),
    region("deductions-deduction", "POST", RECORDERS, ok=302, args=one, data=ended),
    region("deductions-cancel", "POST", RECORDERS, ok=302, args=one, data=wrong),
    region("deductions-zakat", "GET", "ani budi citra"),
    region("deductions-zakat", "POST", "ani budi citra", ok=302, data=agreed),
    region("deductions-zakat-withdraw", "POST", "ani budi citra", ok=422, data=taken_back),
]
