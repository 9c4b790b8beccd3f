"""Reading a sheet of accounts, and what each row would do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Final

from django.utils.translation import gettext as _

from kernel.sheets.plain import SheetRow, read_rows
from tenants.employees.bank.accounts import AccountDraft, Known, known_accounts, shared_numbers
from tenants.employees.models import Employee, masked_number
from tenants.employees.row_outcome import Outcome

HEADINGS: Final = {
    "nip": ("NIP",),
    "bank_code": ("Kode bank",),
    "bank_name": ("Nama bank", "Bank"),
    "number": ("Nomor rekening", "No. rekening", "Rekening"),
    "holder": ("Nama pemilik rekening", "Nama pemilik", "Atas nama", "Nama rekening"),
    "first": ("Berlaku mulai", "Mulai"),
}
REQUIRED: Final = ("nip", "bank_code", "bank_name", "number", "holder")
_NUMBER: Final = re.compile(r"[0-9]{5,30}")
_CODE: Final = re.compile(r"[0-9]{1,3}")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with, or unusual about, a row: the column's name, and the sentence."""

    column: str
    message: str


@dataclass(slots=True)
class Entry:
    """One row of the sheet, whom it is about, what it would do, and what is to be said about it."""

    row: SheetRow
    outcome: Outcome
    employee: Employee | None = None
    draft: AccountDraft | None = None
    errors: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the whole sheet would do."""

    entries: Sequence[Entry]
    known: Known

    def count(self, outcome: Outcome) -> int:
        """How many rows come to this."""
        return sum(1 for entry in self.entries if entry.outcome == outcome)

    def drafts(self) -> dict[int, AccountDraft]:
        """What is to be written, by the key of the employee."""
        return {
            entry.employee.pk: entry.draft
            for entry in self.entries
            if entry.employee and entry.draft and entry.outcome in (Outcome.ADD, Outcome.CHANGE)
        }


def plan_of(file: IO[bytes], *, today: date, actor_employee: int | None = None) -> Plan:
    """What the sheet (XLSX or CSV) would do now. Four statements. Raises SheetRefused.

    `actor_employee` is the key of the person who imports: nobody changes the own account.
    """
    rows = read_rows(file, headings=HEADINGS, required=REQUIRED, takes_csv=True)
    nips = {row.cells["nip"] for row in rows}
    people = {person.nip: person for person in Employee.objects.active().filter(nip__in=nips)}
    known = known_accounts([person.pk for person in people.values()])
    entries = list(_entries(rows, people, known, today, actor_employee))
    _remark_shared(entries)
    return Plan(entries, known)


def _entries(
    rows: Sequence[SheetRow], people: Mapping[str, Employee], known: Known, today: date, actor_employee: int | None
) -> Iterator[Entry]:
    seen: set[int] = set()
    for row in rows:
        entry = Entry(row, Outcome.ERROR)
        yield entry
        person = people.get(row.cells["nip"])
        if "nip" in row.rounded:
            entry.errors.append(
                Problem("nip", _("NIP diketik sebagai angka sehingga digitnya berubah. Ketik ulang sebagai teks."))
            )
        elif person is None:
            entry.errors.append(Problem("nip", _("Tidak ada pegawai aktif dengan NIP ini.")))
        elif person.pk in seen:
            entry.errors.append(Problem("nip", _("NIP ini sudah ada di baris lain.")))
        elif person.pk == actor_employee:
            entry.errors.append(Problem("nip", _("Rekening Anda sendiri harus diurus orang lain.")))
        draft = _draft(row, today, entry.errors)
        if entry.errors or person is None or draft is None:
            continue
        seen.add(person.pk)
        entry.employee, entry.draft = person, draft
        standing = known.standing.get(person.pk)
        if standing is not None and draft.pays_as(AccountDraft.of(standing)):
            entry.outcome = Outcome.SAME
            continue
        if standing is not None and standing.is_waiting:
            entry.errors.append(
                Problem("number", _("Perubahan rekening orang ini masih menunggu konfirmasi orang kedua."))
            )
            continue
        entry.outcome = Outcome.CHANGE if person.pk in known.ever else Outcome.ADD
        if _letters(draft.holder) != _letters(person.name):
            entry.remarks.append(
                Problem("holder", _("Nama pemilik berbeda dengan nama pegawai (%(name)s).") % {"name": person.name})
            )


def _draft(row: SheetRow, today: date, errors: list[Problem]) -> AccountDraft | None:
    number = row.cells["number"].replace(" ", "").replace("-", "").replace(".", "")
    code = row.cells["bank_code"]
    if "number" in row.rounded:
        errors.append(
            Problem("number", _("Nomor diketik sebagai angka sehingga digitnya berubah. Ketik ulang sebagai teks."))
        )
    elif not _NUMBER.fullmatch(number):
        errors.append(Problem("number", _("Isi nomor rekening, 5 sampai 30 angka.")))
    if not _CODE.fullmatch(code):
        errors.append(Problem("bank_code", _("Isi kode bank, tiga angka, misalnya 127.")))
    errors += [
        Problem(column, _("Kolom ini wajib diisi, paling banyak %(longest)d huruf.") % {"longest": longest})
        for column, longest in (("bank_name", 100), ("holder", 200))
        if not 0 < len(row.cells[column]) <= longest
    ]
    first = _day(row.cells.get("first", ""), today)
    if first is None:
        errors.append(Problem("first", _("Bukan tanggal. Tulis seperti 31-12-2026.")))
    if errors or first is None:
        return None
    return AccountDraft(code.zfill(3), row.cells["bank_name"], number, row.cells["holder"], first)


def _day(text: str, today: date) -> date | None:
    if not text:
        return today
    parts = _DAY_FIRST.fullmatch(text)
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1])) if parts else date.fromisoformat(text)
    except ValueError:
        return None


def _remark_shared(entries: Sequence[Entry]) -> None:
    """Say of every number that it stands for several people, in the sheet or with what is recorded."""
    owners = shared_numbers(entry.draft.number for entry in entries if entry.draft)
    for entry in entries:
        if entry.draft and entry.employee:
            owners.setdefault(entry.draft.number, set()).add(entry.employee.pk)
    for entry in entries:
        if entry.draft and entry.outcome != Outcome.SAME and len(owners[entry.draft.number]) > 1:
            entry.remarks.append(Problem("number", _("Nomor ini juga milik pegawai lain.")))


def _letters(name: str) -> str:
    """The name without titles: what stands before the first comma, letters only."""
    return "".join(letter for letter in name.partition(",")[0].casefold() if letter.isalpha())


def shown(entry: Entry) -> dict[str, object]:
    """A row that would be written, for the preview: the number is masked."""
    draft, employee = entry.draft, entry.employee
    return {
        "row": entry.row.number,
        "subject": "" if employee is None else f"{employee.name} ({employee.nip})",
        "outcome": entry.outcome.value,
        "account": "" if draft is None else f"{draft.bank_name} {masked_number(draft.number)}, {draft.holder}",
    }
