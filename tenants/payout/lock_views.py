"""Pages of one lock, of its signatures and its reopening; and of what waits for the own signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.accounts.second_factor import fresh_second_factor
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.web import htmx
from tenants.payout.errors import ReopeningRefused
from tenants.payout.jobs import start_signing
from tenants.payout.models import LedgerEntry, LockSignature, Reopening
from tenants.payout.permissions import REOPEN, VERIFY
from tenants.payout.reopening import confirm_reopening, propose_reopening, withdraw_reopening
from tenants.payout.signing import OFFICES, offices_of, sign_lock, waiting_for, withdraw_signature
from tenants.payout.verifying import verify_lock
from tenants.tpp.models import MonthLock

# More locks than these wait on another page; the whole bulk is signed by a job.
_MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class Slot:
    """An office on a lock's page: its standing signature, and whether the reader may sign for it or take it back."""

    office: LockSignature.Office
    signature: LockSignature | None
    may_sign: bool
    may_withdraw: bool


def slots_of(locks: Sequence[MonthLock], user: User) -> dict[int, list[Slot]]:
    """The three offices of each lock. One statement."""
    standing: dict[int, dict[str, LockSignature]] = {lock.pk: {} for lock in locks}
    for row in LockSignature.objects.standing().filter(lock__in=standing).select_related("signer"):
        standing[row.lock_id][row.office] = row
    own = set(offices_of(user))
    found = {}
    for lock in locks:
        rows = standing[lock.pk]
        has_signed = any(row.signer_id == user.pk for row in rows.values())
        is_complete = len(rows) == len(OFFICES)
        found[lock.pk] = [
            Slot(
                office=office,
                signature=rows.get(office),
                may_sign=lock.is_standing and office in own and office not in rows and not has_signed,
                may_withdraw=office in rows and rows[office].signer_id == user.pk and not is_complete,
            )
            for office in OFFICES
        ]
    return found


@require_safe
@page(VERIFY)
def lock(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One OPD's lock: what it seals, who signed it, and its reopening."""
    return render(request, "tenants/payout/lock.html", _lock_context(request, uid))


def _lock_context(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    found = MonthLock.objects.select_related("opd", "run__rule_set", "locked_by").filter(uid=uid).first()
    if found is None:
        raise NotFound("lock")
    user = person(request)
    reopening = (
        Reopening.objects.filter(lock=found, withdrawn_at__isnull=True)
        .select_related("proposed_by", "confirmed_by")
        .first()
    )
    ledger = LedgerEntry.objects.filter(lock=found).by_kind()
    slots = slots_of([found], user)[found.pk]
    return {
        "lock": found,
        "run": found.run,
        "slots": slots,
        "unsigned": [slot.office.label for slot in slots if slot.signature is None],
        "reopening": reopening,
        "is_own_proposal": reopening is not None and reopening.proposed_by_id == user.pk,
        "ledger": [(LedgerEntry.Kind(kind).label, amount) for kind, amount in sorted(ledger.items())],
    }


@require_safe
@page(VERIFY)
def verify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Recompute one lock and name the first thing that differs."""
    found = MonthLock.objects.select_related("opd", "run__rule_set").filter(uid=uid).first()
    if found is None:
        raise NotFound("lock")
    checked = verify_lock(found)
    context = {
        "month": found.month,
        "month_text": found.month_text,
        "found": [checked],
        "is_intact": checked.is_intact,
        "slips": checked.slips,
    }
    return render(request, "tenants/payout/verify.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(VERIFY)
@fresh_second_factor()
def sign(request: HttpRequest) -> HttpResponse:
    """What waits for the own signature; a preview of the ticked ones; signing them."""
    user = person(request)
    waiting = waiting_for(user).select_related("opd", "run").order_by("-month", "kind", "opd__code")
    if request.method != "POST":
        return render(request, "tenants/payout/signing.html", _signing_context(waiting, user))
    chosen = list(waiting.filter(uid__in=_uids(request.POST.getlist("kunci"))))
    office = _office(request, user)
    if not chosen:
        messages.info(request, _("Tidak ada yang ditandatangani: centang dulu OPD-nya."))
        return htmx.go(request, reverse("payout-sign"))
    if request.POST.get("langkah") != "tanda-tangan":
        context = _signing_context(chosen, user) | {"office": office}
        return render(request, "tenants/payout/signing_preview.html", context)
    if len(chosen) > 1:
        job = start_signing(locks=[row.uid for row in chosen], office=office, actor=user)
        return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    (only,) = chosen
    return _done(
        request,
        lambda: sign_lock(uid=only.uid, office=office, actor=user),
        _("Kunci ditandatangani."),
        reverse("payout-lock", args=[only.uid]),
    )


def _signing_context(locks: Any, user: User) -> dict[str, Any]:
    rows = list(locks[:_MOST_WAITING])
    slots = slots_of(rows, user)
    return {
        "locks": [(row, slots[row.pk]) for row in rows],
        "people": sum(row.people for row in rows),
        "net": sum((row.net_total for row in rows), Decimal(0)),
        "offices": offices_of(user),
    }


def _office(request: HttpRequest, user: User) -> LockSignature.Office:
    asked = request.POST.get("instansi", "")
    found = next((office for office in offices_of(user) if office == asked), None)
    if found is None:
        raise NotFound("office")
    return found


@require_POST
@page(VERIFY)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the own signature back."""
    signature = LockSignature.objects.filter(uid=uid).select_related("lock").first()
    if signature is None:
        raise NotFound("signature")
    return _done(
        request,
        lambda: withdraw_signature(uid=uid, actor=person(request)),
        _("Tanda tangan Anda dicabut."),
        reverse("payout-lock", args=[signature.lock.uid]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(REOPEN)
def reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say why the lock shall be opened again: the first of two people."""
    context = _lock_context(request, uid)
    if request.method == "POST":
        reason = request.POST.get("alasan", "")
        try:
            propose_reopening(lock=uid, reason=reason, actor=person(request))
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            context |= {"refusal": error.message(), "reason": reason}
            context["is_about_reason"] = isinstance(error, ReopeningRefused) and error.reason == "reason"
            return htmx.invalid(request, "tenants/payout/reopen.html", context, part="tenants/payout/_reopen.html")
        messages.success(request, _("Usul buka kunci tercatat. Sekarang orang kedua yang menyetujui."))
        return htmx.go(request, reverse("payout-lock", args=[uid]))
    return htmx.answer(request, "tenants/payout/reopen.html", context, part="tenants/payout/_reopen.html")


@require_POST
@page(REOPEN)
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person agrees to the reopening."""
    return _decided(request, uid, confirm_reopening, _("Kunci dibuka. Hitung ulang OPD ini, lalu kunci lagi."))


@require_POST
@page(REOPEN)
def withdraw_proposal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the own proposal back."""
    return _decided(request, uid, withdraw_reopening, _("Usul buka kunci dicabut."))


def _decided(request: HttpRequest, uid: UUID, act: Callable[..., MonthLock], words: str) -> HttpResponse:
    reopening = Reopening.objects.filter(uid=uid).select_related("lock").first()
    if reopening is None:
        raise NotFound("reopening")
    url = reverse("payout-lock", args=[reopening.lock.uid])
    return _done(request, lambda: act(uid=uid, actor=person(request)), words, url)


def _done(request: HttpRequest, act: Callable[[], object], words: str, url: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    else:
        messages.success(request, words)
    return htmx.go(request, url)


def _uids(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError as error:
            raise NotFound("lock") from error
    return found
