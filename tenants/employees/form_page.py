"""The page of one form about an employee: recording, correcting, taking back."""

from __future__ import annotations

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.employees.models import Employee


def form_page(
    request: HttpRequest,
    found: Employee,
    form: BaseForm,
    *,
    heading: str,
    button: str,
    lead: str = "",
    is_dangerous: bool = False,
) -> HttpResponse:
    """The form under its heading; 422 when what was sent is shown again with its errors."""
    context = {
        "employee": found,
        "form": form,
        "heading": heading,
        "button": button,
        "lead": lead,
        "is_dangerous": is_dangerous,
    }
    return render(request, "tenants/employees/form.html", context, status=422 if form.is_bound else 200)
