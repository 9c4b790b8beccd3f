"""The reviewer's pages: what waits, one text, deciding on it, taking the decision back. And everybody's own texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.texts import actions, gate
from kernel.texts.forms import RemovalForm
from kernel.texts.links import address_of, addresses_of
from kernel.texts.models import TextHold
from kernel.texts.permissions import REVIEW_TEXTS
from kernel.texts.wording import findings
from kernel.web import htmx, paging


@require_safe
@page(REVIEW_TEXTS)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first; with `sudah=1` what was decided, newest first."""
    is_decided = request.GET.get("sudah") == "1"
    rows = TextHold.objects.decided() if is_decided else TextHold.objects.waiting()
    shown = paging.page_of(
        rows.select_related("author"),
        order=("-id",) if is_decided else ("id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    addresses = addresses_of(shown, person(request))
    context = {
        "page": shown,
        "texts": [(held, _place_words(held), addresses.get(held.pk, "")) for held in shown],
        "is_decided": is_decided,
        "tabs": [
            {"url": reverse("texts-queue"), "label": _("Menunggu"), "is_current": not is_decided},
            {"url": f"{reverse('texts-queue')}?sudah=1", "label": _("Sudah diputuskan"), "is_current": is_decided},
        ],
    }
    return render(request, "kernel/texts/queue.html", context)


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """One's own texts that were put aside, newest first, and what became of each."""
    me = person(request)
    shown = paging.page_of(TextHold.objects.told_to(me), order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    addresses = addresses_of(shown, me, is_own=True)
    context = {
        "page": shown,
        "texts": [(held, _place_words(held), addresses.get(held.pk, "")) for held in shown],
        "waits": any(held.is_open for held in shown),
    }
    return render(request, "kernel/texts/mine.html", context)


@require_safe
@page(REVIEW_TEXTS)
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One text with what spoke against it."""
    return render(request, "kernel/texts/one.html", _context(request, _found(uid)))


@require_POST
@page(REVIEW_TEXTS)
def release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The text may stand."""
    return _done(
        request,
        uid,
        lambda: actions.release(uid=uid, actor=person(request)),
        _("Diloloskan. Tulisan tampil seperti semula."),
    )


@require_POST
@page(REVIEW_TEXTS)
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The text may not stand."""
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return render(request, "kernel/texts/one.html", {**_context(request, _found(uid)), "form": form}, status=422)
    reason = form.cleaned_data["reason"]
    return _done(
        request, uid, lambda: actions.remove(uid=uid, reason=reason, actor=person(request)), _("Tulisan dihapus.")
    )


@require_POST
@page(REVIEW_TEXTS)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The newest decision counts no more."""
    return _done(
        request,
        uid,
        lambda: actions.take_back(uid=uid, actor=person(request)),
        _("Keputusan dibatalkan. Tulisan menunggu lagi."),
    )


def _done(request: HttpRequest, uid: UUID, act: Callable[[], TextHold], words: str) -> HttpResponse:
    found = _found(uid)
    try:
        act()
    except DomainError as error:
        return render(
            request, "kernel/texts/one.html", {**_context(request, found), "refusal": error.message()}, status=422
        )
    messages.success(request, words)
    return htmx.go(request, reverse("texts-one", args=[uid]))


def _found(uid: UUID) -> TextHold:
    found = TextHold.objects.select_related("author", "decided_by").filter(uid=uid).first()
    if found is None:
        raise NotFound(_("Tulisan"))
    return found


def _context(request: HttpRequest, held: TextHold) -> dict[str, Any]:
    return {
        "held": held,
        "place": _place_words(held),
        "address": address_of(held, person(request)),
        "findings": findings(held.reasons),
        "form": RemovalForm() if held.is_open else None,
    }


def _place_words(held: TextHold) -> str:
    place = gate.places().get(held.place)
    return held.place if place is None else place.words_of_both
