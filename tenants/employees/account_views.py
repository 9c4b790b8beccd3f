"""Accounts: who may log in, with which roles, and what a role may do; activation by code."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import Role, User
from kernel.accounts.permissions import MANAGE_USERS
from kernel.accounts.second_factor import fresh_second_factor
from kernel.errors import NotFound
from kernel.permissions import declared, opd_scope, page
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from tenants.employees import access, accounts, activation
from tenants.employees.errors import CodeReserved, RoleHeldBySelf
from tenants.employees.forms import CodesForm, FactorForm, GrantForm, RoleForm
from tenants.employees.models import Employee
from tenants.employees.permissions import ACTIVATE_ACCOUNTS
from tenants.organisation.models import Unit


@require_safe
@page(MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponse:
    text = " ".join(request.GET.get("cari", "").split())
    role = request.GET.get("peran", "")
    found = User.objects.prefetch_related("role_grants__role")
    if text:
        found = found.filter(Q(display_name__icontains=text) | Q(login__startswith=text.replace(" ", "")))
    if role:
        found = found.filter(role_grants__role__code=role).distinct()
    rows = paging.page_of(found, order=("display_name", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"page": rows, "search": text, "role": role, "roles": list(Role.objects.order_by("name"))}
    return render(request, "tenants/employees/users.html", context)


def _user(uid: UUID) -> User:
    found = User.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("user")
    return found


@require_safe
@page(MANAGE_USERS)
def user(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _user_page(request, _user(uid))


def _user_page(request: HttpRequest, found: User, form: GrantForm | None = None) -> HttpResponse:
    opds = dict(Unit.objects.opds().values_list("uid", "name"))
    grants = [
        {"role": grant.role, "opd_uid": grant.opd_uid, "opd": opds.get(grant.opd_uid) if grant.opd_uid else None}
        for grant in found.role_grants.select_related("role").order_by("role__name", "id")
    ]
    context = {
        "account": found,
        "employee": Employee.objects.filter(user=found).first(),
        "grants": grants,
        "form": form or GrantForm(scope=opd_scope(person(request), MANAGE_USERS)),
        "is_self": found.pk == person(request).pk,
        "has_password": found.has_usable_password(),
    }
    is_bound = form is not None
    return render(request, "tenants/employees/user.html", context, status=422 if is_bound else 200)


@require_POST
@page(MANAGE_USERS)
@fresh_second_factor()
def grant(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = person(request)
    form = GrantForm(request.POST, scope=opd_scope(actor, MANAGE_USERS))
    if not form.is_valid():
        return _user_page(request, _user(uid), form)
    opd = form.cleaned_data["opd"]
    accounts.grant_role(
        user_uid=uid, role_code=form.cleaned_data["role"].code, opd_uid=opd.uid if opd else None, actor=actor
    )
    messages.success(request, _("Peran diberikan."))
    return htmx.go(request, reverse("accounts-user", args=[uid]))


@require_POST
@page(MANAGE_USERS)
@fresh_second_factor()
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    text = request.POST.get("opd", "")
    try:
        opd_uid = UUID(text) if text else None
    except ValueError:
        raise NotFound("opd") from None
    accounts.revoke_role(user_uid=uid, role_code=request.POST.get("role", ""), opd_uid=opd_uid, actor=person(request))
    messages.success(request, _("Peran dicabut."))
    return htmx.go(request, reverse("accounts-user", args=[uid]))


@require_POST
@page(MANAGE_USERS)
@fresh_second_factor()
def switch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let an account log in, or no longer."""
    if request.POST.get("active") == "yes":
        accounts.reactivate_user(user_uid=uid, actor=person(request))
        messages.success(request, _("Akun bisa dipakai masuk lagi."))
    else:
        accounts.deactivate_user(user_uid=uid, actor=person(request))
        messages.success(request, _("Akun dinonaktifkan dan dikeluarkan dari semua perangkat."))
    return htmx.go(request, reverse("accounts-user", args=[uid]))


@require_POST
@page(MANAGE_USERS)
def end_sessions(request: HttpRequest, uid: UUID) -> HttpResponse:
    ended = accounts.end_sessions(user_uid=uid, actor=person(request))
    text = ngettext("%(count)d sesi diakhiri.", "%(count)d sesi diakhiri.", ended)
    messages.success(request, text % {"count": ended})
    return htmx.go(request, reverse("accounts-user", args=[uid]))


