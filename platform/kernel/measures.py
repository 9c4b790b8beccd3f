"""What an operator has imposed on the open region to contain an incident, as the running code asks for it.

The measures travel on `RegionState` (so every process knows them within about a second, without a query); who imposed
which one, why and until when stands on the operators' side. Code of a region asks here and never looks there.
Source: security note, 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.tenancy.context import region_or_none
from kernel.tenancy.state import RegionState


class Measure(StrEnum):
    """Every measure that running code asks for, or that the region's own security page tells of.

    Suspension is the status of the region itself.
    """

    READ_ONLY = "read_only"
    FALLBACK = "fallback"
    UPLOADS_OFF = "uploads_off"
    HOLD_TEXT = "hold_text"
    SIGNED_OUT = "signed_out"
    NETWORKS_BLOCKED = "networks_blocked"
    PUBLIC_PAGES_OFF = "public_pages_off"
    EXPORTS_OFF = "exports_off"
    ACCOUNTS_LOCKED = "accounts_locked"
    FILES_QUARANTINED = "files_quarantined"


LABELS: Final[Mapping[str, str | Promise]] = {
    Measure.READ_ONLY: _("Hanya-baca"),
    Measure.FALLBACK: _("Mode cadangan"),
    Measure.UPLOADS_OFF: _("Unggahan ditutup"),
    Measure.HOLD_TEXT: _("Tulisan ditahan untuk ditinjau"),
    Measure.SIGNED_OUT: _("Keluar paksa"),
    Measure.NETWORKS_BLOCKED: _("Jaringan diblokir"),
    Measure.PUBLIC_PAGES_OFF: _("Halaman umum ditutup"),
    Measure.EXPORTS_OFF: _("Unduhan ditutup"),
    Measure.ACCOUNTS_LOCKED: _("Akun dikunci"),
    Measure.FILES_QUARANTINED: _("Berkas dikarantina"),
}


class ExportsOff(DomainError):
    """A list or a paper was asked for while nothing may leave the region."""

    status = 403
    code = "exports_off"
    words = _("Unduhan daftar dan dokumen ditutup sementara untuk menangani insiden: %(reason)s")

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def terms_of(measure: Measure, region: RegionState | None = None) -> Mapping[str, Any] | None:
    """The terms under which the measure stands now, or None when it does not (lifted, expired, no region open).

    Always a mapping with `reason` (words for the region's people), `since` and `until` (ISO instants; `until` None: no
    end). Besides: SIGNED_OUT has `before` (ISO instant: sessions begun earlier are over), NETWORKS_BLOCKED has
    `networks` (list of CIDR texts), ACCOUNTS_LOCKED has `accounts` (list of uids).
    """
    region = region_or_none() if region is None else region
    return None if region is None else region.terms_of(measure)


def stands(measure: Measure, region: RegionState | None = None) -> bool:
    """Whether the measure stands now for the region (the open one when none is named)."""
    return terms_of(measure, region) is not None


def refuse_exports() -> None:
    """Ask this before a list or a paper is handed out. Raises ExportsOff while nothing may leave the open region."""
    terms = terms_of(Measure.EXPORTS_OFF)
    if terms is not None:
        raise ExportsOff(str(terms["reason"]))
