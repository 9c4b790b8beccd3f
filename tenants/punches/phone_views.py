"""Phones on pages: one's own, and those that an operator confirms or takes out of use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.permissions import page
from kernel.web import paging
from kernel.web.containment import open_in_read_only
from tenants.employees.access import own_employee
from tenants.punches.access import phones_in_charge
from tenants.punches.actions import confirm_phone, reject_phone, report_lost, restore_phone
from tenants.punches.errors import KeyRefused
from tenants.punches.models import PhoneKey
from tenants.punches.permissions import PHONES, PUNCH

# The lists of the operator's page: what has to be decided, what was lost, all.
_LISTS: Final = ("menunggu", "hilang", "semua")


def own_phones(request: HttpRequest) -> HttpResponse:
    """The person's own phones."""
    keys = PhoneKey.objects.phones_of([own_employee(person(request)).pk])[:20]
    return render(request, "tenants/punches/own_phones.html", {"phones": keys})


@require_safe
@page(PHONES)
def phones(request: HttpRequest) -> HttpResponse:
    """Phones of the people in charge: those that wait, those that were lost, or all of a name or NIP."""
    user = person(request)
    chosen = request.GET.get("daftar", "")
    chosen = chosen if chosen in _LISTS else _LISTS[0]
    search = request.GET.get("cari", "").strip()[:60]
    found = phones_in_charge(user).select_related("employee", "ended_by", "confirmed_by")
    waiting = found.filter(state=PhoneKey.State.PENDING).count()
    if chosen == "menunggu":
        found = found.filter(state=PhoneKey.State.PENDING)
    elif chosen == "hilang":
        found = found.filter(state=PhoneKey.State.ENDED, end=PhoneKey.End.LOST)
    if search:
        found = found.named(search)
    order = ("registered_at", "id") if chosen == "menunggu" else ("-registered_at", "-id")
    context = {
        "page": paging.page_of(found, order=order, cursor=request.GET.get("setelah", "")),
        "chosen": chosen,
        "search": search,
        "tabs": [
            {"label": _("Menunggu"), "url": "?daftar=menunggu", "is_current": chosen == "menunggu", "count": waiting},
            {"label": _("Hilang"), "url": "?daftar=hilang", "is_current": chosen == "hilang"},
            {"label": _("Semua"), "url": "?daftar=semua", "is_current": chosen == "semua"},
        ],
        "own_user": user.pk,
    }
    return render(request, "tenants/punches/phones.html", context)


@open_in_read_only
@require_POST
@page(PHONES)
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """This phone is the person's."""
    act = partial(confirm_phone, keeps_others=request.POST.get("keeps_others") == "1")
    return _decided(request, uid, act, _("HP %(name)s dikonfirmasi."))


@open_in_read_only
@require_POST
@page(PHONES)
def reject(request: HttpRequest, uid: UUID) -> HttpResponse:
    """This phone is not the person's."""
    return _decided(request, uid, reject_phone, _("HP %(name)s ditolak. Absen dari HP itu diperiksa dulu."))


@open_in_read_only
@require_POST
@page(PHONES)
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Found again, or ended by mistake."""
    return _decided(request, uid, restore_phone, _("HP %(name)s dipakai kembali."))


def _decided(request: HttpRequest, uid: UUID, act: Callable[..., PhoneKey], words: str) -> HttpResponse:
    try:
        key = act(uid=uid, actor=person(request))
    except KeyRefused as error:
        # Somebody else was faster, or the same press came twice: the list shows how it stands.
        messages.warning(request, error.message())
    else:
        messages.success(request, words % {"name": _whose(key)})
    return HttpResponseRedirect(reverse("punches-phones"))


@open_in_read_only
@require_POST
@page(PUNCH)
def lost(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The owner's phone is gone."""
    try:
        report_lost(uid=uid, actor=person(request))
    except KeyRefused as error:
        messages.warning(request, error.message())
    else:
        messages.success(request, _("HP dilaporkan hilang. Absen dari HP itu diperiksa dulu."))
    return HttpResponseRedirect(reverse("punches-phone"))


@open_in_read_only
@require_POST
@page(PHONES)
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Somebody told the operator that a phone is gone."""
    return _decided(request, uid, report_lost, _("HP %(name)s dicatat hilang. Absen dari HP itu diperiksa dulu."))


def _whose(key: PhoneKey) -> str:
    return key.employee.name if key.employee is not None else str(key)
