"""Pages and downloads of papers: an OPD-month's set, its issued papers, recaps, slips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.audit.record import declare_action, record
from kernel.errors import DomainError, NotFound
from kernel.papers.pdf import paper_pdf
from kernel.periods import Month
from kernel.permissions import opd_scope, page, user_may
from kernel.tenancy import here
from kernel.watching import names, note_rows
from kernel.web import htmx, paging
from kernel.web.asked import month_named
from kernel.web.downloads import XLSX, as_download
from tenants.organisation.models import Unit
from tenants.reports import access, bundles, issuing
from tenants.reports.errors import NothingToPrint
from tenants.reports.forms import WithdrawForm
from tenants.reports.models import IssuedPaper, PaperBundle, PaperCopy, Signer
from tenants.reports.papers.dressing import Dressing, dressing_of
from tenants.reports.papers.making import make, seal_of
from tenants.reports.papers.opd_month import title_of
from tenants.reports.papers.plan import KIND_WORDS, ORDINARY, PlannedPaper, others
from tenants.reports.papers.recap import recap
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.papers.slip_paper import slip_pdf
from tenants.reports.papers.standing import Standing, standing_of
from tenants.reports.permissions import ISSUE_PAPERS, PAPER_SETTINGS, READ_PAPERS, WITHDRAW_PAPERS
from tenants.tpp.access import readable_run, readable_slip
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.permissions import OPEN_SLIP, READ_ALL

DOWNLOADED = declare_action("reports.recap_downloaded", "Rekap TPP diunduh", event=names.EXPORT_REQUESTED)
TAKEN = declare_action("papers.downloaded", "Dokumen TPP diunduh", event=names.EXPORT_REQUESTED)
# A longer recap is written in the background.
MOST_AT_ONCE: Final = 3000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A paper of the set as the page lists it: what it is, in which parts, which of them are issued."""

    planned: PlannedPaper
    title: str
    parts: tuple[tuple[str, str], ...]
    issued: dict[str, IssuedPaper]
    signers: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[str, str, IssuedPaper | None]]:
        """Code, words and issued paper of each part."""
        return [(code, words, self.issued.get(code)) for code, words in self.parts]


# --- an OPD-month ------------------------------------------------------------------------------------------------


