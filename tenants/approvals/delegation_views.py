"""Delegating, the delegations that stand, and taking one back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.accounts.access import person
from kernel.permissions import page
from kernel.tenancy import here
from tenants.approvals.delegation_forms import OTHER, DelegationForm
from tenants.approvals.delegations import delegate, given_by, people_near, received_by, withdraw_delegation
from tenants.approvals.errors import DelegationRefused
from tenants.approvals.handlers import handlers
from tenants.approvals.inbox_tabs import tabs
from tenants.approvals.permissions import DECIDE
from tenants.employees.access import own_employee

# What most absences last.
USUAL_DAYS = timedelta(days=6)
_FIELDS = {"self": "nip", "account": "nip", "twice": "nip", "reversed": "last", "past": "first", "long": "last"}


@require_http_methods(["GET", "HEAD", "POST"])
@page(DECIDE)
def delegations(request: HttpRequest) -> HttpResponse:
    """The form, and what stands in both directions."""
    user = person(request)
    employee = own_employee(user)
    today = here.today()
    people = people_near(employee, today)
    form = DelegationForm(
        request.POST if request.method == "POST" else None,
        people=people,
        kinds=handlers(),
        initial={"first": today, "last": today + USUAL_DAYS, "receiver": "" if people else OTHER},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            delegate(
                receiver_uid=values["person"].uid,
                first=values["first"],
                last=values["last"],
                kinds=values["kinds"],
                note=values["note"],
                actor=user,
            )
        except DelegationRefused as error:
            field = _FIELDS.get(error.reason)
            form.add_error("receiver" if field == "nip" and not values["nip"] else field, error.message())
        else:
            messages.success(
                request, _("Delegasi tersimpan. %(name)s melihatnya di kotak masuk.") % {"name": values["person"].name}
            )
            return redirect("approvals-delegations")
    context = {
        "form": form,
        "given": given_by(employee, today),
        "received": received_by(employee, today),
        "tabs": tabs("delegasi"),
    }
    return render(request, "tenants/approvals/delegations.html", context, status=422 if form.is_bound else 200)


@require_POST
@page(DECIDE)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it back from now on."""
    withdraw_delegation(uid=uid, actor=person(request))
    messages.success(request, _("Delegasi ditarik. Mulai sekarang hanya Anda yang memutuskan."))
    return redirect("approvals-delegations")
