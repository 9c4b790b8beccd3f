"""Pages of the review: the queue, one punch, and what its owner sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.permissions import page
from kernel.web import htmx, paging
from tenants.places import fences
from tenants.places.judging import Fence, Point
from tenants.places.map_data import ground, shape_of, with_map
from tenants.punch_review import access, proposing, verdicts
from tenants.punch_review.configuring import selfie_rule, set_selfie_rule, set_weights
from tenants.punch_review.errors import AlreadyDecided
from tenants.punch_review.following import weights
from tenants.punch_review.forms import DecideForm, ExplainForm, SelfieForm, WeightsForm
from tenants.punch_review.models import PunchSignal, ReviewItem, Selfie
from tenants.punch_review.permissions import REVIEW, SEE_OWN, SET
from tenants.punch_review.wording import TITLES, evidence_words
from tenants.punches.models import Punch
from tenants.punches.words import WHY_NOWHERE, words_of

_EARLIER: Final = 8
_PROPOSALS: Final = 50


@require_http_methods(["GET", "HEAD", "POST"])
@page(REVIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """Punches to look at, the heaviest first; POST accepts those that are ticked."""
    user = person(request)
    if request.method == "POST":
        return _accept(request, user)
    is_settled = request.GET.get("keadaan") == "selesai"
    items = access.items_for(user).select_related("employee", "punch__place")
    items = items.filter(settled_at__isnull=False) if is_settled else items.waiting()
    order = ("-captured_at", "punch_id") if is_settled else ("-score", "punch_id")
    rows = paging.page_of(items, order=order, cursor=request.GET.get(paging.PARAMETER, ""))
    context = {
        "page": rows,
        "rows": _rows(list(rows)),
        "is_settled": is_settled,
        "waiting": None if is_settled else access.items_for(user).waiting().count(),
    }
    return render(request, "tenants/punch_review/queue.html", context)


def _rows(items: Sequence[ReviewItem]) -> list[dict[str, Any]]:
    """Each with its signals in words and the verdict that counts. Two statements."""
    ids = [item.punch_id for item in items]
    signals: dict[UUID, list[str]] = {}
    for signal in PunchSignal.objects.filter(punch_id__in=ids).order_by("-points", "pk"):
        title = evidence_words(signal.code, signal.evidence) if signal.code == "graded" else str(TITLES[signal.code])
        signals.setdefault(signal.punch_id, []).append(title)
    decided = verdicts.newest_verdicts(ids)
    return [
        {
            "item": item,
            "punch": item.punch,
            "where": where_words(item.punch),
            "signals": signals.get(item.punch_id, []),
            "verdict": decided.get(item.punch_id),
        }
        for item in items
    ]


def _accept(request: HttpRequest, user: User) -> HttpResponse:
    uids = [UUID(text) for text in request.POST.getlist("absen") if _is_uuid(text)]
    done = verdicts.accept_punches(uids=uids, actor=user)
    words = ngettext("%(count)d absen diterima.", "%(count)d absen diterima.", done.done) % {"count": done.done}
    (messages.success if done.done else messages.info)(
        request, words if uids else _("Centang dulu absen yang diterima.")
    )
    if done.left:
        messages.warning(request, _("Sebagian sudah diputuskan orang lain atau bukan wewenang Anda."))
    return htmx.go(request, reverse("punch-review-queue"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(REVIEW)
@with_map
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One punch with its evidence; POST decides."""
    user = person(request)
    item = access.item_to_see(user, uid)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if _decide(request, item, form, user):
                return htmx.go(request, reverse("punch-review-queue"))
        except AlreadyDecided as error:
            # The page as it is now offers nothing to decide: there is no field to put this beside.
            messages.warning(request, error.message())
            return htmx.go(request, reverse("punch-review-one", args=[uid]))
    context = {**_facts(item.punch), "item": item, "form": form, "employee": item.employee}
    return render(request, "tenants/punch_review/one.html", context, status=422 if form.is_bound else 200)


def _decide(request: HttpRequest, item: ReviewItem, form: DecideForm, user: User) -> bool:
    """Whether it was decided; what is lacking stands beside its field. Raises AlreadyDecided."""
    wanted, reason = request.POST.get("putusan", ""), form.cleaned_data["reason"]
    try:
        if wanted == "terima":
            if not verdicts.accept_punches(uids=[item.punch_id], actor=user).done:
                raise AlreadyDecided
            messages.success(request, _("Absen diterima."))
        elif wanted == "tolak":
            verdicts.reject_punch(uid=item.punch_id, reason=reason, actor=user)
            messages.success(request, _("Absen tidak dihitung; pegawai membaca alasannya."))
        else:
            counted_at = form.counted_at()
            if counted_at is None:
                form.add_error("time", _("Isi tanggal dan jam yang benar."))
                return False
            verdicts.correct_punch(uid=item.punch_id, counted_at=counted_at, reason=reason, actor=user)
            messages.success(request, _("Jam absen dibetulkan; pegawai membaca alasannya."))
    except AlreadyDecided:
        raise
    except DomainError as error:
        form.add_error("time" if error.code == "time_out_of_reach" else "reason", error.message())
        return False
    return True


