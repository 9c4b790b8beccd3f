"""The files that leave: the bank list, and the sums by budget account for the finance system; CSV and XLSX, streamed.

Every total is the sum of the persons' rounded amounts. Text stays text (an account number keeps its zeros), and nothing
in a cell can be run as a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from kernel.date_words import month_words
from kernel.money import exact
from kernel.sheets.delimited import written
from tenants.payout.models import LedgerEntry, PaymentRow
from tenants.payout.querysets import PaymentRowQuerySet
from tenants.rules.engine import RuleSet
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthLock, Slip

_AT_ONCE: Final = 1000
_APART: Final = "PPPK"

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """Titles and rows of one file; `money` are the places of columns that are summed below."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Cells]
    money: frozenset[int]
    seals: Sequence[tuple[str, str]] = ()


def bank_table(rows: PaymentRowQuerySet) -> Table:
    """What the bank is to pay: the rows of these that still wait, in the order of lists and rows.

    People without an account, and what was paid or failed, are not in it.
    """
    waiting = rows.standing().filter(state=PaymentRow.State.WAITING)
    titles = [
        _("Referensi"),
        _("Kode bank"),
        _("Nama bank"),
        _("Nomor rekening"),
        _("Nama pemilik rekening"),
        _("Jumlah"),
        _("NIP"),
        _("Nama"),
        _("Berita"),
    ]
    lists = waiting.order_by("list").values_list(
        "list__parcel__opd__name", "list__number", "list__digest", "list__people", "list__total"
    )
    seals = [
        (f"{opd}, {_('daftar')} {number}", f"{people} | {total:.0f} | {digest}")
        for opd, number, digest, people, total in lists.distinct()
    ]
    return Table(_("Daftar bank"), titles, _bank_rows(waiting), frozenset({5}), seals)


def _bank_rows(waiting: PaymentRowQuerySet) -> Iterator[Cells]:
    ordered = waiting.select_related("employee", "list__parcel__opd").order_by(
        "list__parcel__opd__code", "list", "order"
    )
    for row in ordered.iterator(chunk_size=_AT_ONCE):
        parcel = row.list.parcel
        yield (
            row.reference,
            row.bank_code,
            row.bank_name,
            row.number,
            row.holder,
            row.amount,
            row.employee.nip,
            row.employee.name,
            f"TPP {month_words(parcel.month)} {parcel.opd.name}",
        )


def finance_table(locks: Sequence[MonthLock]) -> Table:
    """What each OPD's month costs by budget account and criterion, PNS and PPPK apart, and what is cut and paid of it.

    Of the slips that these locks grant (those with ledger entries). What the region bears as tax stands on a line of
    its own, so that the gross lines add up to the gross, and gross less cuts to the net.
    """
    titles = [
        _("Kode OPD"),
        _("OPD"),
        _("Bulan"),
        _("Kelompok"),
        _("Jenis"),
        _("Kode rekening"),
        _("Uraian"),
        _("Pegawai"),
        _("Jumlah"),
    ]
    return Table(_("Keuangan"), titles, _finance_rows(locks), frozenset(), ())


@dataclass(slots=True)
class _Group:
    """The sums of one OPD's PNS, or PPPK."""

    people: int
    criteria: dict[str, tuple[int, Decimal]]
    gross: Decimal
    tax: Decimal
    contributions: Decimal
    other_deductions: Decimal
    rounding: Decimal
    net: Decimal

    @classmethod
    def empty(cls) -> _Group:
        zero = Decimal(0)
        return cls(0, {}, zero, zero, zero, zero, zero, zero)

    def add(self, slip: Slip) -> None:
        self.people += 1
        for name, text in slip.criteria.items():
            count, total = self.criteria.get(name, (0, Decimal(0)))
            amount = exact(text)
            self.criteria[name] = (count + bool(amount), total + amount)
        self.gross += slip.gross
        self.tax += slip.tax
        self.contributions += slip.contributions
        self.other_deductions += slip.other_deductions
        self.rounding += slip.rounding
        self.net += slip.net


