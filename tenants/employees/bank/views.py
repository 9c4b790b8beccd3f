"""Pages of the accounts: who has which, one person's, a sheet of them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.accounts.second_factor import fresh_second_factor
from kernel.errors import DomainError, NotFound
from kernel.files.errors import FileRefused
from kernel.jobs.models import Job
from kernel.permissions import opd_scope, page, user_may
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.watching import emit, names
from kernel.web import htmx, paging
from tenants.employees import access, checked_sheets
from tenants.employees.bank import accounts, jobs
from tenants.employees.bank.forms import AccountFilterForm, AccountForm, AccountSheetForm
from tenants.employees.bank.sheet import HEADINGS, REQUIRED
from tenants.employees.models import BankAccount, Employee
from tenants.employees.permissions import (
    CONFIRM_ACCOUNTS,
    IMPORT_ACCOUNTS,
    READ_ACCOUNTS,
    RECORD_ACCOUNTS,
)
from tenants.employees.querysets import accounts_on
from tenants.organisation.models import Unit

_STATES = ("semua", "menunggu", "kosong")


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the list, the account that counts, and the change that waits."""

    employee: Employee
    account: BankAccount | None
    waiting: BankAccount | None
    may_read: bool
    may_confirm: bool


@require_safe
@page(RECORD_ACCOUNTS)
def listed(request: HttpRequest) -> HttpResponse:
    """People with the account to which they are paid; those without one, and changes that wait."""
    user = person(request)
    opds = Unit.objects.opds().in_opds(opd_scope(user, RECORD_ACCOUNTS)).order_by("name")
    form = AccountFilterForm(request.GET, opds=list(opds))
    chosen = form.cleaned_data if form.is_valid() else {}
    people: QuerySet[Employee] = access.employees_for(user, RECORD_ACCOUNTS).active().searched(chosen.get("cari", ""))
    if chosen.get("opd"):
        people = people.filter(Q(opd_uid=chosen["opd"]))
    state = request.GET.get("keadaan", _STATES[0])
    own = BankAccount.objects.filter(employee=OuterRef("pk"))
    narrowed = {
        "semua": people,
        "menunggu": people.filter(Exists(own.waiting())),
        "kosong": people.filter(~Exists(own.confirmed())),
    }
    if state not in narrowed:
        state = _STATES[0]
    rows = paging.page_of(narrowed[state], order=("name", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    labels = {"semua": _("Semua"), "menunggu": _("Menunggu konfirmasi"), "kosong": _("Belum ada rekening")}
    lines = _lines(user, rows.rows)
    shown = sum(line.may_read and (line.account or line.waiting) is not None for line in lines)
    if shown:
        emit(names.SENSITIVE_READ, what="bank accounts", count=shown)
    context = {
        "form": form,
        "page": rows,
        "lines": lines,
        "state": state,
        "tabs": [
            {
                "label": labels[name],
                "url": f"?keadaan={name}&opd={chosen.get('opd', '')}&cari={chosen.get('cari', '')}",
                "is_current": name == state,
                "count": narrowed[name].count() if name != "semua" else None,
            }
            for name in _STATES
        ],
        "may_confirm": user_may(user, CONFIRM_ACCOUNTS),
    }
    return htmx.answer(request, "tenants/employees/bank/list.html", context, part="tenants/employees/bank/_rows.html")


def _lines(user: User, people: list[Employee]) -> list[Line]:
    ids = [row.pk for row in people]
    counting = accounts_on(ids, here.today())
    waiting = {row.employee_id: row for row in BankAccount.objects.waiting().filter(employee_id__in=ids)}
    readable, confirmable = opd_scope(user, READ_ACCOUNTS), opd_scope(user, CONFIRM_ACCOUNTS)
    lines = []
    for row in people:
        opd: UUID | None = row.opd_uid  # type: ignore[attr-defined]  # annotated by placed_on
        change = waiting.get(row.pk)
        lines.append(
            Line(
                row,
                counting.get(row.pk),
                change,
                may_read=readable is None or opd in readable,
                may_confirm=change is not None
                and change.recorded_by_id != user.pk
                and row.user_id != user.pk
                and (confirmable is None or opd in confirmable),
            )
        )
    return lines


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD_ACCOUNTS)
def of_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person's accounts, the newest first, and the form for another."""
    user = person(request)
    employee = access.employee_to_manage(user, uid, RECORD_ACCOUNTS)
    form = AccountForm(request.POST or None, initial={"mulai": here.today()})
    if request.method == "POST" and form.is_valid():
        try:
            account = accounts.record_account(employee_uid=uid, draft=form.draft(), actor=user)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("nomor", error.message())
        else:
            if account.is_waiting:
                messages.info(request, _("Rekening tersimpan. Berlaku sesudah orang kedua mengonfirmasi."))
            else:
                messages.success(request, _("Rekening tersimpan."))
            return htmx.go(request, reverse("employees-accounts-person", args=[uid]))
    history = employee.bank_accounts.select_related("recorded_by", "confirmed_by", "withdrawn_by").order_by("-id")
    counting = accounts_on([employee.pk], here.today()).get(employee.pk)
    may_read = user_may(user, READ_ACCOUNTS, opd=getattr(employee, "opd_uid", None))
    is_own = employee.user_id == user.pk
    if may_read and not is_own:
        emit(names.SENSITIVE_READ, subject=str(employee.uid), what="bank accounts", count=1)
    context: dict[str, Any] = {
        "employee": employee,
        "form": form,
        "counting": counting,
        "accounts": history,
        "is_own": is_own,
        "may_read": may_read,
        "may_confirm": user_may(user, CONFIRM_ACCOUNTS, opd=getattr(employee, "opd_uid", None)),
    }
    return render(
        request, "tenants/employees/bank/person.html", context, status=422 if request.method == "POST" else 200
    )


@require_POST
@page(CONFIRM_ACCOUNTS)
@fresh_second_factor()
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm the ticked changes."""
    try:
        uids = [UUID(text) for text in request.POST.getlist("rekening")]
    except ValueError as error:
        raise NotFound("bank account") from error
    if not uids:
        messages.error(request, _("Centang dulu rekening yang dikonfirmasi."))
    else:
        try:
            done = accounts.confirm_accounts(uids=uids, actor=person(request))
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            messages.error(request, error.message())
        else:
            messages.success(
                request,
                ngettext("%(count)d rekening dikonfirmasi.", "%(count)d rekening dikonfirmasi.", len(done))
                % {"count": len(done)},
            )
    return htmx.go(request, f"{reverse('employees-accounts')}?keadaan=menunggu")


@require_POST
@page(RECORD_ACCOUNTS)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a wrongly recorded account back, with a reason."""
    try:
        account = accounts.withdraw_account(uid=uid, reason=request.POST.get("alasan", ""), actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
        return htmx.go(request, reverse("employees-accounts"))
    messages.success(request, _("Rekening dibatalkan. Yang sebelumnya berlaku lagi."))
    return htmx.go(request, reverse("employees-accounts-person", args=[account.employee.uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT_ACCOUNTS)
def upload(request: HttpRequest) -> HttpResponse:
    """The upload of a sheet, and the imports before."""
    form = AccountSheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = jobs.check_accounts(upload=form.cleaned_data["berkas"], actor=person(request))
        except FileRefused as error:
            form.add_error("berkas", error.message())
        else:
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    recent = Job.objects.filter(kind__in=(jobs.CHECK, jobs.IMPORT)).select_related("started_by").order_by("-id")[:10]
    standing = set(
        BankAccount.objects.standing().filter(batch__in=[job.uid for job in recent]).values_list("batch", flat=True)
    )
    context = {"form": form, "jobs": [(job, job.uid in standing) for job in recent]}
    return render(
        request, "tenants/employees/bank/import.html", context, status=422 if request.method == "POST" else 200
    )


@require_safe
@page(IMPORT_ACCOUNTS)
def template(request: HttpRequest) -> FileResponse:
    """An empty sheet with the right titles."""
    columns = [
        Column(HEADINGS[name][0], kind="date" if name == "first" else "text", required=name in REQUIRED, width=24)
        for name in HEADINGS
    ]
    content = workbook([Sheet(_("Rekening"), columns)])
    return FileResponse(BytesIO(content), as_attachment=True, filename="contoh-rekening.xlsx")


@require_safe
@page(IMPORT_ACCOUNTS)
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the sheet would do, with the errors beside the rows and the button that does it."""
    job = checked_sheets.check_of(uid, jobs.CHECK)
    if job.state != Job.State.DONE:
        return htmx.go(request, reverse("jobs-job", args=[uid]))
    context = checked_sheets.shown(job, jobs.IMPORT, request.GET.get(paging.PARAMETER, ""))
    context["preview"] = job.result["preview"]
    return render(request, "tenants/employees/bank/check.html", context)


@require_POST
@page(IMPORT_ACCOUNTS)
def confirm_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write the right rows of a checked sheet."""
    job = jobs.confirm_import(check_uid=uid, actor=person(request))
    return htmx.go(request, reverse("jobs-job", args=[job.uid]))


@require_POST
@page(IMPORT_ACCOUNTS)
def undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an import back."""
    count = jobs.undo(job_uid=uid, actor=person(request))
    messages.success(
        request, ngettext("%(count)d rekening dibatalkan.", "%(count)d rekening dibatalkan.", count) % {"count": count}
    )
    return htmx.go(request, reverse("employees-accounts-import"))
