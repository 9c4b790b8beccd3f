"""The recap of a run as XLSX: what the agency hands in (domain note 6.1, prints 4 to 8 on one line for each person).

Rows are streamed: the memory does not grow with the region. A NIP is text. Every total is the sum of the persons'
rounded amounts, because the bank pays persons; the difference to the unrounded sum is told on the last sheet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from uuid import UUID

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel import clock
from kernel.date_words import month_words
from kernel.money import exact
from kernel.tenancy.context import current_region
from kernel.watching import note_rows
from kernel.web.templatetags.kd import rupiah, tanggal_pendek, waktu
from tenants.rules.engine import RuleSet, children_of
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthFacts, MonthRun, Slip
from tenants.tpp.querysets import SlipQuerySet

_APART: Final = "PPPK"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what a slip has in it, whether it is money that is totalled, and its width."""

    title: str
    value: Callable[[Slip], Any]
    is_money: bool = False
    width: int = 14


@override("id")
def recap(run: MonthRun, *, opd: UUID | None = None) -> BytesIO:
    """The workbook in Bahasa Indonesia, ready to be read; of one OPD when `opd` is given.

    PPPK stand on a sheet of their own, practice slips on sheets that say so and are in no total of the others.
    """
    rule_set = loaded(run.rule_set)
    columns = _columns(run, rule_set)
    # Twenty thousand rows are about three megabytes packed; unpacked they stay in files while they are written.
    target = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        formats = {
            "bold": book.add_format({"bold": True}),
            "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}),
            "money": book.add_format({"num_format": "#,##0"}),
            "total": book.add_format({"bold": True, "num_format": "#,##0", "top": 1}),
        }
        sums: dict[str, Decimal] = {}
        slips = Slip.objects.filter(run=run).select_related("opd")
        if opd is not None:
            slips = slips.filter(opd__uid=opd)
        paid = slips.paid()
        sheets = [
            (_("PNS dan CPNS"), paid.exclude(heading__status=_APART)),
            (_APART, paid.filter(heading__status=_APART)),
        ]
        for title, part in sheets:
            _people_sheet(book, title, _ordered(part), columns, formats, run, sums)
        practice = slips.filter(is_practice=True)
        if practice.exists():
            _people_sheet(book, _("LATIHAN"), _ordered(practice), columns, formats, run, {})
        if opd is None:
            _opd_sheet(book, run, formats)
        people = paid.count()
        _seal_sheet(book, run, formats, sums, people, opd)
        note_rows(people)
    target.seek(0)
    return target


def _ordered(slips: SlipQuerySet) -> Iterator[Slip]:
    """As the region's own lists: by OPD, the highest class first."""
    return slips.order_by("opd__code", "-heading__kelas", "heading__name", "id").iterator(chunk_size=1000)


def _columns(run: MonthRun, rule_set: RuleSet) -> list[Column]:
    salaries = _salaries(run)
    columns = [
        Column(_("NIP"), lambda slip: slip.heading["nip"], width=21),
        Column(_("Nama"), lambda slip: slip.heading["name"], width=30),
        Column(_("Status"), lambda slip: slip.heading["status"], width=8),
        Column(_("Gol."), lambda slip: slip.heading["golongan"], width=7),
        Column(_("Jabatan"), lambda slip: slip.heading["position"], width=28),
        Column(_("Kelas"), lambda slip: slip.heading["kelas"], width=7),
        Column(_("OPD"), lambda slip: slip.opd.name, width=28),
        Column(_("Pagu TPP"), lambda slip: slip.pagu, is_money=True),
    ]
    for root in rule_set.nodes:
        if root.kind == "part_weight":
            parts = [node for node in children_of(root) if node.kind == "part_weight"]
            columns += [_score(node.id, f"{node.label} (%)") for node in (*parts, root)]
    for name, title in rule_set.criteria.items():
        columns.append(_criterion(name, title.label))
    return [
        *columns,
        Column(_("TPP bruto"), lambda slip: slip.gross, is_money=True),
        Column(_("PPh 21"), lambda slip: slip.tax, is_money=True),
        Column(_("Gaji"), lambda slip: salaries.get(slip.employee_id), is_money=True),
        Column(_("Iuran BPJS 1%"), lambda slip: slip.contributions, is_money=True),
        Column(_("Potongan lain"), lambda slip: slip.other_deductions, is_money=True),
        Column(_("Pembulatan"), lambda slip: slip.rounding, is_money=True),
        Column(_("TPP bersih"), lambda slip: slip.net, is_money=True, width=16),
        *(_held_columns() if run.held else ()),
    ]


def _held_columns() -> tuple[Column, ...]:
    """What a rule holds, apart from what can be paid."""
    return (
        Column(_("Ditahan"), lambda slip: slip.net if slip.is_held else Decimal(0), is_money=True, width=16),
        Column(_("Dapat dibayar"), lambda slip: Decimal(0) if slip.is_held else slip.net, is_money=True, width=16),
        Column(_("Alasan ditahan"), lambda slip: "; ".join(slip.hold_reasons) or None, width=40),
    )


def _criterion(name: str, title: str) -> Column:
    def value(slip: Slip) -> Any:
        return exact(slip.criteria.get(name, "0"))

    return Column(title, value, is_money=True)


def _score(node_id: str, title: str) -> Column:
    def value(slip: Slip) -> Any:
        figure = slip.figures.get(node_id)
        return None if figure is None else exact(figure)

    return Column(title, value)


