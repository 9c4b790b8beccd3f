"""The budget: finance records and decides, the other offices read."""

from __future__ import annotations

from datetime import date

from tenants.budget.models import BudgetCeiling, BudgetDecision
from tests.architecture.permission_table import Cast, region
from tests.tenants.tpp.small_run import finished_run

READERS = "citra bkpsdm inspektorat kepala_daerah"
PAPER = {"dokumen": "dpa", "nomor": "DPA/1/2024", "tanggal": "2024-01-02", "mulai": "2024-01-01"}


def of_the_office(cast: Cast) -> dict[str, object]:
    return {"year": 2024, "uid": cast.office.opd.uid}


def a_ceiling(cast: Cast) -> dict[str, object]:
    return {**PAPER, "kode": "5.1.01.02.05.0001", "jumlah": "1.000.000"}


def kept(cast: Cast) -> dict[str, object]:
    """A ceiling that stands."""
    row = BudgetCeiling.objects.create(
        opd=cast.office.opd,
        year=2024,
        account_code="5.1.01.02.05.0001",
        amount=1_000_000,
        document="dpa",
        document_number="DPA/1/2024",
        document_date=date(2024, 1, 2),
        valid_from=date(2024, 1, 1),
    )
    return {"uid": row.uid}


def a_month(cast: Cast) -> dict[str, object]:
    return {"month": "2024-05", "kind": "ordinary", "uid": cast.office.opd.uid}


def a_decision(cast: Cast) -> dict[str, object]:
    """A decision on May 2024."""
    decision = BudgetDecision.objects.create(
        month=date(2024, 5, 1),
        kind="ordinary",
        opd=cast.office.opd,
        run=finished_run(),
        option="revision",
        reason="Pagu kurang",
        letter_number="900/1",
        decided_by=cast.citra.user,
    )
    return {"uid": decision.uid}


def why(cast: Cast) -> dict[str, object]:
    return {"alasan": "Salah catat"}


def a_code(cast: Cast) -> dict[str, object]:
    return {"bagian": "BK", "kelompok": "pns", "kode": "5.1.01.02.01.0009"}


def paper(cast: Cast) -> dict[str, object]:
    """A form without a sheet."""
    return dict(PAPER)


def nothing(cast: Cast) -> dict[str, object]:
    """A month that is not over: there is nothing to decide."""
    return {}


ROWS = [
    region("budget-year", "GET", READERS),
    region("budget-opd", "GET", READERS, args=of_the_office),
    region("budget-opd", "POST", "citra", ok=302, args=of_the_office, data=a_ceiling),
    region("budget-withdraw", "POST", "citra", ok=302, args=kept, data=why),
    region("budget-import", "GET", "citra"),
    region("budget-import", "POST", "citra", ok=422, data=paper),
    region("budget-template", "GET", "citra"),
    region("budget-accounts", "GET", READERS),
    region("budget-accounts", "POST", "citra", ok=302, data=a_code),
    region("budget-month", "GET", READERS, args=a_month),
    region("budget-month", "POST", "citra", ok=302, args=a_month, data=nothing),
    region("budget-undo", "POST", "citra", ok=302, args=a_decision, data=why),
]
