"""How allauth works here: no self-registration; the log-in name is a NIP or an e-mail."""

from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.accounts.models import User
from kernel.accounts.sessions import began_at
from kernel.accounts.throttle import Attempt, TooSoon
from kernel.audit.record import declare_action, record
from kernel.errors import Overloaded
from kernel.watching import account_print, emit, names, password_bucket

PASSWORD_CHANGED = declare_action("accounts.password_changed", "Kata sandi diganti", event=names.AUTHN_PASSWORD_CHANGE)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by import or by an administrator, never by a visitor."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Nama masuk atau kata sandi keliru. Periksa keduanya, lalu coba lagi."),
        "too_many_login_attempts": _("Terlalu banyak kode yang keliru. Tunggu lima menit, lalu coba lagi."),
        "too_soon": _("Kata sandi baru saja keliru. Tunggu %(wait)d detik, lalu coba lagi."),
    }

    @override
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            Attempt.of(request, credentials.get("username", "")).begin()
        except TooSoon as error:
            raise ValidationError(
                self.error_messages["too_soon"], code="too_soon", params={"wait": error.wait}
            ) from error

    @override
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        attempt = Attempt.of(request, credentials.get("username", ""))
        try:
            user = super().authenticate(request, **credentials)
        except Overloaded:
            attempt.given_up()
            raise
        if user is not None:
            attempt.succeeded()
        return user

    @override
    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        login = str(credentials.get("username", ""))
        Attempt.of(request, login).failed()
        emit(
            names.AUTHN_LOGIN_FAIL,
            subject=account_print(login),
            password_bucket=password_bucket(str(credentials.get("password", ""))),
        )

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @override
    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Keep a password that the person chose; a one-time password has done its work."""
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record(PASSWORD_CHANGED, actor=user, subject=user)

    @override
    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in just now has shown enough to add a factor; nobody is asked twice in a row."""
        began = began_at(self.request.session)
        if began is not None and clock.now() - began <= timedelta(seconds=app_settings.REAUTHENTICATION_TIMEOUT):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    @override
    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Pakai kata sandi"),
            "mfa_reauthenticate": _("Pakai aplikasi kode atau kode cadangan"),
            "mfa_reauthenticate:webauthn": _("Pakai kunci sandi"),
        }
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": words.get(way["id"], way["description"])} for way in ways]

    @override
    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)
