"""The month's measures: officials read, the personnel agency records."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.rules.engine import digest, dump_yaml, load_rule_set, ready_rule_sets
from tenants.rules.models import StoredRuleSet
from tests.architecture.permission_table import Cast, region


def declared(cast: Cast) -> dict[str, object]:
    """Rules that ask for one measure, so that there is a sheet for it."""
    tree = load_rule_set(ready_rule_sets()["manado"]).model_dump(by_alias=True, mode="json", exclude_defaults=True)
    rule_set = load_rule_set({**tree, "measures": {"IP_ASN": {"label": "Nilai IP ASN", "per": "employee"}}})
    StoredRuleSet.objects.create(
        code="manado",
        title="Manado",
        regulation="Perwali 1/2022",
        period=DateRange(date(2024, 1, 1), None),
        text=dump_yaml(rule_set),
        digest=digest(rule_set),
        state="published",
    )
    return {"bulan": "2026-10", "ukuran": "IP_ASN"}


def nothing(cast: Cast) -> dict[str, object]:
    """A form without a sheet."""
    return {"bulan": "2026-10"}


ROWS = [
    region("measures-month", "GET", "bkpsdm inspektorat citra"),
    region("measures-month", "POST", "bkpsdm", ok=422, data=nothing),
    region("measures-template", "GET", "bkpsdm", data=declared),
]