@require_safe
@page(MANAGE_USERS)
def roles(request: HttpRequest) -> HttpResponse:
    labels = {name: permission.label for name, permission in declared().items()}
    rows = [
        {"role": role, "labels": sorted(labels[name] for name in role.permissions if name in labels)}
        for role in Role.objects.order_by("name")
    ]
    return render(request, "tenants/employees/roles.html", {"roles": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_USERS)
@fresh_second_factor()
def role(request: HttpRequest, code: str) -> HttpResponse:
    found = Role.objects.filter(code=code).first()
    if found is None:
        raise NotFound("role")
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"permissions": found.permissions})
    if request.method == "POST":
        form = RoleForm(request.POST)
        if form.is_valid():
            try:
                accounts.set_role_permissions(
                    role_code=code, names=form.cleaned_data["permissions"], actor=person(request)
                )
            except (accounts.NobodyManages, RoleHeldBySelf) as error:
                form.add_error("permissions", error.message())
            else:
                messages.success(request, _("Izin peran tersimpan. Berlaku sejak halaman berikutnya dibuka."))
                return htmx.go(request, reverse("accounts-roles"))
    return _role_page(request, found, form, None)


@require_POST
@page(MANAGE_USERS)
@fresh_second_factor()
def role_factor(request: HttpRequest, code: str) -> HttpResponse:
    """From when holders of the role must have a second factor."""
    found = Role.objects.filter(code=code).first()
    if found is None:
        raise NotFound("role")
    form = FactorForm(request.POST)
    if form.is_valid():
        day = form.cleaned_data["begins"]
        begins = clock.day_bounds(day, current_region().time_zone)[0] if day else None
        try:
            accounts.set_second_factor(
                role_code=code, days=form.cleaned_data["days"], begins=begins, actor=person(request)
            )
        except (accounts.FactorRequired, RoleHeldBySelf) as error:
            form.add_error("days", error.message())
        else:
            messages.success(request, _("Tersimpan. Berlaku sejak halaman berikutnya dibuka."))
            return htmx.go(request, reverse("accounts-role", args=[code]))
    return _role_page(request, found, RoleForm(initial={"permissions": found.permissions}), form)


def _role_page(request: HttpRequest, role: Role, form: RoleForm, factor: FactorForm | None) -> HttpResponse:
    begins = role.second_factor_from
    kept = {
        "days": role.second_factor_days,
        "begins": clock.local_date(begins, current_region().time_zone) if begins else None,
    }
    context = {"role": role, "form": form, "factor": factor or FactorForm(initial=kept)}
    is_bound = form.is_bound or factor is not None
    return render(request, "tenants/employees/role.html", context, status=422 if is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page(ACTIVATE_ACCOUNTS)
def codes(request: HttpRequest) -> HttpResponse:
    """Codes for everybody of an OPD who has not set a password yet, on a page to print; shown once."""
    actor = person(request)
    scope = opd_scope(actor, ACTIVATE_ACCOUNTS)
    form = CodesForm(request.POST if request.method == "POST" else None, scope=scope)
    if request.method == "POST" and form.is_valid():
        opd: Unit = form.cleaned_data["opd"]
        people = Employee.objects.active().in_opds({opd.uid}, here.today()).select_related("user")
        waiting = activation.without_password(people.order_by("name", "pk"))
        if waiting:
            issued = activation.make_codes(employees=waiting, actor=actor, opd=opd)
            done = {one.employee.pk for one in issued}
            left_out = [one for one in waiting if one.pk not in done]
            context = {"issued": issued, "opd": opd, "left_out": left_out}
            return render(request, "tenants/employees/codes_print.html", context)
        form.add_error("opd", _("Semua pegawai OPD ini sudah punya kata sandi."))
    return render(request, "tenants/employees/codes.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@page(ACTIVATE_ACCOUNTS)
def code(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One code for one person, also for somebody who forgot the password."""
    actor = person(request)
    employee = access.employee_to_manage(actor, uid, ACTIVATE_ACCOUNTS)
    issued = activation.make_codes(employees=[employee], actor=actor)
    if not issued:
        raise CodeReserved
    return render(request, "tenants/employees/codes_print.html", {"issued": issued, "employee": employee})
