"""The columns of a sheet: the same for the empty one that is handed out and for the filled one that comes back."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from kernel.sheets.writing import Column
from tenants.rules.engine import RuleSet, event_codes

NIP: Final = "NIP"
NAME: Final = "Nama"
WORKING_DAYS: Final = "Hari kerja"
# Column name, heading, and what a cell holds.
FIGURES: Final = (
    ("minutes", "Menit aktivitas", "number"),
    ("points", "Poin aktivitas", "number"),
    ("skp_score", "Capaian SKP (%)", "number"),
    ("behaviour_sum", "Jumlah nilai perilaku", "number"),
)
PREDIKAT: Final = "Predikat"
SALARY: Final = (
    ("salary_base", "Dasar gaji", "number"),
    ("salary_tax", "PPh 21 gaji", "number"),
)
PTKP: Final = "PTKP"
EVENT: Final = "event:"


def event_columns(rule_set: RuleSet) -> dict[str, str]:
    """The codes that the rule set counts, by column name, with the heading: the code itself."""
    return {f"{EVENT}{code}": code for code in sorted(event_codes(rule_set))}


def headings(rule_set: RuleSet) -> dict[str, tuple[str, ...]]:
    """Which words stand for which column."""
    return {
        "nip": (NIP,),
        "working_days": (WORKING_DAYS,),
        **{name: (title,) for name, title in event_columns(rule_set).items()},
        **{name: (title,) for name, title, _kind in (*FIGURES, *SALARY)},
        "predikat": (PREDIKAT, "Predikat SKP"),
        "ptkp": (PTKP, "Status PTKP"),
    }


def columns(rule_set: RuleSet) -> list[Column]:
    """The columns of the empty sheet."""
    known = event_codes(rule_set)
    events = [
        Column(code, kind="number", width=9, hint=str(known[code].label)) for code in event_columns(rule_set).values()
    ]
    return [
        Column(NIP, required=True, width=22),
        Column(NAME, width=32),
        Column(WORKING_DAYS, kind="number", required=True, width=11),
        *events,
        *(Column(title, kind=kind) for _name, title, kind in FIGURES),
        Column(PREDIKAT, choices=("Sangat Baik", "Baik", "Butuh Perbaikan", "Kurang", "Sangat Kurang")),
        *(Column(title, kind=kind) for _name, title, kind in SALARY),
        Column(PTKP, hint=_("TK/0 sampai TK/3 atau K/0 sampai K/3")),
    ]
