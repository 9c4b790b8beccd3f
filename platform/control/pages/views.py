"""The watch over names: the list, one name with its proof and history, one scan side by side, a page's bytes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from control.pages import actions, listing
from control.pages.forms import NameForm
from control.pages.models import Capture, Scan, WatchedName
from control.pages.permissions import WATCH_PAGES
from control.pages.words import note_words, reason_words
from control.regions.models import Region
from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.files.handing import as_attachment
from kernel.permissions import page

_HISTORY = 60


@require_safe
@page(WATCH_PAGES)
def names(request: HttpRequest) -> HttpResponse:
    """All names, those with a finding first; `wilayah` narrows to one region."""
    return _names(request, NameForm(initial={"region": request.GET.get("wilayah", "")}))


def _names(request: HttpRequest, form: NameForm) -> HttpResponse:
    chosen = request.GET.get("wilayah", "")
    shown = listing.names_of(chosen)
    return render(
        request,
        "control/pages/names.html",
        {
            "names": shown,
            "form": form,
            "chosen": Region.objects.filter(code=chosen).first() if chosen else None,
            "alarms": sum(1 for name, _last in shown if name.alarm_since),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@page(WATCH_PAGES)
def add(request: HttpRequest) -> HttpResponse:
    """Put a name on the list; the next page says how it is proved."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            added = actions.add_name(
                region=form.cleaned_data["region"], name=form.cleaned_data["name"], actor=person(request)
            )
        except NotFound:
            raise
        except DomainError as error:
            form.add_error("name", error.message())
        else:
            messages.success(
                request, _("%(name)s dicatat. Buktikan kepemilikannya, lalu pemantauan dimulai.") % {"name": added}
            )
            return redirect("pages-name", uid=added.uid)
    return _names(request, form)


@require_safe
@page(WATCH_PAGES)
def name(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One name: its proof or its state, the newest finding, what DNS says, and the history."""
    shown = WatchedName.objects.select_related("region").filter(uid=uid).first()
    if shown is None:
        raise NotFound("name")
    scans = list(shown.scans.all()[:_HISTORY])
    now = clock.now()
    is_running = bool(shown.scanning_since and shown.scanning_since > now - actions.SCAN_DIES_AFTER)
    is_due = bool(shown.next_scan_at and shown.next_scan_at <= now) or shown.sent_at is not None
    records = shown.dns.get("records", {})
    return render(
        request,
        "control/pages/name.html",
        {
            "shown": shown,
            "last": scans[0] if scans else None,
            "last_reasons": reason_words(scans[0].reasons) if scans else [],
            "last_notes": note_words(scans[0]) if scans else [],
            "scans": scans,
            "records": [(kind, values) for kind, values in records.items() if values],
            "is_running": is_running,
            "is_asked": shown.state == WatchedName.State.PROVED and is_due and not is_running,
        },
    )


@require_POST
@page(WATCH_PAGES)
def prove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Look for the proof now."""
    try:
        proved = actions.prove(uid=uid, actor=person(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("%(name)s terbukti. Pemindaian pertama segera berjalan.") % {"name": proved})
    return redirect("pages-name", uid=uid)


@require_POST
@page(WATCH_PAGES)
def scan_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have the name looked at now."""
    try:
        actions.scan_now(uid=uid, actor=person(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Pemindaian diminta. Hasilnya muncul di halaman ini dalam beberapa menit."))
    return redirect("pages-name", uid=uid)


@require_POST
@page(WATCH_PAGES)
def stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Watch the name no more."""
    try:
        stopped = actions.stop(uid=uid, actor=person(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(
            request,
            _("%(name)s tidak dipantau lagi. Tambahkan lagi bila keliru; buktinya diminta sekali lagi.")
            % {"name": stopped},
        )
    return redirect("pages-name", uid=uid)


@require_safe
@page(WATCH_PAGES)
def scan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One scan: each page as the person and as the other visitor got it, side by side, as plain text."""
    shown = Scan.objects.select_related("name__region").filter(uid=uid).first()
    if shown is None:
        raise NotFound("scan")
    return render(
        request,
        "control/pages/scan.html",
        {
            "shown": shown,
            "reasons": reason_words(shown.reasons),
            "notes": note_words(shown),
            "pairs": listing.side_by_side(uid),
            "captures": shown.captures.select_related("body"),
        },
    )


@require_safe
@page(WATCH_PAGES)
def body(request: HttpRequest, uid: UUID) -> FileResponse:
    """The bytes that a visitor got, as a download of plain bytes: never opened as a page."""
    capture = Capture.objects.select_related("body").filter(uid=uid, body__isnull=False).first()
    if capture is None or capture.body is None:
        raise NotFound("body")
    return as_attachment(capture.body)
