"""The organisation: officials look, BKPSDM and the OPD's own operator change."""

from tests.architecture.permission_table import Cast, region

OFFICIALS = "citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"


def the_unit(cast: Cast) -> dict[str, object]:
    return {"uid": cast.office.unit.uid}


def the_position(cast: Cast) -> dict[str, object]:
    return {"uid": cast.office.staff.uid}


def a_name(cast: Cast) -> dict[str, object]:
    return {"name": "Bidang Baru", "category": "umum", "is_active": "on"}


def a_title(cast: Cast) -> dict[str, object]:
    return {
        "title": "Pengelola",
        "kind": "pelaksana",
        "superior_code": cast.office.section_head.code,
        "is_active": "on",
    }


def its_terms(cast: Cast) -> dict[str, object]:
    return {**the_position(cast), "terms_uid": cast.office.staff.terms.get().uid}


def a_class(cast: Cast) -> dict[str, object]:
    return {"kelas": 8, "category": "umum", "first": "2026-11-01"}


def another_class(cast: Cast) -> dict[str, object]:
    return {"kelas": 8, "category": "umum", "first": "", "reason": "Salah ketik"}


ROWS = [
    region("organisation-terms", "GET", "bkpsdm", args=the_position),
    region("organisation-terms", "POST", "bkpsdm", ok=302, args=the_position, data=a_class),
    region("organisation-terms-correct", "GET", "bkpsdm", args=its_terms),
    region("organisation-terms-correct", "POST", "bkpsdm", ok=302, args=its_terms, data=another_class),
    region("organisation-tree", "GET", OFFICIALS),
    region("organisation-unit", "GET", OFFICIALS, args=the_unit),
    region("organisation-unit", "POST", "operator_opd bkpsdm", ok=302, args=the_unit, data=a_name),
    region("organisation-position", "GET", OFFICIALS, args=the_position),
    region("organisation-position", "POST", "operator_opd bkpsdm", ok=302, args=the_position, data=a_title),
]