@require_safe
@page(READ_PAPERS)
def opds(request: HttpRequest) -> HttpResponse:
    """The OPDs whose papers the person may see, for a month."""
    user = person(request)
    month, kind = _month(request), _kind(request)
    found = access.readable_opds(user)
    only = found[:2]
    if len(only) == 1 and "semua" not in request.GET:
        return htmx.go(request, _address(month, only[0], kind))
    rows = paging.page_of(found, order=("code", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    counts = _issued_counts(month, kind, [opd.pk for opd in rows])
    context = {
        **_navigation(month, kind),
        "page": rows,
        "rows": [(opd, counts.get(opd.pk, 0), _address(month, opd, kind)) for opd in rows],
        "may_all": user_may(user, READ_ALL),
        "has_run": MonthRun.objects.of(month, kind).done().exists(),
    }
    return render(request, "tenants/reports/opds.html", context)


def _issued_counts(month: Month, kind: str, opds: list[int]) -> dict[int, int]:
    papers = IssuedPaper.objects.valid().filter(month=month.first_day, kind=kind, opd__in=opds, slip__isnull=True)
    found: dict[int, int] = {}
    for opd in papers.values_list("opd_id", flat=True):
        found[opd] = found.get(opd, 0) + 1
    return found


@require_safe
@page(READ_PAPERS)
def opd_month(request: HttpRequest, month: str, opd: UUID) -> HttpResponse:
    """The papers of an OPD-month: list, what is missing, what was issued."""
    user = person(request)
    unit, asked, kind = access.readable_opd(user, opd), month_named(month), _kind(request)
    dressing = dressing_of(unit, here.today())
    history = IssuedPaper.objects.of_opd_month(asked, kind, unit).select_related("issued_by", "replaced_by")
    context: dict[str, Any] = {
        **_navigation(asked, kind),
        "opd": unit,
        "dressing": dressing,
        "history": paging.page_of(history, order=("-id",), cursor=request.GET.get(paging.PARAMETER, "")),
        "bundles": _bundles(asked, kind, unit),
        "may_issue": user_may(user, ISSUE_PAPERS, opd=unit.uid),
        "may_withdraw": user_may(user, WITHDRAW_PAPERS, opd=unit.uid),
        "settings_url": f"{reverse('papers-settings')}?unit={unit.uid}" if _may_set(user, unit) else "",
        "has_others": access.readable_opds(user).count() > 1,
    }
    try:
        standing = standing_of(asked, kind, unit)
    except NothingToPrint as nothing:
        context["nothing"] = nothing.message()
    else:
        context |= _of_standing(standing, dressing)
    return render(request, "tenants/reports/opd_month.html", context)


def _of_standing(standing: Standing, dressing: Dressing) -> dict[str, Any]:
    opd_month = standing.opd_month
    valid = IssuedPaper.objects.of_opd_month(opd_month.month, opd_month.kind, opd_month.opd).valid()
    issued: dict[str, dict[str, IssuedPaper]] = {}
    for paper in valid:
        issued.setdefault(paper.paper, {})[paper.part] = paper
    shelves = [_shelf(standing, planned, dressing, issued) for planned in opd_month.plan.papers]
    return {
        "run": opd_month.run,
        "lock": standing.lock,
        "is_practice": opd_month.is_practice,
        "shelves": shelves,
        "missing": sorted({words for shelf in shelves for words in shelf.missing}),
        "unknown": sorted({words for shelf in shelves for words in shelf.planned.unknown}),
        "not_printed": opd_month.plan.not_printed,
        "is_issued": bool(issued),
        "people": Slip.objects.filter(run=opd_month.run, opd=opd_month.opd).count(),
    }


def _shelf(
    standing: Standing, planned: PlannedPaper, dressing: Dressing, issued: dict[str, dict[str, IssuedPaper]]
) -> Shelf:
    opd_month = standing.opd_month
    parts = opd_month.parts_of(planned)
    is_apart = planned.kind.form not in ("cover", "accounts", "statement")
    words = others(opd_month.plan.apart)
    return Shelf(
        planned=planned,
        title=title_of(opd_month, planned),
        parts=tuple((part, (part or words) if is_apart else "") for part in parts),
        issued=issued.get(planned.kind.code, {}),
        signers=tuple(
            (Signer.Role(role).label, dressing.signers[role].name) for role in planned.roles if role in dressing.signers
        ),
        missing=tuple(Signer.Role(role).label for role in dressing.missing(planned.roles)),
    )


def _bundles(month: Month, kind: str, opd: Unit) -> list[PaperBundle]:
    newest = PaperBundle.objects.of_opd_month(month, kind, opd).select_related("job", "job__started_by")
    return list(newest.filter(expires_at__gt=clock.now()).order_by("-id")[:5])


@require_POST
@page(ISSUE_PAPERS)
def issue(request: HttpRequest, month: str, opd: UUID) -> HttpResponse:
    """Issue the set in the background."""
    user = person(request)
    unit, asked, kind = access.readable_opd(user, opd), month_named(month), _kind(request)
    return _asked(request, asked, unit, kind, lambda: bundles.ask_for_set(month=asked, kind=kind, opd=unit, actor=user))


@require_POST
@page(READ_PAPERS)
def slips(request: HttpRequest, month: str, opd: UUID) -> HttpResponse:
    """The slips of the OPD as PDF, in the background."""
    user = person(request)
    unit, asked, kind = access.readable_opd(user, opd), month_named(month), _kind(request)
    return _asked(
        request, asked, unit, kind, lambda: bundles.ask_for_slips(month=asked, kind=kind, opd=unit, actor=user)
    )


@require_POST
@page(READ_ALL)
def all_slips(request: HttpRequest, month: str) -> HttpResponse:
    """The slips of every OPD as PDF, in the background."""
    user, asked, kind = person(request), month_named(month), _kind(request)
    job = bundles.ask_for_slips(month=asked, kind=kind, opd=None, actor=user)
    return htmx.go(request, reverse("jobs-job", args=[job.uid]))


def _asked(request: HttpRequest, month: Month, opd: Unit, kind: str, ask: Any) -> HttpResponse:
    try:
        job = ask()
    except DomainError as error:
        if error.status not in (404, 409, 422):
            raise
        messages.error(request, error.message())
        return htmx.go(request, _address(month, opd, kind))
    return htmx.go(request, reverse("jobs-job", args=[job.uid]))


@require_safe
@page(READ_PAPERS)
def preview(request: HttpRequest, month: str, opd: UUID, paper: str, form: str) -> HttpResponse:
    """A paper as it would be, without number and code."""
    user = person(request)
    unit = access.readable_opd(user, opd)
    standing = standing_of(month_named(month), _kind(request), unit)
    opd_month = standing.opd_month
    planned, part = opd_month.plan.paper(paper), request.GET.get("bagian", "")
    if planned is None or form not in PaperCopy.Format.values or part not in opd_month.parts_of(planned):
        raise NotFound("paper")
    today = here.today()
    made = make(opd_month, planned, part, dressing_of(unit, today), dated=today, is_split=form == "xlsx")
    name = "-".join(filter(None, ("konsep", slugify(made.title), slugify(part), month)))
    at = opd_month.run.finished_at
    content = paper_xlsx(made, made_at=at).read() if form == "xlsx" else paper_pdf(made, made_at=at)
    record(TAKEN, actor=user, subject=opd_month.run, after={"paper": paper, "part": part, "opd": unit.uid})
    return as_download(content, f"{name}.{form}")


@require_safe
@page(READ_PAPERS)
def download(request: HttpRequest, uid: UUID, form: str) -> HttpResponse:
    """An issued paper, printed again under its number."""
    paper = access.readable_paper(person(request), uid)
    if form not in PaperCopy.Format.values:
        raise NotFound("format")
    content = bundles.copy_of(paper, form)
    record(TAKEN, actor=person(request), subject=paper, after={"format": form})
    return as_download(content, f"{bundles.paper_name(paper)}.{form}")


@require_http_methods(["GET", "HEAD", "POST"])
@page(WITHDRAW_PAPERS)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say of an issued paper that it does not count any more, with the reason."""
    user = person(request)
    paper = access.readable_paper(user, uid)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            issuing.withdraw_paper(paper=paper, reason=form.cleaned_data["alasan"], actor=user)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("alasan", error.message())
        else:
            messages.success(request, _("Dokumen ditarik. Nomornya tidak dipakai lagi."))
            return htmx.go(request, _address(Month.of(paper.month), paper.opd, paper.kind))
    context = {"paper": paper, "form": form, "back": _address(Month.of(paper.month), paper.opd, paper.kind)}
    return render(request, "tenants/reports/withdraw.html", context, status=422 if form.errors else 200)


# --- a whole run, a slip -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ_ALL)
def run_recap(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A finished run as XLSX, of one OPD with `?opd=<uid>`. Who took it is written down: it names everybody's pay.

    One of many people is asked for by POST and written in the background.
    """
    run = readable_run(uid)
    if not run.is_done:
        raise NotFound("recap")
    user = person(request)
    if request.method == "POST":
        job = bundles.ask_for_recap(run=run, actor=user)
        return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    opd = _uid(request.GET.get("opd", ""))
    if opd is None and run.people + run.practice > MOST_AT_ONCE:
        return render(request, "tenants/reports/recap.html", {"run": run})
    record(DOWNLOADED, actor=user, subject=run, after={"opd": opd})
    name = f"rekap-tpp-{run.month_text}.xlsx"
    return FileResponse(recap(run, opd=opd), as_attachment=True, filename=name, content_type=XLSX)


@require_safe
@page(OPEN_SLIP)
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A slip as PDF, with the code by which anybody can check it."""
    user = person(request)
    found = readable_slip(user, uid)
    paper = issuing.paper_of_slip(found, actor=user)
    seal = seal_of(paper.code, paper.digest)
    content = slip_pdf(found, is_locked=found.is_locked, seal=seal)
    issuing.remember_copy(paper, PaperCopy.Format.PDF, content)
    note_rows(1)
    return as_download(content, f"slip-tpp-{found.run.month_text}-{slugify(found.heading['name'])}.pdf")


# --- shared ------------------------------------------------------------------------------------------------------


def _uid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("opd") from error


def _kind(request: HttpRequest) -> str:
    return access.kind_asked(request.GET.get("jenis", ORDINARY))


def _month(request: HttpRequest) -> Month:
    """The asked month, else that of the newest finished run, else the last one."""
    text = request.GET.get("bulan", "")
    if text:
        return month_named(text)
    newest = MonthRun.objects.done().order_by("-month").values_list("month", flat=True).first()
    return Month.of(newest) if newest else here.this_month().previous


def _may_set(user: Any, opd: Unit) -> bool:
    scope = opd_scope(user, PAPER_SETTINGS)
    return user_may(user, PAPER_SETTINGS) and (scope is None or opd.uid in scope)


def _address(month: Month, opd: Unit, kind: str) -> str:
    address = reverse("papers-opd-month", args=[str(month), opd.uid])
    return address if kind == ORDINARY else f"{address}?jenis={kind}"


def _navigation(month: Month, kind: str) -> dict[str, Any]:
    return {
        "month": month.first_day,
        "month_text": str(month),
        "kind": kind,
        "kind_words": KIND_WORDS[kind],
        "kind_tabs": [{"kind": code, "words": words} for code, words in KIND_WORDS.items()],
        "previous": f"?bulan={month.previous}&jenis={kind}",
        "next": f"?bulan={month.next}&jenis={kind}",
    }
