"""The files that leave: the bank list, and the sums by budget account for the finance system; CSV and XLSX, streamed.

Every total is the sum of the persons' rounded amounts. Text stays text (an account number keeps its zeros), and nothing
in a cell can be run as a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, Final

import xlsxwriter
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from kernel.date_words import month_words
from kernel.money import exact
from kernel.sheets.delimited import written
from kernel.watching import note_rows
from tenants.arrears.criteria import criterion_of
from tenants.arrears.models import DifferenceLine, DifferenceSlip
from tenants.payout.models import LedgerEntry, PaymentRow
from tenants.payout.payments.account_codes import PNS, PPPK, TAX, AccountCodes, account_codes, group_of
from tenants.payout.querysets import PaymentRowQuerySet
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthLock, MonthRun, Slip

_AT_ONCE: Final = 1000

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
    """What each OPD's payment costs by budget account and criterion, PNS and PPPK apart; what is cut and paid of it.

    Of what the ledger of these locks grants: slips, or the differences of closed months. What the region bears as tax
    stands on a line of its own, and what somebody owes of a difference on another, so that gross less cuts, with
    rounding and what is owed, is the net. Each kind of line adds up to the ledger's.
    """
    titles = [
        _("Kode OPD"),
        _("OPD"),
        _("Bulan"),
        _("Pembayaran"),
        _("Kelompok"),
        _("Jenis"),
        _("Kode rekening"),
        _("Uraian"),
        _("Pegawai"),
        _("Jumlah"),
    ]
    return Table(_("Keuangan"), titles, _finance_rows(locks), frozenset(), ())


# What the two kinds of rows call the same sums.
_SUMS: Final = ("gross", "tax", "contributions", "other_deductions", "rounding", "net")


@dataclass(slots=True)
class _Group:
    """The sums of one OPD's PNS, or PPPK. `criteria` by account and words: whose, and how much."""

    people: set[int] = field(default_factory=set)
    criteria: dict[tuple[str, str], tuple[set[int], Decimal]] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(_SUMS, Decimal(0)))
    # What each person's months of a difference come to.
    balances: dict[int, Decimal] = field(default_factory=dict)

    def add(self, row: Slip | DifferenceSlip) -> None:
        self.people.add(row.employee_id)
        for name in _SUMS:
            self.sums[name] += getattr(row, name)
        if isinstance(row, DifferenceSlip):
            self.balances[row.employee_id] = self.balances.get(row.employee_id, Decimal(0)) + row.net

    def add_criterion(self, account: str, words: str, employee: int, amount: Decimal) -> None:
        people, total = self.criteria.get((account, words), (set(), Decimal(0)))
        self.criteria[account, words] = (people | {employee} if amount else people, total + amount)

    @property
    def owing(self) -> set[int]:
        """Who comes to less than nothing: that is taken back from later pay."""
        return {employee for employee, balance in self.balances.items() if balance < 0}


def _finance_rows(locks: Sequence[MonthLock]) -> Iterator[Cells]:
    codes = account_codes()
    for lock in locks:
        groups = _of_differences(lock, codes) if lock.kind == MonthRun.Kind.DIFFERENCE else _of_slips(lock, codes)
        for name, label in ((PNS, _("PNS dan CPNS")), (PPPK, _("PPPK"))):
            head = (lock.opd.code, lock.opd.name, f"{lock.month:%Y-%m}", MonthRun.Kind(lock.kind).label, label)
            if groups[name].people:
                for kind, account, words, people, amount in _lines(groups[name], codes.code(TAX, name)):
                    yield (*head, kind, account, words, people, amount)


def _of_slips(lock: MonthLock, codes: AccountCodes) -> dict[str, _Group]:
    """The slips that the lock's ledger grants."""
    rule_set = loaded(lock.run.rule_set)
    groups = {PNS: _Group(), PPPK: _Group()}
    granted = LedgerEntry.objects.filter(lock=lock).values("slip")
    slips = Slip.objects.filter(pk__in=granted).only("employee", "heading", "criteria", *_SUMS)
    for slip in slips.order_by("pk").iterator(chunk_size=_AT_ONCE):
        name = group_of(slip.heading["status"])
        groups[name].add(slip)
        for criterion, text in slip.criteria.items():
            title = rule_set.criteria.get(criterion)
            words = title.label if title else criterion
            groups[name].add_criterion(codes.code(criterion, name, rule_set), words, slip.employee_id, exact(text))
    return groups


def _of_differences(lock: MonthLock, codes: AccountCodes) -> dict[str, _Group]:
    """All differences of the lock: who owes in all is granted nothing, but the accounts bear it."""
    groups = {PNS: _Group(), PPPK: _Group()}
    of_gross = Prefetch("lines", DifferenceLine.objects.filter(column="gross").order_by("order"), to_attr="of_gross")
    rows = DifferenceSlip.objects.of(lock.run_id, lock.opd_id).select_related("rule_set").prefetch_related(of_gross)
    for row in rows.order_by("pk").iterator(chunk_size=_AT_ONCE):
        rule_set = loaded(row.rule_set)
        name = group_of(row.heading["status"])
        groups[name].add(row)
        for line in row.of_gross:  # type: ignore[attr-defined]  # named by the prefetch above
            criterion = criterion_of(line.label, rule_set)
            if criterion is not None:
                account = codes.code(criterion, name, rule_set)
                groups[name].add_criterion(account, line.label, row.employee_id, line.difference)
    return groups


def _lines(group: _Group, tax_account: str) -> Iterator[tuple[str, str, str, int, Decimal]]:
    sums, people = group.sums, len(group.people)
    split = Decimal(0)
    for (account, words), (whose, amount) in group.criteria.items():
        split += amount
        yield _("Bruto"), account, words, len(whose), amount
    if sums["gross"] != split:
        words = _("Tunjangan pajak dan tambahan di luar kriteria")
        yield _("Bruto"), tax_account, words, people, sums["gross"] - split
    yield _("Potongan"), "", _("PPh 21"), people, sums["tax"]
    yield _("Potongan"), "", _("Iuran"), people, sums["contributions"]
    if sums["other_deductions"]:
        yield _("Potongan"), "", _("Potongan lain"), people, sums["other_deductions"]
    if sums["rounding"]:
        yield _("Pembulatan"), "", _("Pembulatan"), people, sums["rounding"]
    owed = -sum((group.balances[employee] for employee in group.owing), Decimal(0))
    if owed:
        yield _("Pengembalian"), "", _("Dipotong dari pembayaran berikutnya"), len(group.owing), owed
    yield _("Bersih"), "", _("Dibayar ke rekening pegawai"), people - len(group.owing), sums["net"] + owed


def as_csv(table: Table) -> IO[bytes]:
    """The table as CSV in a temporary file, written row by row; no line of totals, because programs read it.

    Written before the answer begins: while an answer is sent no region is open, so nothing could be read any more.
    """

    def rows() -> Iterator[Cells]:
        yield table.titles
        for row in table.rows:
            note_rows(1)
            yield row

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
        note_rows(line)
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
