"""The papers of a difference run: what each closed month was, is now and differs by, and who is paid the balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from kernel.date_words import month_words
from kernel.papers.blocks import Block, Foot, Paragraph, Table, TableColumn
from kernel.papers.values import Value
from kernel.web.templatetags.kd import number, rupiah
from tenants.arrears.models import DifferenceSlip
from tenants.arrears.querysets import DifferenceSlipQuerySet
from tenants.reports.papers.lists import TOTAL

_AMOUNTS: Final = (
    ("Bruto", "Lama", "old_gross"),
    ("Bruto", "Baru", "new_gross"),
    ("Bruto", "Selisih", "gross"),
    ("Selisih", "PPh 21", "tax"),
    ("Selisih", "Iuran", "contributions"),
    ("Selisih", "Potongan lain", "other_deductions"),
    ("Bersih", "Lama", "old_net"),
    ("Bersih", "Baru", "new_net"),
    ("Bersih", "Selisih", "net"),
)


def differences_of(run_id: int, opd_id: int, part: str, apart: Sequence[str]) -> DifferenceSlipQuerySet:
    """The run's differences of the OPD in a part: "" is everybody whose status is not printed apart."""
    found = DifferenceSlip.objects.of(run_id, opd_id)
    return found.filter(heading__status=part) if part else found.exclude(heading__status__in=apart)


def differences(found: DifferenceSlipQuerySet, *, is_split: bool) -> list[Block]:
    """A line for each person and month: old, new, difference, and why."""
    table = Table(
        columns=[
            TableColumn("No.", "count", 5),
            *_who(is_split),
            TableColumn("Bulan", "text", 15),
            TableColumn("Sebab", "text", 14),
            *(TableColumn(title, "money", 13, group) for group, title, _name in _AMOUNTS),
        ],
        rows=(),
    )

    def read() -> Iterator[Sequence[Value]]:
        sums = dict.fromkeys((name for _group, _title, name in _AMOUNTS), Decimal(0))
        rows = found.order_by("heading__name", "employee", "of_month", "of_kind").iterator(chunk_size=500)
        for place, row in enumerate(rows, 1):
            amounts = [getattr(row, name) for name in sums]
            for name, amount in zip(sums, amounts, strict=True):
                sums[name] += amount
            yield [place, *_named(row.heading, is_split), row.payment, _why(row), *amounts]
        table.foot = [Foot(TOTAL, list(sums.values()))]

    table.rows = read()
    return [table]


def payments(found: DifferenceSlipQuerySet, *, is_split: bool) -> list[Block]:
    """Who is paid: the plus and minus months of each person together, where they come to more than nothing."""
    people: dict[int, dict[str, Any]] = dict(found.order_by("of_month").values_list("employee", "heading"))
    table = Table(
        columns=[
            TableColumn("No.", "count", 5),
            *_who(is_split),
            TableColumn("Gol.", "text", 7),
            TableColumn("Jabatan", "text", 26, is_wide=True),
            TableColumn("Bulan", "text", 30),
            TableColumn("Jumlah bersih", "money", 16),
        ],
        rows=(),
    )

    def read() -> Iterator[Sequence[Value]]:
        total = Decimal(0)
        rows = sorted(found.paid(), key=lambda row: (people[row["employee"]]["name"], row["employee"]))
        for place, row in enumerate(rows, 1):
            heading = people[row["employee"]]
            total += row["balance"]
            yield [
                place,
                *_named(heading, is_split),
                heading["golongan"],
                heading["position"],
                _span(row),
                row["balance"],
            ]
        table.foot = [Foot(TOTAL, [total])]

    table.rows = read()
    owed = list(found.owed())
    if not owed:
        return [table]
    taken = -sum((row["balance"] for row in owed), Decimal(0))
    return [
        table,
        Paragraph(
            f"Tidak termasuk {number(len(owed))} pegawai yang selisihnya kurang, sebesar {rupiah(taken)}; jumlah itu "
            "dipotong dari pembayaran bulan berikutnya."
        ),
    ]


def _who(is_split: bool) -> list[TableColumn]:
    if is_split:
        return [TableColumn("Nama", "text", 30, is_wide=True), TableColumn("NIP", "text", 21)]
    return [TableColumn("Nama / NIP", "text", 30, is_wide=True)]


def _named(heading: dict[str, Any], is_split: bool) -> list[Value]:
    if is_split:
        return [heading["name"], heading["nip"]]
    return [f"{heading['name']}\n{heading['nip']}"]


def _why(row: DifferenceSlip) -> str:
    reasons = (("Rapel", row.is_rapel), ("Koreksi", row.is_koreksi), ("Keputusan", row.is_decided))
    return ", ".join(words for words, holds in reasons if holds)


def _span(row: dict[str, Any]) -> str:
    first, last = month_words(row["first_month"]), month_words(row["last_month"])
    return first if first == last else f"{first} s.d. {last} ({row['months']} bulan)"
