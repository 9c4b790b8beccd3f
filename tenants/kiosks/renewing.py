"""Renewing the codes of offices and tablets after an incident."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kernel.accounts.credentials import Credential, Reach, declare
from tenants.kiosks.models import Kiosk, Screen
from tenants.kiosks.querysets import KioskQuerySet, ScreenQuerySet


def _screens(reach: Reach) -> ScreenQuerySet:
    return Screen.objects.in_use().in_opds(None if reach.opd is None else [reach.opd])


def _codes(reach: Reach) -> KioskQuerySet:
    """One-time codes that nobody has entered yet."""
    return Kiosk.objects.in_use().in_opds(None if reach.opd is None else [reach.opd]).exclude(code_digest="")


def _renew(reach: Reach) -> int:
    return _screens(reach).update(turn=F("turn") + 1) + _codes(reach).update(code_digest="", code_expires_at=None)


declare(
    Credential(
        code="codes",
        label=_("Kode kantor dan kode pemasangan kios"),
        effect=_("Layar kode kantor dibuka ulang; kode pemasangan yang belum dipakai dibuat lagi. Kios tetap bekerja."),
        count=lambda reach: _screens(reach).count() + _codes(reach).count(),
        renew=_renew,
        order=50,
    )
)
