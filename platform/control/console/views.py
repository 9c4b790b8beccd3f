"""The operators' pages: all regions with state and figures, a new region, one region, all visits to regions,
files that wait in the regions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from control.breakglass.permissions import ENTER
from control.console import permissions
from control.console.figures import take_all_figures
from control.console.forms import NameForm, NewRegionForm
from control.console.held import waiting_regions
from control.console.visits import lines, regions_by_uid, visits_page
from control.console.wall import state_chip, wall
from control.containment import listing
from control.onboarding.actions import provision_region
from control.regions import actions
from control.regions.addresses import page_address
from control.regions.models import Region
from kernel.accounts.access import person
from kernel.audit.models import AuditEvent
from kernel.audit.record import action_label
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.usage import counters
from kernel.web import htmx, paging


@require_safe
@page(permissions.SEE_REGIONS)
def regions(request: HttpRequest) -> HttpResponse:
    """The wall: every region with its state, open incidents and last figures, worst first."""
    return htmx.answer(request, "control/console/regions.html", wall(), part="control/console/_wall.html")


@require_POST
@page(permissions.SEE_REGIONS)
def refresh_figures(request: HttpRequest) -> HttpResponse:
    """Take the figures now instead of waiting for the next round."""
    counted = take_all_figures()
    messages.success(request, _("Angka %(count)s wilayah diperbarui.") % {"count": counted})
    return redirect("console-regions")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.PROVISION)
def new_region(request: HttpRequest) -> HttpResponse:
    """The application form; a success answers with the administrator's code, which is shown nowhere else."""
    form = NewRegionForm(request.POST or None)
    if request.method == "POST":
        if not form.is_valid():
            return htmx.invalid(
                request, "control/console/new_region.html", {"form": form}, part="control/console/_new_region.html"
            )
        made = provision_region(new=form.new_region(), first_admin=form.first_admin(), actor=person(request))
        return render(
            request,
            "control/console/region_made.html",
            {
                "made_region": made.region,
                "code": made.code,
                "login": form.cleaned_data["admin_nip"],
                "address": page_address(request, made.region),
            },
        )
    return render(request, "control/console/new_region.html", {"form": form})


def _region(code: str) -> Region:
    found: Region | None = Region.objects.select_related("figures", "rollout").filter(code=code).first()
    if found is None:
        raise NotFound("region")
    return found


@require_safe
@page(permissions.SEE_REGIONS)
def region(request: HttpRequest, code: str) -> HttpResponse:
    """One region: figures, schema state, and what operators did to it."""
    return _page(request, _region(code), NameForm())


def _page(request: HttpRequest, shown: Region, form: NameForm) -> HttpResponse:
    figures = getattr(shown, "figures", None)
    events = AuditEvent.objects.filter(subject_uid=shown.uid).order_by("-id")[:20]
    return render(
        request,
        "control/console/region.html",
        {
            "shown": shown,
            "state": state_chip(shown),
            "address": page_address(request, shown),
            "others": shown.domains.filter(is_primary=False).order_by("domain").values_list("domain", flat=True),
            "form": form,
            "standing": listing.in_words(shown),
            "figures": figures,
            "numbers": [(item.label, figures.figures.get(item.code)) for item in counters()] if figures else [],
            "rollout": getattr(shown, "rollout", None),
            "events": [(event, action_label(event.action)) for event in events],
        },
        status=422 if form.errors else 200,
    )


@require_POST
@page(permissions.PROVISION)
def add_name(request: HttpRequest, code: str) -> HttpResponse:
    """Let a region be reached by another host name too."""
    shown = _region(code)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            name = actions.add_name(code=code, name=form.cleaned_data["name"], actor=person(request))
        except NotFound:
            raise
        except DomainError as error:
            form.add_error("name", error.message())
        else:
            messages.success(
                request, _("%(region)s dapat dibuka juga lewat %(name)s.") % {"region": shown, "name": name}
            )
            return redirect("console-region", code=code)
    return _page(request, shown, form)


@require_POST
@page(permissions.PROVISION)
def remove_name(request: HttpRequest, code: str) -> HttpResponse:
    """Answer by a host name no more."""
    name = request.POST.get("name", "")
    actions.remove_name(code=code, name=name, actor=person(request))
    messages.success(request, _("%(name)s tidak dipakai lagi. Tambahkan lagi bila keliru.") % {"name": name})
    return redirect("console-region", code=code)


@require_safe
@page(ENTER)
def visits(request: HttpRequest) -> HttpResponse:
    """Operators' visits to all regions, newest first, or those to one of them."""
    known = regions_by_uid()
    asked = request.GET.get("wilayah", "")
    chosen = next((region for region in known.values() if region.code == asked), None)
    shown = visits_page(cursor=request.GET.get(paging.PARAMETER, ""), region=chosen)
    context = {"page": shown, "rows": lines(shown.rows, known), "regions": known.values(), "chosen": chosen}
    return render(request, "control/console/visits.html", context)


@require_safe
@page(permissions.SEE_REGIONS)
def held_files(request: HttpRequest) -> HttpResponse:
    """Files that wait in the regions, as they were last counted: how many, how long, and who must act."""
    return render(request, "control/console/held_files.html", {"rows": waiting_regions()})
