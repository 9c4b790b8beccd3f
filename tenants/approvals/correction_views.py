"""The page "atasan saya salah"."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.permissions import page
from kernel.tenancy import here
from tenants.approvals.correction_forms import CorrectionForm
from tenants.approvals.corrections import corrections_of, proposals, submit_correction, withdraw_correction
from tenants.employees.access import own_employee
from tenants.employees.models import SuperiorCorrection
from tenants.employees.permissions import CORRECT_SUPERIOR
from tenants.employees.querysets import superior_of


@require_http_methods(["GET", "HEAD", "POST"])
@page(CORRECT_SUPERIOR)
def correction(request: HttpRequest) -> HttpResponse:
    """Who is on record, who is proposed, and how the last corrections ended."""
    user = person(request)
    employee = own_employee(user)
    today = here.today()
    proposed = proposals(employee, today)
    form = CorrectionForm(request.POST if request.method == "POST" else None, proposed=proposed)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            submit_correction(superior_uid=values["person"].uid, note=values["note"], actor=user)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("nip" if values["nip"] else None, error.message())
        else:
            messages.success(request, _("Terkirim. Pengelola peta jabatan akan memeriksanya."))
            return redirect("approvals-correction")
    before = corrections_of(employee)
    context = {
        "employee": employee,
        "superior": superior_of(employee, today),
        "proposed": proposed,
        "form": form,
        "corrections": before,
        "waiting": next((row for row, _note in before if row.state == SuperiorCorrection.State.SUBMITTED), None),
    }
    return render(request, "tenants/approvals/correction.html", context, status=422 if form.is_bound else 200)


@require_POST
@page(CORRECT_SUPERIOR)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The person takes it back while it waits."""
    found = withdraw_correction(uid=uid, actor=person(request))
    if found.state == SuperiorCorrection.State.WITHDRAWN:
        messages.success(request, _("Pembetulan ditarik."))
    else:
        messages.info(request, _("Pembetulan ini sudah diputuskan dan tidak berubah."))
    return redirect("approvals-correction")
