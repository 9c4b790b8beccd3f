"""What the nodes behind the scores must fulfil: stops, THR and the 13th month, national tables."""

from collections.abc import Iterator
from typing import Final

from .deduction_nodes import (
    PAYMENTS,
    Deduction,
    FinalByGolongan,
    NationalRule,
    SharedCapContribution,
    SpecialPay,
    TerTax,
    references_of,
)
from .errors import Problem
from .nodes import ServiceStopRule, StopRow
from .resolving import NEEDED, dated_yearly, tables_of

Found = Iterator[tuple[str, str]]

# What must be written out where no national table is named.
_OWN: Final[dict[type[NationalRule], tuple[str, ...]]] = {
    FinalByGolongan: ("rates",),
    TerTax: ("categories", "tables"),
    SharedCapContribution: ("percent", "ceiling"),
}


def check_stops(node: ServiceStopRule) -> Found:
    seen: dict[tuple[str, str], int] = {}
    for index, row in enumerate(node.rows):
        for kind in row.kinds:
            if (kind, "") in seen:
                yield f".rows[{index}].kinds", f"{kind!r} sudah diatur untuk semua pada baris {seen[kind, '']}"
            elif (kind, row.flag) in seen:
                yield f".rows[{index}].kinds", f"{kind!r} dengan tanda ini sudah ada pada baris {seen[kind, row.flag]}"
            seen.setdefault((kind, row.flag), index)
        yield from _check_steps(index, row)


def _check_steps(index: int, row: StopRow) -> Found:
    if row.factor > 1:
        yield f".rows[{index}].factor", "faktor selama berhenti paling besar 1"
    before = 0
    for number, step in enumerate(row.steps):
        path = f".rows[{index}].steps[{number}]"
        if step.from_month <= before:
            yield f"{path}.from", f"bulan harus naik: {step.from_month} tidak di atas {before}"
        if step.factor > 1:
            yield f"{path}.factor", "faktor selama berhenti paling besar 1"
        before = step.from_month


def check_special(node: SpecialPay) -> Found:
    if not node.percent:
        yield ".percent", "bagian nol persen tidak membayar apa pun"
    if node.full_after_months is not None and node.least_months > node.full_after_months:
        yield ".least_months", f"masa kerja terendah di atas masa kerja penuh {node.full_after_months}"
    if node.months_for and node.full_after_months is None and not node.least_months:
        yield ".months_for", "tidak ada masa kerja yang dilihat"
    for status in node.months_for if node.statuses else ():
        if status not in node.statuses:
            yield ".months_for", f"status {status!r} tidak dibayar oleh ketentuan ini"


def specials_once(nodes: list[tuple[str, SpecialPay]]) -> Iterator[Problem]:
    """One node for THR, one for the 13th month."""
    seen: dict[str, str] = {}
    for path, node in nodes:
        if node.pays in seen:
            yield Problem(f"{path}.pays", f"pembayaran {node.pays!r} sudah diatur oleh {seen[node.pays]}", node.id)
        seen.setdefault(node.pays, node.id)


def special_taxes(deductions: list[tuple[str, Deduction]], paid: set[str]) -> Iterator[Problem]:
    """What is taken from a payment needs the payment."""
    for path, node in deductions:
        for payment in PAYMENTS:
            if payment != "month" and payment in node.taken_from and payment not in paid:
                message = f"tidak ada ketentuan pembayaran {payment!r} yang dipotong di sini"
                yield Problem(f"{path}.taken_from", message, node.id)


def check_national(node: Deduction, first_month: str) -> Found:
    """Figures from national tables, or written out, never neither; a table for every month of the rule set."""
    rule = node.rule
    if not isinstance(rule, NationalRule):
        return
    for field, references in (("national", rule.national), ("yearly", rule.yearly if isinstance(rule, TerTax) else ())):
        for index, reference in enumerate(references):
            try:
                tables_of([reference])
            except LookupError:
                yield f".rule.{field}[{index}]", f"tabel nasional {reference!r} tidak ada"
                return
    needed = NEEDED[type(rule)]
    if not rule.national:
        for name in _OWN[type(rule)]:
            if name not in rule.model_fields_set or not (getattr(rule, name) or type(rule) is SharedCapContribution):
                yield f".rule.{name}", "wajib diisi, atau pilih tabel nasional"
        yield from _check_yearly(rule, first_month)
        return
    for index, table in enumerate(tables_of(rule.national)):
        if not set(needed) <= set(table.content):
            yield f".rule.national[{index}]", f"tabel {table.reference!r} bukan tabel untuk cara ini"
            return
    if type(rule) is not FinalByGolongan:
        for name in _OWN[type(rule)]:
            if name in rule.model_fields_set and getattr(rule, name):
                yield f".rule.{name}", "sudah ada pada tabel nasional yang dipilih; kosongkan salah satu"
    if not any(table.valid_from.strftime("%Y-%m") <= first_month for table in tables_of(rule.national)):
        yield ".rule.national", f"tidak ada tabel yang sudah berlaku pada {first_month}"
    yield from _check_yearly(rule, first_month)


def _check_yearly(rule: NationalRule, first_month: str) -> Found:
    if not isinstance(rule, TerTax) or not rule.yearly:
        return
    if rule.mode == "ter_own":
        yield ".rule.yearly", "pajak setahun tidak dihitung dari satu pembayaran saja"
    elif not any(month <= first_month for month, _ in dated_yearly(rule)):
        message = f"perlu tabel PTKP, pasal 17 dan biaya jabatan yang sudah berlaku pada {first_month}"
        yield ".rule.yearly", message


def is_resolvable(rule: object) -> bool:
    """Whether all national tables that the rule names ship."""
    try:
        tables_of(references_of(rule))
    except LookupError:
        return False
    return True
