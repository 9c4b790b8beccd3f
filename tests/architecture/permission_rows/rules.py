"""Rows of tenants.rules."""

from __future__ import annotations

from tests.architecture.permission_table import Cast, region
from tests.tenants.tpp.small_run import stored_rules

# Everybody with a role may read what they are paid by; Dedi has none.
READERS = "ani budi citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"


def draft(cast: Cast) -> dict[str, object]:
    return {"uid": stored_rules("draft").uid}


def ready(cast: Cast) -> dict[str, object]:
    return {"siap": "manado", "mulai": "2026-01"}


ROWS = [
    region("rules-list", "GET", READERS),
    region("rules-set", "GET", READERS, args=draft),
    region("rules-new", "GET", "bkpsdm"),
    region("rules-new", "POST", "bkpsdm", ok=302, data=ready),
    region("rules-sign", "POST", "citra bkpsdm inspektorat", ok=302, args=draft),
    region("rules-publish", "GET", "bkpsdm", args=draft),
    region("rules-publish", "POST", "bkpsdm", ok=302, args=draft),
    region("rules-discard", "POST", "bkpsdm", ok=302, args=draft),
]
