"""Many papers at once, as background work: an OPD's set, the slips of each OPD, the region's recap.

Each finished OPD is a file of its own, so that memory and disk stay small and a job that was killed goes on behind it.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.files.access import reader
from kernel.files.actions import discard, store_made
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.papers.pdf import paper_pdf
from kernel.periods import Month
from kernel.permissions import opd_scope, require, user_may
from kernel.tenancy import here
from kernel.watching import emit_on_commit, names
from kernel.web.downloads import XLSX
from tenants.organisation.models import Unit
from tenants.reports import issuing
from tenants.reports.models import IssuedPaper, PaperBundle, PaperCopy
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import make, seal_of
from tenants.reports.papers.opd_month import OpdMonth
from tenants.reports.papers.plan import PlannedPaper
from tenants.reports.papers.recap import recap
from tenants.reports.papers.rows import in_paper_order
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.papers.slip_paper import slip_pdf
from tenants.reports.papers.standing import Standing, run_of, standing_of
from tenants.reports.permissions import READ_PAPERS
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.permissions import READ_ALL

PURPOSE: Final = "reports.papers"
SET: Final = "papers.set"
SLIPS: Final = "papers.slips"
RECAP: Final = "papers.recap"
ZIP: Final = "application/zip"
# Slips between two looks at whether somebody asked the job to stop.
STEP: Final = 25
# A zip entry's time; a fixed one, so that the same slips are the same archive.
_STAMP: Final = (1980, 1, 1, 0, 0, 0)

BUNDLED = declare_action("papers.bundled", "Berkas dokumen TPP diminta", event=names.EXPORT_REQUESTED)


@reader(PURPOSE, is_export=True)
def may_read_bundle(user: User, stored: StoredFile) -> bool:
    """Those who may read the papers of the OPD that the file is of; a file of the whole region needs the whole."""
    bundle = PaperBundle.objects.filter(parts__contains=[{"file": str(stored.uid)}]).first()
    if bundle is None:
        return False
    part = next(part for part in bundle.parts if part["file"] == str(stored.uid))
    scope = opd_scope(user, READ_PAPERS)
    if not part["opd"]:
        return user_may(user, READ_ALL)
    return user_may(user, READ_PAPERS) and (scope is None or part["opd"] in {str(uid) for uid in scope})


# --- asking for them ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_set(*, month: Month, kind: str, opd: Unit, actor: User) -> Job:
    """Issue the OPD-month's papers and put them into one file, in the background. Raises as `require_issuable`."""
    standing = standing_of(month, kind, opd)
    issuing.require_issuable(standing, dressing_of(opd, here.today()), actor=actor)
    title = _("Dokumen TPP %(opd)s, %(month)s") % {"opd": opd.name, "month": month_words(month)}
    return start_bundle(SET, PaperBundle.Content.SET, title, month=month, kind=kind, opd=opd, run=None, actor=actor)


@transaction.atomic
def ask_for_slips(*, month: Month, kind: str, opd: Unit | None, actor: User) -> Job:
    """Put the slips of an OPD, or of each OPD of the region, as PDF into files. Raises NotAllowed, NothingToPrint."""
    if opd is None:
        require(actor, READ_ALL)
        title = _("Slip TPP semua OPD, %(month)s") % {"month": month_words(month)}
    else:
        require(actor, READ_PAPERS, opd=opd.uid)
        standing_of(month, kind, opd)
        title = _("Slip TPP %(opd)s, %(month)s") % {"opd": opd.name, "month": month_words(month)}
    return start_bundle(SLIPS, PaperBundle.Content.SLIPS, title, month=month, kind=kind, opd=opd, run=None, actor=actor)


@transaction.atomic
def ask_for_recap(*, run: MonthRun, actor: User) -> Job:
    """Write the recap of a whole run in the background. Raises NotAllowed."""
    require(actor, READ_ALL)
    title = _("Rekap TPP %(month)s") % {"month": month_words(run.month)}
    return start_bundle(
        RECAP,
        PaperBundle.Content.RECAP,
        title,
        month=Month.of(run.month),
        kind=run.kind,
        opd=None,
        run=run,
        actor=actor,
    )


