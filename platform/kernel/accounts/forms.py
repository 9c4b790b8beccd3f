"""The log-in form: NIP at a region's host, e-mail at the operators' host."""

import re
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.tenancy.context import is_control

_NIP_SEPARATORS = re.compile(r"[\s.\-]")


def as_login(typed: str) -> str:
    """A log-in name as it is kept, from what was typed: an e-mail in small letters, a NIP without its blanks."""
    return typed.strip().lower() if is_control() else _NIP_SEPARATORS.sub("", typed)


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Allauth's form with the words of the side, and a NIP that may be typed with blanks, dots or dashes."""

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].label = _("Kata sandi")
        if is_control():
            login.label = _("E-mail")
            login.widget.attrs.update({"autocomplete": "username", "inputmode": "email"})
        else:
            login.label = _("NIP")
            login.widget.attrs.update({"autocomplete": "username", "inputmode": "numeric"})

    def clean_login(self) -> str:
        return as_login(str(super().clean_login()))


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Kata sandi")
        self.fields["password"].widget.attrs.pop("placeholder", None)


class ActivationForm(forms.Form):
    """Log-in name, code from paper, and the new password twice."""

    nip = forms.CharField(
        label=_("NIP"),
        max_length=150,
        help_text=_("18 angka."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "username"}),
    )
    code = forms.CharField(
        label=_("Kode aktivasi"),
        max_length=30,
        help_text=_("Dari petugas yang menyerahkannya, seperti ABCDE-FGHJK-MNP."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )
    password = forms.CharField(
        label=_("Kata sandi baru"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Ulangi kata sandi"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts()[:1])
        if is_control():
            login = self.fields["nip"]
            login.label, login.help_text = _("E-mail"), ""
            login.widget.attrs["inputmode"] = "email"

    def clean_nip(self) -> str:
        return as_login(self.cleaned_data["nip"])

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password") and values.get("again") and values["password"] != values["again"]:
            self.add_error("again", _("Kedua kata sandi tidak sama."))
        return values


class RecoveryForm(forms.Form):
    """Whose account, and why."""

    login = forms.CharField(label=_("NIP"), max_length=150)
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        help_text=_("Misalnya: HP dicuri 12 November, kode cadangan ikut hilang. Tercatat di jejak audit."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_control():
            self.fields["login"].label = _("E-mail")

    def clean_login(self) -> str:
        return as_login(self.cleaned_data["login"])
