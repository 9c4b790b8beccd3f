"""The month's measures: officials read, the personnel agency records."""

from __future__ import annotations

from datetime import date

from tests.architecture.permission_table import Cast, region
from tests.rule_rows import ready_tree, store_rules


def declared(cast: Cast) -> dict[str, object]:
    """Rules that ask for one measure, so that there is a sheet for it."""
    measures = {"IP_ASN": {"label": "Nilai IP ASN", "per": "employee"}}
    store_rules({**ready_tree("manado"), "measures": measures}, since=date(2024, 1, 1))
    return {"bulan": "2026-10", "ukuran": "IP_ASN"}


def nothing(cast: Cast) -> dict[str, object]:
    """A form without a sheet."""
    return {"bulan": "2026-10"}


ROWS = [
    region("measures-month", "GET", "bkpsdm inspektorat citra"),
    region("measures-month", "POST", "bkpsdm", ok=422, data=nothing),
    region("measures-template", "GET", "bkpsdm", data=declared),
]