def start_bundle(
    work_kind: str,
    content: str,
    title: str,
    *,
    month: Month,
    kind: str,
    opd: Unit | None,
    run: MonthRun | None,
    actor: User,
) -> Job:
    """Start the work that fills a new bundle. Call it inside a transaction."""
    bundle = PaperBundle.objects.create(
        content=content,
        month=month.first_day,
        kind=kind,
        opd=opd,
        run=run,
        expires_at=clock.now() + timedelta(days=PaperBundle.LIFE_DAYS),
    )
    job = work.start(kind=work_kind, title=title, actor=actor, parameters={"bundle": str(bundle.uid)})
    bundle.job = job
    bundle.save(update_fields=["job"])
    record(BUNDLED, actor=actor, subject=bundle, after={"content": content, "opd": opd and opd.uid})
    return job


def bundle_of(progress: work.Progress) -> PaperBundle:
    """What the job fills."""
    return PaperBundle.objects.select_related("opd", "run", "job").get(uid=progress.job.parameters["bundle"])


# --- an OPD's set ------------------------------------------------------------------------------------------------


@work.work(SET)
def make_set(progress: work.Progress) -> None:
    """Issue each paper and put its PDF and XLSX into one archive. A second attempt finds the issued ones again."""
    bundle = bundle_of(progress)
    actor, opd = progress.job.started_by, bundle.opd
    if actor is None or opd is None:
        raise LookupError("a set of papers is of an OPD and asked for by somebody")
    standing = standing_of(Month.of(bundle.month), bundle.kind, opd)
    wanted = [(paper, part) for paper in standing.opd_month.plan.papers for part in standing.opd_month.parts_of(paper)]
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, (planned, part) in enumerate(wanted):
                progress.advance(place, len(wanted), planned.title)
                issued = issuing.issue_paper(standing=standing, planned=planned, part=part, actor=actor)
                name = f"{place + 1:02d}-{paper_name(issued)}"
                for kind in PaperCopy.Format.values:
                    archive.writestr(f"{name}.{kind}", copy_of(issued, kind, standing=standing))
        name = f"dokumen-tpp-{bundle.month:%Y-%m}-{slugify(opd.name)}.zip"
        finish_part(bundle, target, name, ZIP, opd=opd, count=len(wanted), owner=actor)
    progress.advance(len(wanted), len(wanted))
    tell_parts(progress, bundle, {_("Dokumen"): len(wanted)})


def paper_name(issued: IssuedPaper) -> str:
    """The file name of an issued paper, without its ending."""
    return "-".join(filter(None, (slugify(issued.title), slugify(issued.part), f"{issued.month:%Y-%m}")))


def copy_of(issued: IssuedPaper, kind: str, *, standing: Standing | None = None) -> bytes:
    """The paper's file, made anew from the run that it was issued of, and remembered by its sha256."""
    if standing is None:
        opd_month = OpdMonth(Month.of(issued.month), issued.kind, issued.opd, issued.run)
    else:
        opd_month = standing.opd_month
    planned: PlannedPaper | None = opd_month.plan.paper(issued.paper)
    if planned is None:
        raise LookupError(f"the rule set of run {issued.run_id} has no paper {issued.paper}")
    paper = make(
        opd_month,
        planned,
        issued.part,
        dressing_of(issued.opd, issued.dated),
        dated=issued.dated,
        number=issued.number,
        seal=seal_of(issued.code, issued.digest),
        is_split=kind == PaperCopy.Format.XLSX,
    )
    if kind == PaperCopy.Format.XLSX:
        content = paper_xlsx(paper, made_at=issued.issued_at).read()
    else:
        content = paper_pdf(paper, made_at=issued.issued_at)
    issuing.remember_copy(issued, kind, content)
    return content


# --- slips -------------------------------------------------------------------------------------------------------


@work.work(SLIPS)
def make_slips(progress: work.Progress) -> None:
    """A PDF for each slip, one archive for each OPD; OPDs whose archive stands are not done again."""
    bundle = bundle_of(progress)
    month = Month.of(bundle.month)
    opds = [bundle.opd] if bundle.opd else list(Unit.objects.active().opds().order_by("code"))
    months = [OpdMonth(month, bundle.kind, opd, run) for opd in opds if (run := run_of(month, bundle.kind, opd))]
    counts = [(found, Slip.objects.filter(run=found.run, opd=found.opd).count()) for found in months]
    total = sum(count for _month, count in counts)
    finished = {part["opd"] for part in bundle.parts}
    done = 0
    for opd_month, count in counts:
        if count and str(opd_month.opd.uid) not in finished:
            _slips_of(opd_month, bundle, progress, done, total, count)
        done += count
    progress.advance(done, total)
    tell_parts(progress, bundle, {_("Slip"): total})


