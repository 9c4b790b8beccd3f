"""Pages on which letterhead, numbers and signers of papers are set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.papers.blocks import Paper, Paragraph, Signature, Signatures
from kernel.papers.pdf import paper_pdf
from kernel.permissions import opd_scope, page
from kernel.tenancy import here
from kernel.web import htmx
from kernel.web.downloads import as_download
from tenants.organisation.models import Unit
from tenants.reports import access, paper_settings
from tenants.reports.forms import EndSignerForm, LetterheadForm, NumbersForm, SignerForm
from tenants.reports.models import PaperSettings, Signer
from tenants.reports.papers.dressing import USUAL_PATTERN, dressing_of
from tenants.reports.papers.kinds import CALCULATION
from tenants.reports.papers.numbering import number_text
from tenants.reports.permissions import PAPER_SETTINGS

ONE_DAY = timedelta(days=1)


@require_safe
@page(PAPER_SETTINGS)
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that is set for the region, an OPD or a unit below one, and what counts where nothing is."""
    user = person(request)
    scope = opd_scope(user, PAPER_SETTINGS)
    text = request.GET.get("unit", "")
    if not text and scope is not None:
        only = Unit.objects.active().opds().in_opds(scope).order_by("code").first()
        if only is not None:
            return htmx.go(request, _address("papers-settings", only))
    unit = access.unit_to_set(user, text)
    opd = None if unit is None else unit.opd or unit
    today = here.today()
    row = PaperSettings.objects.select_related("logo").filter(unit=unit).first()
    below = Unit.objects.active().filter(opd=opd).exclude(pk=opd.pk).order_by("code") if opd else Unit.objects.none()
    context: dict[str, Any] = {
        "unit": unit,
        "unit_text": str(unit.uid) if unit else "",
        "row": row,
        "dressing": None if opd is None else dressing_of(opd, today, unit=unit),
        "signers": _signers(unit),
        "inherited": [] if opd is None else _inherited(opd, unit),
        "patterns": _patterns(row),
        "usual_pattern": USUAL_PATTERN,
        "units": list(below[:200]),
        "opds": list(Unit.objects.active().opds().in_opds(scope).order_by("code")[:200]),
        "may_region": scope is None,
        "today": today,
    }
    return render(request, "tenants/reports/settings.html", context)


def _signers(unit: Unit | None) -> list[tuple[Signer, Any, Any, bool]]:
    """Each with first and last day, and whether the period is over."""
    today = here.today()
    found = []
    rows: list[Any] = list(Signer.objects.filter(unit=unit).order_by("role", "-period"))
    for row in rows:
        last = None if row.period.upper is None else row.period.upper - ONE_DAY
        found.append((row, row.period.lower, last, last is not None and last < today))
    return found


def _inherited(opd: Unit, unit: Unit | None) -> list[tuple[str, str]]:
    dressing = dressing_of(opd, here.today(), unit=unit)
    own = set(Signer.objects.on(here.today()).filter(unit=unit).values_list("role", flat=True))
    return [
        (Signer.Role(role).label, f"{signer.name}, {signer.title}")
        for role, signer in sorted(dressing.signers.items())
        if role not in own
    ]


def _patterns(row: PaperSettings | None) -> list[tuple[str, str]]:
    from tenants.reports.papers.kinds import kind_of

    stored: dict[str, str] = row.number_patterns if row else {}
    found = []
    for code, pattern in sorted(stored.items()):
        kind = kind_of(code)
        found.append((kind.title if kind else _("Semua dokumen"), pattern))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(PAPER_SETTINGS)
