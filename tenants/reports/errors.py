"""What the reports app refuses."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, MonthRefused, ReasonRefused


class NothingToPrint(MonthRefused):
    """The month has no finished run for this OPD."""

    status = 404
    code = "nothing_to_print"
    words = _("Belum ada perhitungan selesai untuk OPD ini pada %(month)s.")


class NotLockedYet(MonthRefused):
    """Papers are issued of final figures only."""

    code = "papers_not_locked"
    words = _("%(month)s belum dikunci untuk OPD ini. Dokumen baru dapat dilihat sebagai konsep, belum diterbitkan.")


class SignersMissing(DomainError):
    """Roles that sign and that nobody holds. `roles` are their names."""

    code = "signers_missing"
    words = _("Penanda tangan belum diisi: %(roles)s. Isi dulu di Pengaturan dokumen.")

    def __init__(self, roles: str) -> None:
        self.roles = roles
        super().__init__(roles)


class PaperRefused(ReasonRefused):
    """A deed that does not fit the paper's state."""

    code = "paper_refused"
    reasons: ClassVar = {
        "no_reason": _("Tulis alasan penarikan dokumen."),
        "not_valid": _("Dokumen ini sudah tidak berlaku."),
        "practice": _("OPD ini masih latihan. Dokumennya tidak diterbitkan."),
    }


class SettingsRefused(ReasonRefused):
    """Settings of papers that cannot be used."""

    status = 422
    code = "paper_settings_refused"
    reasons: ClassVar = {
        "pattern_without_number": _("Format nomor harus memuat {nomor}."),
        "pattern_unknown": _("Format nomor hanya mengenal {nomor}, {dokumen}, {opd}, {bulan}, dan {tahun}."),
        "ends_before_it_begins": _("Tanggal berakhir harus sesudah tanggal mulai."),
    }


class TooManyChecks(DomainError):
    """The public check was asked too often from one address."""

    status = 429
    code = "too_many_checks"
    words = _("Terlalu banyak pemeriksaan dari jaringan Anda. Coba lagi sebentar lagi.")