def _salaries(run: MonthRun) -> dict[int, Decimal]:
    """The salary base of each person as frozen in the run."""
    rows = MonthFacts.objects.filter(run=run).values_list("employee_id", "text").iterator(chunk_size=1000)
    found = ((employee, json.loads(text).get("salary_base")) for employee, text in rows)
    return {employee: exact(amount) for employee, amount in found if amount is not None}


def _people_sheet(
    book: Any,
    title: str,
    slips: Iterator[Slip],
    columns: Sequence[Column],
    formats: dict[str, Any],
    run: MonthRun,
    sums: dict[str, Decimal],
) -> None:
    """A heading, a row for each person, and the totals of this sheet; adds them to `sums`."""
    sheet = book.add_worksheet(title)
    sheet.write_string(0, 0, _("Daftar perhitungan TPP %(month)s") % {"month": month_words(run.month)}, formats["bold"])
    sheet.write_string(1, 0, current_region().name)
    if title == _("LATIHAN"):
        sheet.write_string(2, 0, _("LATIHAN: dihitung untuk belajar, bukan untuk dibayar."), formats["bold"])
    sheet.set_column(0, 0, 5)
    sheet.write_string(3, 0, _("No."), formats["head"])
    for place, column in enumerate(columns, 1):
        sheet.set_column(place, place, column.width)
        sheet.write_string(3, place, column.title, formats["head"])
    sheet.freeze_panes(4, 3)
    totals: dict[int, Decimal] = {}
    line = 3
    for number, slip in enumerate(slips, 1):
        line = 3 + number
        sheet.write_number(line, 0, number)
        for place, column in enumerate(columns, 1):
            value = column.value(slip)
            _write(sheet, line, place, value, formats["money"] if column.is_money else None)
            if column.is_money:
                totals[place] = totals.get(place, Decimal(0)) + (value or Decimal(0))
    sheet.write_string(line + 1, 1, _("Jumlah"), formats["total"])
    for place, total in sorted(totals.items()):
        sheet.write_number(line + 1, place, total, formats["total"])
        name = columns[place - 1].title
        sums[name] = sums.get(name, Decimal(0)) + total


def _write(sheet: Any, line: int, place: int, value: Any, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, Decimal | int):
        # A cell holds a double: whole rupiah are exact in it up to 15 digits.
        sheet.write_number(line, place, value, style)
    else:
        sheet.write_string(line, place, str(value), style)


def _opd_sheet(book: Any, run: MonthRun, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(_("Per OPD"))
    titles = [_("OPD"), _("Pegawai"), _("Pagu"), _("Bruto"), _("PPh 21"), _("Iuran"), _("Potongan lain"), _("Bersih")]
    if run.practice:
        titles.append(_("Keterangan"))
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 7, 16)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, formats["head"])
    for line, row in enumerate(Slip.objects.filter(run=run).by_opd(), 1):
        sheet.write_string(line, 0, row["opd__name"])
        sheet.write_number(line, 1, row["people"])
        for place, name in enumerate(("pagu", "gross", "tax", "contributions", "other_deductions", "net"), 2):
            sheet.write_number(line, place, row[f"{name}_sum"], formats["money"])
        if row["is_practice"]:
            sheet.write_string(line, len(titles) - 1, _("LATIHAN, tidak dibayar"))


def _seal_sheet(
    book: Any,
    run: MonthRun,
    formats: dict[str, Any],
    sums: dict[str, Decimal],
    people: int,
    opd: UUID | None,
) -> None:
    """What the sheets were made from, so that a copy can be checked."""
    sheet = book.add_worksheet(_("Sidik"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 72)
    locks = run.locks.standing().select_related("opd").order_by("opd__code")
    if opd is not None:
        locks = locks.filter(opd__uid=opd)
    sealed = [(_("Sidik kunci %(opd)s") % {"opd": lock.opd.name}, lock.digest) for lock in locks]
    unrounded = sum(
        (exact(net) for net in Slip.objects.filter(run=run).paid().values_list("unrounded__net", flat=True) if net),
        Decimal(0),
    )
    rows: list[tuple[str, str]] = [
        (_("Bulan"), month_words(run.month)),
        (_("Perhitungan"), f"#{run.number}"),
        (_("Aturan"), f"{run.rule_set} ({run.rule_set.regulation})"),
        (_("Tanggal acuan jabatan"), tanggal_pendek(run.reference_date)),
        (_("Pegawai di lembar ini"), str(people)),
        (_("Jumlah bersih di lembar ini"), rupiah(sums.get(_("TPP bersih"), Decimal(0)))),
        (_("Jumlah bersih seluruh perhitungan"), rupiah(run.net_total)),
        *([(_("Ditahan"), rupiah(run.held_net)), (_("Dapat dibayar"), rupiah(run.payable_total))] if run.held else []),
        *([(_("Slip LATIHAN, tidak dibayar"), str(run.practice))] if run.practice else []),
        (_("Selisih terhadap jumlah belum dibulatkan"), rupiah(run.net_total - unrounded)),
        (_("Sidik aturan"), run.rule_set_digest),
        (_("Sidik perhitungan"), run.digest),
        *(sealed or [(_("Sidik kunci"), _("belum dikunci"))]),
        (_("Dibuat"), waktu(clock.now())),
    ]
    for line, (label, value) in enumerate(rows):
        sheet.write_string(line, 0, label, formats["bold"])
        sheet.write_string(line, 1, value)
