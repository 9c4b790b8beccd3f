"""Orders that send many people at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.files.errors import FileRefused
from kernel.permissions import page, user_may
from kernel.web import htmx
from tenants.attendance import access
from tenants.attendance.document_kinds import duty_kinds
from tenants.attendance.document_views import STATE_CHIPS
from tenants.attendance.errors import DaysTaken
from tenants.attendance.forms import OrderForm
from tenants.attendance.models import DutyOrder
from tenants.attendance.orders import submit_order, withdraw_order
from tenants.attendance.permissions import ORDER, READ
from tenants.calendars.work_date import running_day
from tenants.places.access import places_for
from tenants.places.errors import LetterTaken
from tenants.places.models import Place
from tenants.places.permissions import VIEW_PLACES


@require_safe
@page(ORDER)
def orders(request: HttpRequest) -> HttpResponse:
    """The orders that the person has proposed, the newest first."""
    found = DutyOrder.objects.filter(proposed_by__user=person(request)).annotate(people=Count("documents"))
    return render(request, "tenants/attendance/orders.html", {"orders": list(found.order_by("-pk")[:50])})


@require_http_methods(["GET", "HEAD", "POST"])
@page(ORDER)
def new_order(request: HttpRequest) -> HttpResponse:
    """Propose that people are sent somewhere."""
    user = person(request)
    form = OrderForm(
        request.POST or None,
        request.FILES or None,
        kinds=duty_kinds(running_day()),
        places=_places(user),
        initial={"first": running_day(), "last": running_day()},
    )
    if request.method == "POST" and form.is_valid():
        nips = form.cleaned_data["nips"]
        people = list(access.people_to_send(user, form.cleaned_data["first"]).filter(nip__in=nips))
        strangers = sorted(set(nips) - {employee.nip for employee in people})
        if strangers:
            form.add_error(
                "nips",
                _("Bukan pegawai yang dapat Anda tugaskan pada tanggal itu: %(nips)s.")
                % {"nips": ", ".join(strangers[:10])},
            )
        else:
            try:
                submit_order(
                    proposer=access.employee_of(user),
                    people=people,
                    draft=form.draft(),
                    places=form.chosen_places(),
                    actor=user,
                    upload=form.cleaned_data["file"],
                )
            except DomainError as error:
                field = {DaysTaken: "nips", LetterTaken: "number", FileRefused: "file"}.get(type(error))
                form.add_error(field, error.message())
            else:
                messages.success(
                    request,
                    ngettext(
                        "Surat tugas untuk %(count)s pegawai terkirim untuk disetujui.",
                        "Surat tugas untuk %(count)s pegawai terkirim untuk disetujui.",
                        len(people),
                    )
                    % {"count": len(people)},
                )
                return htmx.go(request, reverse("attendance-orders"))
    return render(request, "tenants/attendance/order_form.html", {"form": form}, status=422 if form.errors else 200)


def _places(user: User) -> list[Place]:
    return list(places_for(user).standing(running_day()).order_by("name", "pk")) if user_may(user, VIEW_PLACES) else []


@require_safe
@page(READ)
def order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One order with all its people."""
    found, papers = access.readable_order(person(request), uid)
    is_own = found.proposed_by.user_id == person(request).pk
    context = {
        "order": found,
        "papers": papers,
        "places": list(found.places.all()),
        "last": papers[0].last_day,
        "file": papers[0].file,
        "chips": STATE_CHIPS,
        "is_own": is_own,
        "may_withdraw": is_own and papers[0].state == "submitted",
    }
    return render(request, "tenants/attendance/order.html", context)


@require_POST
@page(ORDER)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a waiting order back."""
    withdraw_order(uid=uid, actor=person(request))
    messages.success(request, _("Surat tugas ditarik. Tidak ada yang ditugaskan."))
    return htmx.go(request, reverse("attendance-orders"))