def _finance_rows(locks: Sequence[MonthLock]) -> Iterator[Cells]:
    for lock in locks:
        rule_set = loaded(lock.run.rule_set)
        for label, group in _groups(lock).items():
            head = (lock.opd.code, lock.opd.name, f"{lock.month:%Y-%m}", label)
            for kind, account, words, people, amount in _lines(group, rule_set):
                yield (*head, kind, account, words, people, amount)


def _groups(lock: MonthLock) -> dict[str, _Group]:
    granted = LedgerEntry.objects.filter(lock=lock).values("slip")
    slips = Slip.objects.filter(pk__in=granted).only(
        "heading", "criteria", "gross", "tax", "contributions", "other_deductions", "rounding", "net"
    )
    groups = {_("PNS dan CPNS"): _Group.empty(), _APART: _Group.empty()}
    for slip in slips.order_by("pk").iterator(chunk_size=_AT_ONCE):
        groups[_APART if slip.heading["status"] == _APART else _("PNS dan CPNS")].add(slip)
    return {label: group for label, group in groups.items() if group.people}


def _lines(group: _Group, rule_set: RuleSet) -> Iterator[tuple[str, str, str, int, Decimal]]:
    split = Decimal(0)
    titles: Mapping[str, Any] = rule_set.criteria
    for name, (people, amount) in group.criteria.items():
        title = titles.get(name)
        split += amount
        yield _("Bruto"), title.account if title else "", title.label if title else name, people, amount
    if group.gross != split:
        yield _("Bruto"), "", _("Tunjangan pajak dan tambahan di luar kriteria"), group.people, group.gross - split
    yield _("Potongan"), "", _("PPh 21"), group.people, group.tax
    yield _("Potongan"), "", _("Iuran"), group.people, group.contributions
    if group.other_deductions:
        yield _("Potongan"), "", _("Potongan lain"), group.people, group.other_deductions
    if group.rounding:
        yield _("Pembulatan"), "", _("Pembulatan"), group.people, group.rounding
    yield _("Bersih"), "", _("Dibayar ke rekening pegawai"), group.people, group.net


def as_csv(table: Table) -> IO[bytes]:
    """The table as CSV in a temporary file, written row by row; no line of totals, because programs read it.

    Written before the answer begins: while an answer is sent no region is open, so nothing could be read any more.
    """

    def rows() -> Iterator[Cells]:
        yield table.titles
        yield from table.rows

    target: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the response closes it
    target.writelines(written(rows()))
    target.seek(0)
    return target


def as_xlsx(table: Table) -> IO[bytes]:
    """The table as a workbook in a temporary file: rows are streamed, the memory does not grow with them.

    With a line of totals, and a sheet of seals to check a copy by.
    """
    target: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        money = book.add_format({"num_format": "#,##0"})
        total = book.add_format({"bold": True, "num_format": "#,##0", "top": 1})
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.titles) - 1, 20)
        for place, title in enumerate(table.titles):
            sheet.write_string(0, place, title, head)
        sums = dict.fromkeys(table.money, Decimal(0))
        line = 0
        for line, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row):
                _cell(sheet, line, place, cell, money)
                if place in sums and isinstance(cell, Decimal):
                    sums[place] += cell
        if sums:
            sheet.write_string(line + 1, 0, _("Jumlah"), total)
            for place, amount in sums.items():
                sheet.write_number(line + 1, place, amount, total)
        if table.seals:
            seals = book.add_worksheet(_("Sidik"))
            seals.set_column(0, 1, 60)
            for number, (name, value) in enumerate(table.seals):
                seals.write_string(number, 0, name)
                seals.write_string(number, 1, value)
    target.seek(0)
    return target


def _cell(sheet: Any, line: int, place: int, cell: object, money: Any) -> None:
    if isinstance(cell, Decimal):
        # A cell holds a double: whole rupiah are exact in it up to 15 digits.
        sheet.write_number(line, place, cell, money)
    elif isinstance(cell, int):
        sheet.write_number(line, place, cell)
    elif cell:
        sheet.write_string(line, place, str(cell))
