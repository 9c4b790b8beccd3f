"""Pages of the national tables: what ships, from where it was read, and whether the region stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.permissions import page, require
from kernel.web import htmx
from tenants.rules import actions, permissions
from tenants.rules.actions.confirm import found_table
from tenants.rules.confirming import unconfirmed
from tenants.rules.engine import national
from tenants.rules.engine.national import NationalTable
from tenants.rules.forms import ConfirmTableForm, WithdrawTableForm
from tenants.rules.models import TableConfirmation


@dataclass(frozen=True, slots=True)
class Row:
    """A table, whether the region stands for it, and the newer one that takes its place, if any."""

    table: NationalTable
    is_confirmed: bool
    newer: NationalTable | None


@require_safe
@page(permissions.READ)
def index(request: HttpRequest) -> HttpResponse:
    """Every table that ships, by name, the newest first."""
    tables = [table for name in national.names() for table in reversed(national.versions(name))]
    open_ones = {table.reference for table in unconfirmed([table.reference for table in tables])}
    rows = [Row(table, table.reference not in open_ones, _newer(table)) for table in tables]
    context = {"rows": rows, "open": len(open_ones)}
    return render(request, "tenants/rules/tables.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.READ)
def table(request: HttpRequest, reference: str) -> HttpResponse:
    """One table: source, every figure, who stands for it; POST confirms it."""
    found = found_table(reference)
    form = ConfirmTableForm(request.POST or None, initial={"sidik": found.digest})
    if request.method == "POST":
        require(person(request), permissions.CONFIRM)
        if form.is_valid():
            values = form.cleaned_data
            try:
                actions.confirm_table(
                    reference=reference,
                    seen=values["sidik"],
                    compared_with=values["pembanding"],
                    actor=person(request),
                )
            except DomainError as error:
                form.add_error(None, error.message())
            else:
                messages.success(request, _("Tabel dikonfirmasi. Aturan yang memakainya dapat diterbitkan."))
                return htmx.go(request, reverse("rules-table", args=[reference]))
    context = {
        "table": found,
        "newer": _newer(found),
        "groups": [(name, list(rows)) for name, rows in groupby(national.bands(found), key=lambda row: row.group)],
        "form": form,
        **_standing(found),
    }
    return render(request, "tenants/rules/table.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@page(permissions.CONFIRM)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The table counts as unconfirmed again."""
    form = WithdrawTableForm(request.POST)
    if form.is_valid():
        actions.withdraw_confirmation(reference=reference, why=form.cleaned_data["alasan"], actor=person(request))
        messages.success(request, _("Konfirmasi ditarik. Aturan yang sudah terbit tetap berlaku."))
    else:
        messages.error(request, _("Konfirmasi belum ditarik: tulis alasannya."))
    return htmx.go(request, reverse("rules-table", args=[reference]))


def _standing(found: NationalTable) -> dict[str, object]:
    """The confirmation that stands, the earlier ones, and the form that takes it back."""
    rows = list(
        TableConfirmation.objects.filter(reference=found.reference)
        .select_related("confirmed_by", "withdrawn_by")
        .order_by("-confirmed_at")[:50]
    )
    standing = next((row for row in rows if row.withdrawn_at is None and row.digest == found.digest), None)
    return {
        "standing": standing,
        "earlier": [row for row in rows if row is not standing],
        "withdraw_form": WithdrawTableForm(),
    }


def _newer(found: NationalTable) -> NationalTable | None:
    return next((other for other in national.versions(found.name) if other.valid_from > found.valid_from), None)
