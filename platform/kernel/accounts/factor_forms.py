"""Allauth's forms of second factors with our words, and three things stricter.

A code of an app works once, also within its time. A passkey's answer must come from exactly this origin, not from a
host below it. Wrong answers never lock a passkey: nobody guesses one.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.watching import Severity, account_print, emit, names

LAST_STEP = "last_step"
_CODE_ATTRS = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "maxlength": "12"}


def fitting_step(secret: str, code: str, *, after: int = -1) -> int | None:
    """The 30-second step, later than `after`, whose code this is; one step to either side of now counts."""
    typed = "".join(letter for letter in code if letter.isdigit())
    now = int(clock.now().timestamp()) // app_settings.TOTP_PERIOD
    for step in range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1):
        if step > after and constant_time_compare(typed, format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transaction.atomic
def use_code(authenticator: Authenticator, code: str) -> bool:
    """Whether the code of the app fits; it is used up, and so are those of earlier steps."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    step = fitting_step(get_adapter().decrypt(row.data["secret"]), code, after=row.data.get(LAST_STEP, -1))
    if step is None:
        return False
    row.data[LAST_STEP] = step
    row.save(update_fields=["data"])
    return True


class _CodeForm(base.BaseAuthenticateForm):  # type: ignore[misc]
    code = forms.CharField(
        label=_("Kode"),
        help_text=_("Enam angka dari aplikasi kode, atau salah satu kode cadangan Anda."),
        widget=forms.TextInput(attrs={**_CODE_ATTRS, "autofocus": True}),
    )

    @override
    def clean_code(self) -> str:
        forget_failures = check_rate_limit(self.user)
        code = str(self.cleaned_data["code"])
        ways = list(Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN))
        for way in sorted(ways, key=lambda one: one.type != Authenticator.Type.TOTP):
            is_app = way.type == Authenticator.Type.TOTP
            if use_code(way, code) if is_app else way.wrap().validate_code(code.replace(" ", "")):
                way.refresh_from_db()
                way.user = self.user
                self.authenticator = way
                forget_failures()
                return code
        if ways:
            self._emit_authentication_failed(ways[0])
            self._tell_reuse(ways, code)
        raise get_adapter().validation_error("incorrect_code")

    def _tell_reuse(self, ways: Iterable[Authenticator], code: str) -> None:
        """A code that fits and was refused has been used: by its owner a moment ago, or by whoever looked on."""
        typed = "".join(letter for letter in code if letter.isdigit())
        for way in ways:
            is_app = way.type == Authenticator.Type.TOTP
            if is_app and fitting_step(get_adapter().decrypt(way.data["secret"]), typed) is not None:
                what, severity = "app code", Severity.LOW
            elif not is_app and typed in way.wrap().generate_codes():
                what, severity = "backup code", Severity.MEDIUM
            else:
                continue
            emit(
                names.AUTHN_TOKEN_REUSE,
                severity=severity,
                subject=account_print(self.user.login),
                person=self.user.uid,
                what=what,
            )


class AuthenticateForm(_CodeForm, base.AuthenticateForm):  # type: ignore[misc]
    """The code after the password."""


class ReauthenticateForm(_CodeForm, base.ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before something that weighs."""


class ActivateAppForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code proves that the app has taken the secret."""

    code = forms.CharField(
        label=_("Kode enam angka"),
        help_text=_("Yang sekarang tampil di aplikasi kode."),
        widget=forms.TextInput(attrs=_CODE_ATTRS),
    )

    @override
    def clean_code(self) -> str:
        forget_failures = check_rate_limit(self.user, error_key="too_many_login_attempts")
        code = str(self.cleaned_data["code"])
        if fitting_step(self.secret, code) is None:
            raise get_adapter().validation_error("incorrect_code")
        forget_failures()
        return code


def require_this_origin(answer: Any) -> None:
    """Raise ValidationError unless the browser made this answer for exactly the page's own origin.

    The library takes hosts below the relying party as well; the operators' host stands above those of the regions.
    """
    request = context.request
    try:
        text = answer["response"]["clientDataJSON"]
        origin = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["origin"]
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise get_adapter().validation_error("incorrect_code") from error
    if origin != f"{request.scheme}://{request.get_host()}":
        raise get_adapter().validation_error("incorrect_code")


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: always one that signs in by itself, with fingerprint, face or PIN."""

    name = forms.CharField(label=_("Nama kunci ini"), required=False, max_length=60)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        return True

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        require_this_origin(credential)
        return credential


class _PasskeyForm(webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    @override
    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]
        require_this_origin(credential)
        auth.parse_authentication_response(credential)
        user = self.user if self.user is not None else auth.extract_user_from_response(credential)
        return auth.complete_authentication(user, credential)


class AuthenticatePasskeyForm(_PasskeyForm):
    """The passkey after the password."""


class ReauthenticatePasskeyForm(_PasskeyForm):
    """The passkey once more."""

    reauthenticated = True


class LoginPasskeyForm(_PasskeyForm):
    """The passkey instead of the password."""

    passwordless = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)