def _slips_of(
    opd_month: OpdMonth, bundle: PaperBundle, progress: work.Progress, done: int, total: int, count: int
) -> None:
    opd = opd_month.opd
    slips = (
        Slip.objects.with_lock().filter(run=opd_month.run, opd=opd).select_related("run__rule_set", "employee", "opd")
    )
    with tempfile.TemporaryFile() as target:
        # PDFs are packed already.
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            stream = in_paper_order(slips).iterator(chunk_size=STEP)
            for chunk in _chunks(stream):
                progress.advance(done, total, opd.name)
                papers = issuing.papers_of_slips(chunk, actor=progress.job.started_by)
                copies = []
                for slip in chunk:
                    paper = papers[slip.pk]
                    seal = seal_of(paper.code, paper.digest)
                    content = slip_pdf(slip, is_locked=slip.is_locked, seal=seal, has_tags=False)
                    heading = slip.heading
                    name = f"{heading['nip']}-{slugify(heading['name'])}.pdf"
                    archive.writestr(zipfile.ZipInfo(name, _STAMP), content)
                    copies.append((paper, content))
                issuing.remember_copies(copies, PaperCopy.Format.PDF)
                done += len(chunk)
        name = f"slip-tpp-{bundle.month:%Y-%m}-{slugify(opd.name)}.zip"
        finish_part(bundle, target, name, ZIP, opd=opd, count=count, owner=progress.job.started_by)


def _chunks(stream: Iterator[Slip]) -> Iterator[list[Slip]]:
    while chunk := list(islice(stream, STEP)):
        yield chunk


# --- the region's recap --------------------------------------------------------------------------------------------


@work.work(RECAP)
def make_recap(progress: work.Progress) -> None:
    """The recap of the run, streamed into a file."""
    bundle = bundle_of(progress)
    run = bundle.run
    if run is None:
        raise LookupError("a recap is of a run")
    total = Slip.objects.filter(run=run).count()
    progress.advance(0, total, run.month_text)
    if not bundle.parts:
        with recap(run) as book:
            name = f"rekap-tpp-{run.month_text}.xlsx"
            finish_part(bundle, book, name, XLSX, opd=None, count=total, owner=progress.job.started_by)
    progress.advance(total, total)
    tell_parts(progress, bundle, {_("Pegawai"): total})


# --- files -------------------------------------------------------------------------------------------------------


@transaction.atomic
def finish_part(
    bundle: PaperBundle, content: Any, name: str, kind: str, *, opd: Unit | None, count: int, owner: User | None
) -> None:
    """Keep the file as the next part of the bundle."""
    content.seek(0)
    stored = store_made(content=File(content, name=name), purpose=PURPOSE, owner=owner, kind=kind)
    emit_on_commit(
        names.EXPORT_COMPLETED,
        subject=str(stored.uid),
        person=owner.uid if owner is not None else None,
        rows=count,
        bytes=stored.size,
    )
    bundle.parts.append({"opd": str(opd.uid) if opd else "", "name": name, "file": str(stored.uid), "count": count})
    bundle.save(update_fields=["parts"])


def tell_parts(progress: work.Progress, bundle: PaperBundle, facts: dict[str, int]) -> None:
    """The job's result: the facts, how long the files are kept, and a link to each."""
    days = _("%(days)d hari") % {"days": PaperBundle.LIFE_DAYS}
    progress.result(
        facts=[*facts.items(), (_("Berkas disimpan"), days)],
        links=[
            {"text": _("Unduh %(name)s") % {"name": part["name"]}, "url": reverse("files-read", args=[part["file"]])}
            for part in bundle.parts
        ],
    )


def throw_away_expired() -> int:
    """Throw away the files of bundles that expired; returns how many bundles there were."""
    bundles = list(PaperBundle.objects.expired(clock.now()))
    for bundle in bundles:
        with transaction.atomic():
            for stored in StoredFile.objects.filter(uid__in=[part["file"] for part in bundle.parts]):
                discard(stored)
            bundle.parts = []
            bundle.save(update_fields=["parts"])
    return len(bundles)
