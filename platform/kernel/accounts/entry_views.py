"""Entering with a code, and recovering an account by two officers; the same on both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kernel import clock
from kernel.accounts import recovery
from kernel.accounts.access import person
from kernel.accounts.codes import use_code
from kernel.accounts.errors import CodeRefused, RecoveryRefused
from kernel.accounts.forms import ActivationForm, RecoveryForm
from kernel.accounts.models import AccountRecovery
from kernel.accounts.permissions import RECOVER
from kernel.accounts.second_factor import fresh_second_factor
from kernel.accounts.throttle import ACTIVATING, Attempt, TooSoon
from kernel.errors import Overloaded
from kernel.permissions import page
from kernel.tenancy.context import is_control
from kernel.watching import account_print, emit, names
from kernel.web import htmx
from kernel.web.containment import open_in_read_only

SHOWN = 50


@open_in_read_only
@never_cache
@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Public: log-in name, code and a new password."""
    form = ActivationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        attempt = Attempt.of(request, values["nip"], ACTIVATING)
        try:
            attempt.begin()
            use_code(login=values["nip"], code=values["code"], password=values["password"])
        except TooSoon as error:
            text = _("Kode baru saja keliru. Tunggu %(wait)d detik, lalu coba lagi.")
            form.add_error(None, text % {"wait": error.wait})
        except CodeRefused as error:
            attempt.failed()
            emit(names.AUTHN_LOGIN_FAIL, subject=account_print(values["nip"]), why="activation")
            form.add_error(None, error.message())
        except ValidationError as error:
            attempt.given_up()
            form.add_error("password", error)
        except Overloaded:
            attempt.given_up()
            raise
        else:
            attempt.succeeded()
            if is_control():
                messages.success(request, _("Akun aktif. Masuk dengan e-mail dan kata sandi baru Anda."))
            else:
                messages.success(request, _("Akun aktif. Masuk dengan NIP dan kata sandi baru Anda."))
            return htmx.go(request, reverse("account_login"))
    return render(request, "account/activate.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page(RECOVER)
@fresh_second_factor()
def recoveries(request: HttpRequest) -> HttpResponse:
    """Recoveries that wait or are over, and the form that begins one."""
    form = RecoveryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            recovery.begin_recovery(login=values["login"], reason=values["reason"], actor=person(request))
        except RecoveryRefused as error:
            form.add_error("login", error.message())
        else:
            messages.success(request, _("Pemulihan dimulai. Petugas kedua menyetujuinya di halaman ini."))
            return htmx.go(request, reverse("accounts-recoveries"))
    rows = AccountRecovery.objects.select_related("user", "asked_by", "confirmed_by").order_by("-asked_at")[:SHOWN]
    context = {"form": form, "rows": rows, "now": clock.now(), "own": person(request).pk}
    return render(request, "account/recoveries.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@page(RECOVER)
@fresh_second_factor()
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second officer agrees and is shown the code, once."""
    confirmed, code = recovery.confirm_recovery(uid=uid, actor=person(request))
    return render(request, "account/recovery_code.html", {"recovery": confirmed, "code": code})


@require_POST
@page(RECOVER)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    recovery.withdraw_recovery(uid=uid, actor=person(request))
    messages.success(request, _("Pemulihan dibatalkan. Faktor kedua orang itu tetap seperti semula."))
    return htmx.go(request, reverse("accounts-recoveries"))
