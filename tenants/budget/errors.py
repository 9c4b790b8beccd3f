"""What the budget refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class NothingToDecide(DomainError):
    """The month has no computed slips of the OPD, they are within the ceilings, or (to go on without) have theirs."""

    code = "budget_nothing_to_decide"
    words = _("Tidak ada yang perlu diputuskan: OPD ini belum dihitung atau masih dalam pagu.")


class AlreadyDecided(DomainError):
    """A decision stands for the OPD's month."""

    code = "budget_decided"
    words = _("Sudah ada keputusan untuk OPD dan bulan ini. Batalkan dulu yang lama.")


class AlreadyLocked(DomainError):
    """The OPD's month is locked; what it pays is final."""

    code = "budget_locked"
    words = _("Bulan OPD ini sudah dikunci, jadi keputusannya tidak dapat diubah lagi.")


class NotEnough(DomainError):
    """The option leaves the month above a ceiling, or names nobody."""

    status = 422
    code = "budget_not_enough"
    words = _("Pilihan ini belum membawa bulan ini ke dalam pagu. Ubah isiannya atau pilih yang lain.")


class FactsMoved(DomainError):
    """What the page showed is not what it would be now."""

    code = "budget_moved"
    words = _("Perhitungan atau pagu berubah sejak halaman ini dibuka. Periksa lagi dampaknya.")


class CeilingKnown(DomainError):
    """The code has a ceiling from the same day on."""

    code = "budget_ceiling_known"
    words = _("Pagu kode ini dengan tanggal mulai yang sama sudah ada. Tarik yang lama bila keliru.")