def letterhead(request: HttpRequest) -> HttpResponse:
    """Set the letterhead."""
    user = person(request)
    unit = access.unit_to_set(user, request.GET.get("unit", ""))
    row = PaperSettings.objects.filter(unit=unit).first()
    initial = {} if row is None else _initial(row)
    form = LetterheadForm(*_posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            paper_settings.set_letterhead(
                unit=unit,
                letterhead=form.letterhead(),
                logo=form.cleaned_data["lambang"],
                drop_logo=form.cleaned_data["tanpa_lambang"],
                actor=user,
            )
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("lambang", error.message())
        else:
            return _saved(request, unit)
    return _form(request, form, unit, _("Kop, tempat, dan kertas"), is_upload=True)


def _initial(row: PaperSettings) -> dict[str, Any]:
    return {
        "pemerintah": row.government,
        "instansi": row.office,
        "alamat": row.address,
        "tempat": row.place,
        "kertas": row.size,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(PAPER_SETTINGS)
def numbers(request: HttpRequest) -> HttpResponse:
    """Set the number patterns."""
    user = person(request)
    unit = access.unit_to_set(user, request.GET.get("unit", ""))
    row = PaperSettings.objects.filter(unit=unit).first()
    stored: dict[str, str] = row.number_patterns if row else {}
    form = NumbersForm(*_posted(request)[:1], initial={code or "semua": text for code, text in stored.items()})
    if request.method == "POST" and form.is_valid():
        paper_settings.set_patterns(unit=unit, patterns=form.patterns(), actor=user)
        return _saved(request, unit)
    return _form(request, form, unit, _("Format nomor"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(PAPER_SETTINGS)
def signer(request: HttpRequest) -> HttpResponse:
    """Say who signs in a role from a day on."""
    user = person(request)
    unit = access.unit_to_set(user, request.GET.get("unit", ""))
    form = SignerForm(*_posted(request)[:1], initial={"peran": request.GET.get("peran"), "mulai": here.today()})
    if request.method == "POST" and form.is_valid():
        paper_settings.appoint_signer(unit=unit, signer=form.signer(), actor=user)
        return _saved(request, unit)
    return _form(request, form, unit, _("Penanda tangan"))


@require_POST
@page(PAPER_SETTINGS)
def end_signer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let nobody sign in that role from the posted day on."""
    user = person(request)
    unit = access.unit_to_set(user, request.GET.get("unit", ""))
    form = EndSignerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Isi tanggal sejak kapan tidak berlaku."))
        return htmx.go(request, _address("papers-settings", unit))
    try:
        paper_settings.end_signer(uid=uid, end=form.cleaned_data["sejak"], actor=user)
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
        return htmx.go(request, _address("papers-settings", unit))
    return _saved(request, unit)


@require_safe
@page(PAPER_SETTINGS)
def sample(request: HttpRequest) -> HttpResponse:
    """A page with the letterhead, a number and the signatures as they would be printed."""
    unit = access.unit_to_set(person(request), request.GET.get("unit", ""))
    today = here.today()
    opd = (unit.opd or unit) if unit else Unit.objects.active().opds().order_by("code").first()
    if opd is None:
        messages.error(request, _("Belum ada OPD. Isi organisasi dulu."))
        return htmx.go(request, reverse("papers-settings"))
    dressing = dressing_of(opd, today, unit=unit)
    signatures = [
        Signature("", found.title, found.name, found.rank, found.nip)
        for _role, found in sorted(dressing.signers.items())
    ]
    paper = Paper(
        title="Contoh kop dan penanda tangan",
        subtitle=opd.name,
        number=number_text(dressing.pattern(CALCULATION.code), 1, paper=CALCULATION.short, opd=opd.code, dated=today),
        letterhead=dressing.letterhead,
        blocks=[
            Paragraph("Lembar ini hanya contoh. Nomor pada contoh tidak dipakai."),
            *(Signatures(signatures[start : start + 3]) for start in range(0, len(signatures), 3)),
        ],
        size=dressing.size,
        stamp="CONTOH",
    )
    return as_download(paper_pdf(paper, made_at=None), "contoh-kop.pdf")


def _posted(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, also an empty form; nothing for a page that is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _address(name: str, unit: Unit | None) -> str:
    return reverse(name) + (f"?unit={unit.uid}" if unit else "")


def _saved(request: HttpRequest, unit: Unit | None) -> HttpResponse:
    messages.success(request, _("Pengaturan dokumen tersimpan."))
    return htmx.go(request, _address("papers-settings", unit))


def _form(request: HttpRequest, form: Any, unit: Unit | None, title: str, *, is_upload: bool = False) -> HttpResponse:
    context = {
        "form": form,
        "unit": unit,
        "title": title,
        "is_upload": is_upload,
        "back": _address("papers-settings", unit),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/reports/settings_form.html", context, status=status)
