"""Containment of one region: what stands, what waits for a second operator, the catalogue, and each measure's form."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from control.containment import actions, listing, pairs
from control.containment import everywhere as networks
from control.containment.catalogue import KINDS
from control.containment.deeds import Preview
from control.containment.forms import MeasureForm
from control.containment.models import PairedDeed
from control.containment.permissions import CONTAIN
from control.regions.models import Region
from kernel.accounts import offices
from kernel.accounts.access import person
from kernel.accounts.second_factor import fresh_second_factor
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.tenancy.context import region_scope

_ASKED: Final = gettext_lazy("Permintaan menunggu operator kedua, paling lama satu jam.")


@require_safe
@page(CONTAIN)
def overview(request: HttpRequest) -> HttpResponse:
    """What stands in all regions, and every request that waits for a second operator."""
    return render(
        request,
        "control/containment/overview.html",
        {
            "everywhere": listing.standing_everywhere(),
            "standing": listing.standing_anywhere(),
            "waiting": _decidable(request, listing.waiting()),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(CONTAIN)
@fresh_second_factor(minutes=10)
def everywhere(request: HttpRequest) -> HttpResponse:
    """Keeping networks away from all regions: its form, its preview (`step=preview`), and asking for it."""
    form = MeasureForm(request.POST or None, kind=networks.KIND, offices=[])
    seen: Preview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("step") == "impose":
                networks.ask_to_block(
                    networks=form.targets().networks,
                    reason=form.cleaned_data["reason"],
                    until=form.until(),
                    actor=person(request),
                    key=form.said_key,
                )
                messages.info(request, _ASKED)
                return redirect("containment-overview")
            seen = networks.preview(form.targets().networks)
        except DomainError as error:
            form.refuse(error)
    return render(
        request,
        "control/containment/everywhere.html",
        {"kind": networks.KIND, "form": form, "seen": seen},
        status=422 if form.errors else 200,
    )


@require_POST
@page(CONTAIN)
@fresh_second_factor(minutes=10)
def lift_everywhere(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let the networks in again, in every region."""
    lifted = networks.lift_everywhere(uid=uid, reason=request.POST.get("reason", ""), actor=person(request))
    messages.success(request, _("Blokir dicabut di %(count)s wilayah.") % {"count": lifted})
    return redirect("containment-overview")


@require_safe
@page(CONTAIN)
def region(request: HttpRequest, code: str) -> HttpResponse:
    """What stands in one region, what waits, what can be imposed, what was."""
    shown = _region(code)
    standing = listing.standing_in(shown)
    taken = {one.measure for one in standing}
    return render(
        request,
        "control/containment/region.html",
        {
            "shown": shown,
            "standing": standing,
            "waiting": _decidable(request, listing.waiting(shown)),
            "kinds": [kind for kind in KINDS.values() if kind.stacks or kind.name not in taken],
            "past": listing.past_of(shown),
            "incident": _uid_or_none(request.GET.get("incident", "")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(CONTAIN)
@fresh_second_factor(minutes=10)
def impose(request: HttpRequest, code: str, measure: str) -> HttpResponse:
    """A measure's form, its preview (`step=preview`), and the measure itself (`step=impose`). `incident`, `akun`,
    `jaringan` and `sidik` fill the form."""
    shown, kind = _region(code), KINDS.get(measure)
    if kind is None:
        raise NotFound("measure")
    with region_scope(shown.state()):
        of_region = list(offices.offices()) if "opd" in kind.asks else []
    first = {
        "incident": _uid_or_none(request.GET.get("incident", "")),
        "logins": request.GET.get("akun", ""),
        "networks": request.GET.get("jaringan", ""),
        "digests": request.GET.get("sidik", ""),
    }
    form = MeasureForm(request.POST or None, kind=kind, offices=of_region, initial=first)
    seen: Preview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("step") == "impose":
                return _imposed(request, shown, form)
            seen = actions.preview(region=code, measure=measure, targets=form.targets())
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
    elif request.method != "POST" and not kind.asks:
        seen = actions.preview(region=code, measure=measure)
    return render(
        request,
        "control/containment/impose.html",
        {"shown": shown, "kind": kind, "form": form, "seen": seen},
        status=422 if form.errors else 200,
    )


def _imposed(request: HttpRequest, shown: Region, form: MeasureForm) -> HttpResponse:
    made = actions.impose_or_ask(
        region=shown.code,
        measure=form.kind.name,
        reason=form.cleaned_data["reason"],
        until=form.until(),
        incident=form.cleaned_data["incident"],
        targets=form.targets(),
        key=form.said_key,
        actor=person(request),
    )
    if isinstance(made, PairedDeed):
        messages.info(request, _ASKED)
    else:
        messages.success(
            request, _("%(measure)s dipasang di %(region)s.") % {"measure": form.kind.label, "region": shown.name}
        )
    return redirect("containment-region", code=shown.code)


@require_POST
@page(CONTAIN)
@fresh_second_factor(minutes=10)
def lift(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a measure that stands."""
    ended = actions.lift_or_ask(
        uid=uid,
        reason=request.POST.get("reason", ""),
        actor=person(request),
        key=_uid_or_none(request.POST.get("key", "")),
    )
    if isinstance(ended, PairedDeed):
        messages.info(request, _ASKED)
        return _to(ended.region)
    messages.success(
        request, _("%(measure)s di %(region)s dicabut.") % {"measure": ended.label, "region": ended.region.name}
    )
    return redirect("containment-region", code=ended.region.code)


@require_POST
@page(CONTAIN)
@fresh_second_factor(minutes=10)
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second operator agrees."""
    return _decided(request, pairs.confirm(uid=uid, actor=person(request)), _("Disetujui dan dijalankan."))


@require_POST
@page(CONTAIN)
def decline(request: HttpRequest, uid: UUID) -> HttpResponse:
    """It does not happen; who asked takes it back this way."""
    return _decided(
        request, pairs.decline(uid=uid, actor=person(request)), _("Permintaan ditolak; tidak ada yang berubah.")
    )


def _decided(request: HttpRequest, asked: PairedDeed, said: str) -> HttpResponse:
    messages.success(request, said)
    return _to(asked.region)


def _to(region: Region | None) -> HttpResponse:
    return redirect("containment-overview") if region is None else redirect("containment-region", code=region.code)


def _region(code: str) -> Region:
    found: Region | None = Region.objects.filter(code=code).exclude(status=Region.Status.PROVISIONING).first()
    if found is None:
        raise NotFound("region")
    return found


def _decidable(request: HttpRequest, waiting: list[PairedDeed]) -> list[tuple[PairedDeed, bool]]:
    """Each request, and whether this operator may agree to it."""
    own = person(request).uid
    return [(asked, asked.asked_by_uid != own) for asked in waiting]


def _uid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
