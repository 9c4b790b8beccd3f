"""Pages of the continuity kit: taking it, its password, and the sheets of attendance that come back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.files.errors import FileRefused
from kernel.files.handing import as_attachment
from kernel.periods import Month
from kernel.permissions import page, user_may
from kernel.sheets.words import SheetRefused
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web import paging
from kernel.web.containment import leaves_always
from kernel.web.fallback import open_in_fallback
from tenants.continuity import actions, approving
from tenants.continuity.access import opds_of, readable_sheet, readable_sheets
from tenants.continuity.errors import LetterRefused, PasswordUnknown
from tenants.continuity.forms import AttendanceSheetForm
from tenants.continuity.keys import password_of
from tenants.continuity.making import key_version, make_kit
from tenants.continuity.models import AttendanceSheet, ContinuityKit
from tenants.continuity.permissions import APPROVE, KIT
from tenants.fallback import by_hand_views
from tenants.fallback.forms import WithdrawForm
from tenants.organisation.models import Unit

CHIPS = {"waiting": "wait", "approved": "ok", "withdrawn": "plain"}


def _opd(user: User, uid: UUID) -> Unit:
    found = opds_of(user).filter(uid=uid).first()
    if found is None:
        raise NotFound("unit")
    return found


@open_in_fallback
@require_safe
@page(KIT)
def kits(request: HttpRequest) -> HttpResponse:
    """The newest kit of each OPD in charge, and what waits for an approval."""
    user = person(request)
    opds = opds_of(user)
    found = paging.page_of(opds, order=("code", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    newest: dict[int, ContinuityKit] = {}
    for kit in ContinuityKit.objects.filter(opd__in=[opd.pk for opd in found.rows]).order_by("made_for"):
        newest[kit.opd_id] = kit
    context = {
        "page": found,
        "rows": [(opd, newest.get(opd.pk)) for opd in found.rows],
        "today": here.today(),
        "waiting": readable_sheets(user).filter(state=AttendanceSheet.State.WAITING).count(),
    }
    return render(request, "tenants/continuity/kits.html", context)


@open_in_fallback
@require_POST
@page(KIT)
def make(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make today's kit of an OPD at once."""
    user = person(request)
    try:
        made = make_kit(opd=_opd(user, uid), actor=user)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(
            request, _("Paket %(opd)s dibuat: %(people)s pegawai.") % {"opd": made.opd.name, "people": made.people}
        )
    return redirect("continuity-kits")


@leaves_always
@open_in_fallback
@require_safe
@page(KIT)
def kit(request: HttpRequest, uid: UUID) -> FileResponse:
    """The archive."""
    return as_attachment(actions.fetch_kit(uid=uid, actor=person(request)).file)


@open_in_fallback
@require_safe
@page(KIT)
def password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The password of an OPD's kits, to be written down."""
    opd = _opd(person(request), uid)
    version = key_version(opd)
    kept = ContinuityKit.objects.filter(opd=opd).exclude(key_version=version).order_by("-made_for").first()
    context = {
        "opd": opd,
        "password": password_of(opd.uid, version),
        "former": None if kept is None else (kept.made_for, password_of(opd.uid, kept.key_version)),
    }
    return render(request, "tenants/continuity/password.html", context)


@open_in_fallback
@require_POST
@page(KIT)
def new_password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """From the next kit on another password."""
    user = person(request)
    opd = _opd(user, uid)
    actions.change_password(opd=opd, actor=user)
    messages.success(request, _("Kata sandi diganti. Paket yang dibuat mulai sekarang memakainya."))
    return redirect("continuity-password", uid=opd.uid)


@open_in_fallback
@require_safe
@page(KIT)
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets that came back, the newest first."""
    rows = readable_sheets(person(request)).select_related("opd", "uploaded_by")
    context = {
        "page": paging.page_of(rows, order=("-id",), cursor=request.GET.get(paging.PARAMETER, "")),
        "chips": CHIPS,
    }
    return render(request, "tenants/continuity/sheets.html", context)


@open_in_fallback
@require_http_methods(["GET", "HEAD", "POST"])
@page(KIT)
def upload(request: HttpRequest) -> HttpResponse:
    """Bring a filled sheet in, with its cover letter."""
    user = person(request)
    form = AttendanceSheetForm(
        request.POST or None,
        request.FILES or None,
        opds=opds_of(user),
        initial={"bulan": here.this_month().first_day},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            job = actions.start_reading(
                month=Month.of(values["bulan"]),
                opd=values["opd"],
                reason=values["alasan"],
                letter_number=values["nomor"],
                sheet=values["berkas"],
                letter=values["pengantar"],
                actor=user,
            )
        except LetterRefused as error:
            form.add_error("pengantar", error.message())
        except (FileRefused, PasswordUnknown, SheetRefused) as error:
            form.add_error("berkas", error.message())
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error("bulan", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    return render(request, "tenants/continuity/upload.html", {"form": form}, status=422 if form.errors else 200)


@open_in_fallback
@require_safe
@page(KIT)
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A sheet with its rows."""
    return _page(request, readable_sheet(person(request), uid), WithdrawForm())


def _page(request: HttpRequest, found: AttendanceSheet, form: WithdrawForm) -> HttpResponse:
    user = person(request)
    rows = found.rows.select_related("employee")
    shows_beside = request.GET.get("saring") == "ganda"
    if shows_beside:
        rows = rows.filter(is_beside_others=True)
    may_approve = user_may(user, APPROVE)
    is_waiting = found.state == AttendanceSheet.State.WAITING
    may_withdraw = may_approve or (found.uploaded_by_id == user.pk and is_waiting)
    context = {
        "sheet": found,
        "chip": CHIPS[found.state],
        "page": paging.page_of(
            rows, order=("date", "employee__name", "id"), cursor=request.GET.get(paging.PARAMETER, "")
        ),
        "last_day": found.period.upper,
        "shows_beside": shows_beside,
        **by_hand_views.choices_of(found, user, form, may_decide=may_approve, may_withdraw=may_withdraw),
    }
    return render(request, "tenants/continuity/sheet.html", context, status=422 if form.errors else 200)


@open_in_fallback
@require_POST
@page(APPROVE)
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let the sheet count."""
    user = person(request)
    return by_hand_views.decide(
        request,
        lambda: approving.approve_sheet(uid=uid, actor=user),
        said=_("Isian disetujui. Kehadiran pegawainya sedang dihitung ulang."),
        sheet=readable_sheet(user, uid),
        page="continuity-sheet",
    )


@open_in_fallback
@require_POST
@page(KIT)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a sheet back."""
    user = person(request)
    found = readable_sheet(user, uid)
    return by_hand_views.withdraw(
        request,
        lambda reason: approving.withdraw_sheet(uid=uid, reason=reason, actor=user),
        said=_("Isian ditarik. Absen dan suratnya tidak dihitung lagi."),
        sheet=found,
        page="continuity-sheet",
        again=lambda form: _page(request, found, form),
    )


@open_in_fallback
@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """What works while the region is in the fallback mode, for everybody; else the way to the ordinary pages."""
    region = current_region()
    if not region.is_fallback:
        return redirect("home")
    return render(request, "tenants/continuity/emergency.html", {"reason": region.fallback_reason})
