"""The recap of an OPD's month as a paper, and both its files as background work."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel import clock
from kernel.accounts.models import User
from kernel.date_words import month_words
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.papers.blocks import Foot, Paper, Table, TableColumn
from kernel.papers.pdf import paper_pdf
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from kernel.web.downloads import PDF, XLSX
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.reports.attendance.counting import layout_of, tallies
from tenants.reports.bundles import bundle_of, finish_part, start_bundle, tell_parts
from tenants.reports.models import PaperBundle
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.permissions import READ_PAPERS

RECAP_WORK: Final = "papers.attendance"
FILES: Final = {"pdf": PDF, "xlsx": XLSX}
# Wider than this and the paper lies on its side.
_UPRIGHT: Final = 8


def people_of(opd: Unit, month: Month) -> list[Employee]:
    """Who holds a definitive post in the OPD today, or on the month's day nearest to it, by name."""
    day = min(max(here.today(), month.first_day), month.end - timedelta(days=1))
    return list(Employee.objects.in_opds([opd.uid], day).order_by("name", "pk"))


@override("id")
def recap_paper(opd: Unit, month: Month) -> Paper:
    """The recap in the region's layout, one line for each person, with the sums of the OPD below."""
    people = people_of(opd, month)
    columns = layout_of(month)
    found = tallies([one.pk for one in people], month)
    rows = [[found[one.pk].value(column.code) for column in columns] for one in people]
    dressing = dressing_of(opd, here.today())
    return Paper(
        title=_("Rekapitulasi kehadiran"),
        subtitle=f"{opd.name}, {month_words(month)}",
        number="",
        letterhead=dressing.letterhead,
        blocks=[
            Table(
                columns=[
                    TableColumn("No.", "text", width=5),
                    TableColumn("NIP", "text", width=21),
                    TableColumn(_("Nama"), "text", width=30, is_wide=True),
                    *(TableColumn(column.title, "count", width=11) for column in columns),
                ],
                rows=[
                    [str(place), one.nip, one.name, *row]
                    for place, (one, row) in enumerate(zip(people, rows, strict=True), 1)
                ],
                foot=[Foot(_("Jumlah"), [sum(figures) for figures in zip(*rows, strict=True)])] if rows else [],
            )
        ],
        is_wide=len(columns) > _UPRIGHT,
        size=dressing.size,
    )


@transaction.atomic
def ask_for_recap_files(*, month: Month, opd: Unit, actor: User) -> Job:
    """Make the PDF and the XLSX of the recap in the background. Raises NotAllowed."""
    require(actor, READ_PAPERS, opd=opd.uid)
    title = _("Rekap kehadiran %(opd)s, %(month)s") % {"opd": opd.name, "month": month_words(month)}
    return start_bundle(
        RECAP_WORK,
        PaperBundle.Content.ATTENDANCE,
        title,
        month=month,
        kind="",
        opd=opd,
        run=None,
        actor=actor,
    )


@work.work(RECAP_WORK)
def make_recap_files(progress: work.Progress) -> None:
    """Both files; those that stand are not made again."""
    bundle = bundle_of(progress)
    opd = bundle.opd
    if opd is None:
        raise LookupError("a recap of attendance is of an OPD")
    month = Month.of(bundle.month)
    paper = recap_paper(opd, month)
    count = len(people_of(opd, month))
    finished = {part["name"] for part in bundle.parts}
    made_at = clock.now()
    for place, (ending, kind) in enumerate(FILES.items()):
        progress.advance(place, len(FILES), opd.name)
        name = f"rekap-kehadiran-{opd.code}-{month}.{ending}"
        if name not in finished:
            content = BytesIO(paper_pdf(paper, made_at=made_at)) if kind == PDF else paper_xlsx(paper, made_at=made_at)
            finish_part(bundle, content, name, kind, opd=opd, count=count, owner=progress.job.started_by)
    progress.advance(len(FILES), len(FILES))
    tell_parts(progress, bundle, {_("Pegawai"): count})
