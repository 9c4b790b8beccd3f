"""The log-in form: NIP at a region's host, e-mail at the operators' host."""

import re
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.tenancy.context import is_control

_NIP_SEPARATORS = re.compile(r"[\s.\-]")


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
        login = str(super().clean_login())
        return login.strip().lower() if is_control() else _NIP_SEPARATORS.sub("", login)


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Kata sandi")
        self.fields["password"].widget.attrs.pop("placeholder", None)
