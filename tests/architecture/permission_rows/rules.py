"""Rows of tenants.rules."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.accounts.actors import System
from tenants.rules.actions import copy_ready_set
from tenants.rules.engine import national, ready_rule_sets
from tenants.rules.models import StoredRuleSet, TableConfirmation
from tests.architecture.permission_table import Cast, region
from tests.cast import REGULATION
from tests.tenants.tpp.small_run import stored_rules

# Everybody with a role may read what they are paid by; Dedi has none.
READERS = "ani budi citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"


def draft(cast: Cast) -> dict[str, object]:
    return {"uid": stored_rules("draft").uid}


def ready(cast: Cast) -> dict[str, object]:
    return {"siap": "manado", "mulai": "2026-01"}


def edited(cast: Cast) -> dict[str, object]:
    """A draft as a person brought it in, with its history."""
    return {"uid": _brought_in().uid}


def a_node(cast: Cast) -> dict[str, object]:
    return {"uid": _brought_in().uid, "node_id": "plt"}


def an_example(cast: Cast) -> dict[str, object]:
    return {"uid": _brought_in().uid, "number": 0}


def a_revision(cast: Cast) -> dict[str, object]:
    return {"uid": _brought_in().uid, "number": 1}


def _brought_in() -> StoredRuleSet:
    return copy_ready_set(code="manado", valid_from=date(2026, 1, 1), actor=System("tests"))


def month(cast: Cast) -> dict[str, object]:
    return {"mulai": "2026-02"}


def computes(cast: Cast) -> dict[str, object]:
    return {"lakukan": "tambah:tidak-ada"}


def seen(cast: Cast) -> dict[str, object]:
    return {"sidik": "0" * 64}


def a_file(cast: Cast) -> dict[str, object]:
    text = ready_rule_sets()["manado"].encode()
    return {"mulai": "2026-01", "berkas": SimpleUploadedFile("aturan.yaml", text)}


def a_regulation(cast: Cast) -> dict[str, object]:
    return {
        "nomor": "Perwali Nomor 1 Tahun 2026",
        "tentang": "TPP",
        "tanggal": "2026-01-02",
        "naskah": SimpleUploadedFile("perwali.pdf", REGULATION),
    }


def a_table(cast: Cast) -> dict[str, object]:
    return {"reference": "ptkp@2016-01-01"}


def compared(cast: Cast) -> dict[str, object]:
    digest = national.table("ptkp@2016-01-01").digest
    return {**a_table(cast), "pembanding": "PMK 101/PMK.010/2016", "cocok": "on", "sidik": digest}


def confirmed(cast: Cast) -> dict[str, object]:
    """A table that finance stands for."""
    table = national.table("ptkp@2016-01-01")
    TableConfirmation.objects.create(
        reference=table.reference, digest=table.digest, compared_with="PMK 101", confirmed_by=cast.citra.user
    )
    return {**a_table(cast), "alasan": "Angka keliru"}


ROWS = [
    region("rules-tables", "GET", READERS),
    region("rules-table", "GET", READERS, args=a_table),
    region("rules-table", "POST", "citra", ok=302, args=a_table, data=compared),
    region("rules-table-withdraw", "POST", "citra", ok=302, args=a_table, data=confirmed),
    region("rules-list", "GET", READERS),
    region("rules-set", "GET", READERS, args=draft),
    region("rules-new", "GET", "bkpsdm"),
    region("rules-new", "POST", "bkpsdm", ok=302, data=ready),
    region("rules-sign", "POST", "citra bkpsdm inspektorat", ok=302, args=draft),
    region("rules-publish", "GET", "bkpsdm", args=draft),
    region("rules-publish", "POST", "bkpsdm", ok=302, args=draft),
    region("rules-upload", "GET", "bkpsdm"),
    region("rules-upload", "POST", "bkpsdm", ok=302, data=a_file),
    region("rules-copy", "GET", "bkpsdm", args=draft),
    region("rules-copy", "POST", "bkpsdm", ok=302, args=draft, data=month),
    region("rules-compare", "GET", READERS, args=draft),
    region("rules-history", "GET", "bkpsdm", args=edited),
    region("rules-restore", "POST", "bkpsdm", ok=302, args=a_revision, data=seen),
    region("rules-regulation", "GET", "bkpsdm", args=edited),
    region("rules-regulation", "POST", "bkpsdm", ok=302, args=edited, data=a_regulation),
    region("rules-edit", "GET", "bkpsdm", args=edited),
    region("rules-edit", "POST", "bkpsdm", args=edited, data=computes),
    region("rules-edit-node", "GET", "bkpsdm", args=a_node),
    region("rules-edit-node", "POST", "bkpsdm", args=a_node, data=computes),
    region("rules-edit-add", "GET", "bkpsdm", args=edited),
    region("rules-edit-add", "POST", "bkpsdm", args=edited, data=computes),
    region("rules-edit-move", "POST", "bkpsdm", ok=302, args=a_node, data=seen),
    region("rules-edit-remove", "GET", "bkpsdm", args=a_node),
    region("rules-edit-remove", "POST", "bkpsdm", ok=302, args=a_node, data=seen),
    region("rules-examples", "GET", "bkpsdm", args=edited),
    region("rules-example", "GET", "bkpsdm", args=an_example),
    region("rules-example", "POST", "bkpsdm", args=an_example, data=computes),
    region("rules-example-new", "GET", "bkpsdm", args=edited),
    region("rules-example-new", "POST", "bkpsdm", args=edited, data=computes),
    region("rules-example-remove", "POST", "bkpsdm", ok=302, args=an_example, data=seen),
    region("rules-discard", "POST", "bkpsdm", ok=302, args=draft),
]
