"""What cannot be done with a hit, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, MonthRefused


class NothingToCheck(MonthRefused):
    """No finished run of the month."""

    status = 409
    code = "nothing_to_check"
    words = _("Belum ada perhitungan %(month)s yang selesai. Hitung dulu, lalu jalankan pra-audit.")


class OwnHit(DomainError):
    """Nobody lets a hit about themselves through."""

    status = 403
    code = "own_hit"
    words = _("Temuan ini tentang Anda sendiri. Keputusan ada pada orang lain.")


class OnlyForInspectorate(DomainError):
    """A grave hit is let through by the inspectorate only."""

    status = 403
    code = "only_for_inspectorate"
    words = _("Di antara yang dipilih ada temuan berat. Hanya inspektorat yang dapat mengecualikannya.")


class HitGone(DomainError):
    """The hit was mended meanwhile, or was let through already."""

    status = 409
    code = "hit_gone"
    words = _("Temuan ini sudah selesai atau sudah dikecualikan. Muat ulang halaman ini.")


class AlreadyRequested(DomainError):
    """The OPD's month is locked: what it rests on stays."""

    status = 409
    code = "waiver_in_locked_month"
    words = _("Bulan OPD ini sudah dikunci dengan pengecualian tersebut. Buka kunci dulu untuk menariknya.")
