"""Handing out a stored file, and the list of those that wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.files import access, actions, antivirus, handing, words
from kernel.files.inspection.kinds import DOCUMENTS
from kernel.files.models import StoredFile
from kernel.files.permissions import REVIEW
from kernel.files.scanning import adopt_evidence
from kernel.permissions import page
from kernel.web import htmx, paging
from kernel.web.containment import leaves_always
from kernel.web.fallback import open_in_fallback


@leaves_always
@open_in_fallback
@require_safe
@login_required
def read(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead on to the file's host, with a link for this person; a stranger is told that there is none."""
    reader = person(request)
    stored = access.file_to_read(reader, uid)
    response = HttpResponseRedirect(handing.link_to(stored, reader, request))
    # The link counts for a minute and is remembered by nobody.
    response.headers["Cache-Control"] = "private, no-store"
    return response


def hand_out(request: HttpRequest, version: str, token: str) -> HttpResponseBase:
    """On the files' host: the bytes that the link names."""
    return handing.hand_out(version, token)


class ReasonForm(forms.Form):
    """Why somebody decides about a file as they do."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "required": True})
    )


@require_safe
@page(REVIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """Files that are not handed out, the newest first; `keadaan` narrows to one state."""
    adopt_evidence()
    state = request.GET.get("keadaan", StoredFile.Scan.REVIEW)
    if state not in StoredFile.Scan.values or state == StoredFile.Scan.CLEAN:
        state = StoredFile.Scan.REVIEW
    found = StoredFile.objects.filter(scan=state).select_related("owner")
    shown = paging.page_of(found, order=("-created_at", "-id"), cursor=request.GET.get(paging.PARAMETER, ""))
    states = [(value, label) for value, label in StoredFile.Scan.choices if value != StoredFile.Scan.CLEAN]
    rows = [(stored, _why(stored)) for stored in shown]
    context = {"page": shown, "rows": rows, "states": states, "state": state, "antivirus": antivirus.state_words()}
    return render(request, "kernel/files/queue.html", context)


@require_safe
@page(REVIEW)
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is known of one of them. The file itself is never opened here."""
    return render(request, "kernel/files/one.html", _context(_to_review(uid)))


@require_POST
@page(REVIEW)
def release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """It may be handed out."""
    return _decide(request, uid, "release_form", actions.release_file, _("Berkas dilepas dan dapat diunduh."))


@require_POST
@page(REVIEW)
def refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """It will not be handed out."""
    return _decide(request, uid, "refuse_form", actions.refuse_file, _("Berkas ditolak."))


@require_POST
@page(REVIEW)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A decision was wrong: it waits for a look again."""
    words = _("Keputusan dibatalkan. Berkas menunggu ditinjau lagi.")
    return _decide(request, uid, "take_back_form", actions.take_back_decision, words)


def _decide(request: HttpRequest, uid: UUID, name: str, act: Callable[..., StoredFile], said: str) -> HttpResponse:
    form = _form(name, request.POST)
    if form.is_valid():
        try:
            act(uid=uid, reason=form.cleaned_data["reason"], actor=person(request))
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, said)
            return htmx.go(request, reverse("files-one", args=[uid]))
    return render(request, "kernel/files/one.html", {**_context(_to_review(uid)), name: form}, status=422)


def _form(name: str, data: QueryDict | None = None) -> ReasonForm:
    """One of the forms of a page that has two: their fields are told apart."""
    return ReasonForm(data, auto_id=f"{name}_%s")


def _to_review(uid: UUID) -> StoredFile:
    stored = StoredFile.objects.filter(uid=uid).select_related("owner").first()
    # A file that nobody ever doubted is none of a reviewer's business.
    if stored is None or (stored.is_clean and not stored.findings):
        raise NotFound("file")
    return stored


def _why(stored: StoredFile) -> str:
    finding = words.deciding(stored.findings)
    return "" if finding is None else words.why_refused(finding, DOCUMENTS)


def _context(stored: StoredFile) -> dict[str, object]:
    state, doubts = stored.scan, {finding["verdict"] for finding in stored.findings}
    was_reviewed = state in (StoredFile.Scan.CLEAN, StoredFile.Scan.REJECTED) and doubts == {"review"}
    return {
        "file": stored,
        "why": _why(stored),
        "findings": stored.findings,
        "release_form": _form("release_form") if state == StoredFile.Scan.REVIEW else None,
        "refuse_form": _form("refuse_form") if state in (StoredFile.Scan.REVIEW, StoredFile.Scan.QUARANTINED) else None,
        "take_back_form": _form("take_back_form") if was_reviewed else None,
    }