@require_POST
@page(REVIEW)
def undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The newest decision is taken back."""
    verdicts.undo_verdict(uid=uid, reason=request.POST.get("reason", ""), actor=person(request))
    messages.success(request, _("Keputusan dibatalkan; absen kembali ke antrean."))
    return htmx.go(request, reverse("punch-review-one", args=[uid]))


@require_safe
@page(SEE_OWN)
def own(request: HttpRequest) -> HttpResponse:
    """The person's own punches that are or were looked at."""
    items = ReviewItem.objects.filter(employee__user=person(request)).select_related("punch__place")
    rows = paging.page_of(items, order=("-captured_at", "punch_id"), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/punch_review/own.html", {"page": rows, "rows": _rows(list(rows))})


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE_OWN)
@with_map
def mine(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them, with the reason and the map; POST adds an explanation."""
    user = person(request)
    punch = access.own_punch(user, uid)
    form = ExplainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        verdicts.explain_punch(uid=uid, text=form.cleaned_data["text"], actor=user)
        messages.success(request, _("Penjelasan tersimpan; yang meninjau membacanya."))
        return htmx.go(request, reverse("punch-review-mine", args=[uid]))
    context = {**_facts(punch), "form": form}
    return render(request, "tenants/punch_review/mine.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SET)
def settings(request: HttpRequest) -> HttpResponse:
    """Weights of the signals, and the rule for pictures; one form each."""
    user, posted = person(request), request.POST.get("bagian", "")
    rule = selfie_rule()
    weighing = WeightsForm(request.POST if posted == "bobot" else None, initial=weights())
    initial = {"mode": rule.mode, "percent": rule.percent, "keep_days": rule.keep_days}
    selfies = SelfieForm(request.POST if posted == "swafoto" else None, initial=initial)
    if posted == "bobot" and weighing.is_valid():
        set_weights(points=weighing.cleaned_data, actor=user)
        messages.success(request, _("Bobot tersimpan dan berlaku untuk absen berikutnya."))
        return htmx.go(request, reverse("punch-review-settings"))
    if posted == "swafoto" and selfies.is_valid():
        set_selfie_rule(**selfies.cleaned_data, actor=user)
        messages.success(request, _("Aturan swafoto tersimpan."))
        return htmx.go(request, reverse("punch-review-settings"))
    context = {"weighing": weighing, "selfies": selfies}
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/punch_review/settings.html", context, status=status)


@require_safe
@page(REVIEW)
@with_map
def proposals(request: HttpRequest) -> HttpResponse:
    """Places that may be missing, with who stands there."""
    found = list(proposing.open_proposals(person(request))[:_PROPOSALS])
    shapes = [
        shape_of(Fence(row.pk, row.unit.name, Point.of(row.latitude, row.longitude), row.radius_m)) for row in found
    ]
    context = {"proposals": found, "map": {**ground(), "shapes": shapes, "points": []}}
    return render(request, "tenants/punch_review/proposals.html", context)


@require_POST
@page(REVIEW)
def decide_proposal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One press makes the place, or puts the proposal aside."""
    user = person(request)
    if request.POST.get("putusan") == "abaikan":
        proposing.dismiss_proposal(uid=uid, actor=user)
        messages.success(request, _("Usulan diabaikan dan tidak diajukan lagi."))
        return htmx.go(request, reverse("punch-review-proposals"))
    place = proposing.accept_proposal(uid=uid, name=request.POST.get("name", ""), actor=user)
    messages.success(request, _("Tempat dibuat dan berlaku mulai hari ini; absen yang menunggu di sana diterima."))
    return htmx.go(request, reverse("places-place", args=[place.uid]))


def where_words(punch: Punch) -> str:
    """How the punch lay to its nearest place, in words."""
    if punch.place is not None and punch.distance_m is not None:
        values = {"metres": punch.distance_m, "place": punch.place.name, "accuracy": punch.accuracy_m}
        if punch.accuracy_m is None:
            return _("%(metres)s m dari %(place)s, akurasi tidak dikirim") % values
        return _("%(metres)s m dari %(place)s, akurasi %(accuracy)s m") % values
    if punch.latitude is None:
        return _("Lokasi tidak diketahui")
    return _("Belum ada tempat yang ditetapkan untuk pegawai ini")


def _facts(punch: Punch) -> dict[str, Any]:
    """All that is known about a punch, for who decides and for its owner."""
    signals = PunchSignal.objects.filter(punch=punch).order_by("-points", "pk")
    earlier = Punch.objects.filter(employee_id=punch.employee_id, captured_at__lt=punch.captured_at)
    rows = list(punch.verdicts.select_related("decided_by").order_by("-pk"))
    return {
        "punch": punch,
        "where": where_words(punch),
        "why_nowhere": WHY_NOWHERE.get(punch.place_error, ""),
        "reasons": [words_of(reason) for reason in punch.reasons],
        "signals": [(TITLES[row.code], evidence_words(row.code, row.evidence), row.points) for row in signals],
        "skew": None if punch.skew_ms is None else abs(punch.skew_ms) // 1000,
        "earlier": earlier.order_by("-captured_at")[:_EARLIER],
        "verdicts": rows,
        "verdict": rows[0] if rows and not rows[0].is_undoing else None,
        "explanations": punch.explanations.order_by("pk"),
        "selfie": Selfie.objects.select_related("file").filter(punch=punch).first(),
        "map": _map(punch),
    }


def _map(punch: Punch) -> dict[str, Any] | None:
    """The punch with its accuracy, and the places that count for its person that day."""
    if punch.latitude is None or punch.longitude is None:
        return None
    day = verdicts.day_of(punch.captured_at)
    point = {
        "name": _("Absen"),
        "at": [float(punch.latitude), float(punch.longitude)],
        "accuracy": punch.accuracy_m or 0,
        "kind": "doubt",
    }
    return {
        **ground(),
        "shapes": [shape_of(fence) for fence in fences.fences_of(punch.employee_id, day)],
        "points": [point],
    }


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
