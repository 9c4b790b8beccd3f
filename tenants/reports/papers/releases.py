"""The paper of releases: whose payment was held and is in this payment, by whose word and by which document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Q

from kernel import clock
from kernel.date_words import day_words
from kernel.papers.blocks import Block, Foot, Table, TableColumn
from kernel.papers.values import Value
from kernel.tenancy.context import current_region
from tenants.holds.models import HoldRelease
from tenants.holds.querysets import HoldReleaseQuerySet
from tenants.reports.papers.lists import TOTAL
from tenants.tpp.models import MonthRun
from tenants.tpp.querysets import SlipQuerySet


def releases_of(run: MonthRun, slips: SlipQuerySet) -> HoldReleaseQuerySet:
    """The releases by which these slips of the run, or some of them, are paid: nothing holds those any more.

    Lifted before the run computed them, or behind their lock.
    """
    payable = slips.filter(Q(holds=[]) | Q(pk__in=slips.released().values("pk")))
    return (
        HoldRelease.objects.counting()
        .filter(month=run.month, run_kind=run.kind, employee__in=payable.values("employee"))
        .select_related("employee", "released_by", "confirmed_by")
    )


def releases(found: HoldReleaseQuerySet, slips: SlipQuerySet, *, is_split: bool) -> list[Block]:
    """A line for each release, by name; a person's net stands in the first one of theirs."""
    who = ("Nama", "NIP") if is_split else ("Nama / NIP",)
    table = Table(
        columns=[
            TableColumn("No.", "count", 5),
            *(TableColumn(title, "text", 26, is_wide=title != "NIP") for title in who),
            TableColumn("Ditahan karena", "text", 30, is_wide=True),
            TableColumn("Alasan pelepasan", "text", 30, is_wide=True),
            TableColumn("Nomor dokumen", "text", 20),
            TableColumn("Dilepas oleh", "text", 24),
            TableColumn("Tanggal", "text", 16),
            TableColumn("Jumlah bersih", "money", 16),
        ],
        rows=(),
    )

    def read() -> Iterator[Sequence[Value]]:
        rows = list(found.order_by("employee__name", "employee", "pk"))
        nets = dict(slips.filter(employee__in={row.employee_id for row in rows}).values_list("employee", "net"))
        total = Decimal(0)
        for place, row in enumerate(rows, 1):
            net = nets.pop(row.employee_id, None)
            total += net or 0
            person = row.employee
            named = [person.name, person.nip] if is_split else [f"{person.name}\n{person.nip}"]
            by, at = row.released_by.display_name, row.released_at
            if row.confirmed_by is not None and row.confirmed_at is not None:
                by, at = f"{by}, disetujui {row.confirmed_by.display_name}", row.confirmed_at
            day = day_words(clock.local_date(at, current_region().time_zone))
            yield [place, *named, row.held_for, row.reason, row.document_number, by, day, net]
        table.foot = [Foot(TOTAL, [total])]

    table.rows = read()
    return [table]
