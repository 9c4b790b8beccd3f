"""How allauth's second factors work here: words, encrypted seeds, a QR code of our own, keys bound to one host."""

from __future__ import annotations

from typing import Any

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts import sealing
from kernel.accounts.models import User
from kernel.accounts.second_factor import FACTORS, must_have_factor

_QUIET_MODULES = 4


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A passkey belongs to the host that made it: the relying party is the host itself, never a domain above it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Kode atau kunci sandi tidak cocok. Tunggu kode berikutnya, lalu coba lagi."),
        "cannot_delete_authenticator": gettext_lazy(
            "Peran Anda wajib memakai faktor kedua. Pasang yang lain dahulu, baru hapus yang ini."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Pasang aplikasi kode atau kunci sandi dahulu."),
    }

    @override
    def encrypt(self, text: str) -> str:
        return sealing.close(text)

    @override
    def decrypt(self, encrypted_text: str) -> str:
        return sealing.open_again(encrypted_text)

    @override
    def _get_site_name(self) -> str:
        region = getattr(context.request, "region", None)
        return f"Kinerja {region.short_name}" if region else "Kinerja Daerah"

    @override
    def build_totp_svg(self, url: str) -> str:
        """A QR code as SVG without any style or script; black on white whatever the theme."""
        rows = [bytes(row) for row in segno.make(url, error="M", boost_error=False, micro=False).matrix]
        side = len(rows) + 2 * _QUIET_MODULES
        path = "".join(
            f"M{x + _QUIET_MODULES} {y + _QUIET_MODULES}h1v1h-1z"
            for y, row in enumerate(rows)
            for x, is_dark in enumerate(row)
            if is_dark
        )
        return format_html(
            '<svg viewBox="0 0 {0} {0}" width="240" height="240" role="img" aria-label="{1}" '
            'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/>'
            '<path d="{2}" fill="#000"/></svg>',
            side,
            _("Kode QR untuk aplikasi kode"),
            path,
        )

    @override
    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor of somebody whose role requires one stays."""
        user = authenticator.user
        if not isinstance(user, User) or not must_have_factor(user):
            return True
        others = Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exclude(pk=authenticator.pk)
        return bool(others.exists())

    @override
    def generate_authenticator_name(self, user: Any, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Kunci sandi %(number)d") % {"number": count + 1}
