"""What leave refuses, beside which field, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError, ReasonRefused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class LeaveRefused(ReasonRefused):
    """A leave that cannot be asked for like this. `field` is the input that it is about."""

    code = "leave_refused"
    fields: ClassVar[Mapping[str, str]] = {
        "no_kind": "kind",
        "service": "kind",
        "times": "kind",
        "unclear": "kind",
        "long_leave_year": "kind",
        "letter": "file",
        "free_days": "first",
        "no_post": "first",
        "too_early": "first",
        "plain": "last",
        "backwards": "last",
        "too_long": "last",
        "too_long_months": "last",
        "short": "last",
        "travel": "travel_days",
        "substitute": "substitute",
    }
    reasons: ClassVar[Mapping[str, str | _StrPromise]] = {
        "no_kind": _("Jenis cuti ini tidak tersedia untuk status Anda pada tanggal itu. Pilih jenis lain."),
        "service": _("Jenis cuti ini baru dapat diambil setelah bekerja %(months)s bulan. Pilih jenis lain."),
        "times": _(
            "Jenis cuti ini sudah diambil %(most)s kali, sebanyak yang diberikan. Untuk berikutnya ajukan cuti besar."
        ),
        "unclear": _("Surat dengan kode ini memotong saldo cuti. Ajukan lewat halaman Saldo cuti."),
        "plain": _(
            "Surat biasa untuk jenis ini paling lama %(most)s hari berturut-turut. Untuk lebih lama, ajukan cutinya "
            "lewat halaman Saldo cuti."
        ),
        "long_leave_year": _(
            "Pada tahun %(year)s sudah ada cuti besar, jadi cuti tahunan tahun itu tidak dapat diambil. "
            "Pilih tanggal di tahun lain."
        ),
        "letter": _("Untuk %(days)s hari atau lebih, lampirkan surat keterangannya."),
        "free_days": _("Semua hari itu libur, jadi tidak perlu cuti. Pilih tanggal yang ada hari kerjanya."),
        "no_post": _("Pada tanggal itu tidak ada jabatan yang tercatat. Hubungi operator OPD."),
        "too_early": _("Saldo cuti dicatat mulai %(year)s. Pilih tanggal sejak tahun itu."),
        "backwards": _("Tanggal selesai mendahului tanggal mulai. Periksa kedua tanggal."),
        "too_long": _("Paling lama %(most)s hari, yang diminta %(asked)s hari. Pilih tanggal selesai yang lebih awal."),
        "too_long_months": _("Paling lama sampai %(until)s. Pilih tanggal selesai yang lebih awal."),
        "short": _(
            "Sisa cuti tahunan %(year)s tinggal %(left)s hari kerja, yang diminta %(asked)s. Pilih hari lebih sedikit."
        ),
        "travel": _("Tambahan hari perjalanan paling banyak %(most)s hari, dan tidak boleh seluruh cuti."),
        "substitute": _("Pengganti tidak boleh diri sendiri. Pilih rekan lain."),
    }

    def __init__(self, reason: str, *, person: str = "", **facts: int | date) -> None:
        self.person = person
        for name, value in facts.items():
            setattr(self, name, value)
        super().__init__(reason)

    @property
    def field(self) -> str:
        return self.fields[self.reason]

    @override
    def message(self) -> str:
        words = super().message()
        return f"{self.person}: {words}" if self.person else words


class NoLedgerYet(DomainError):
    """The region has not said from which year on it keeps the ledger."""

    code = "no_leave_ledger"
    words = _("Saldo cuti belum dijalankan di daerah ini. BKPSDM menjalankannya di halaman Jenis cuti.")


class Overdrawn(DomainError):
    """A correction would take more days than there are."""

    code = "leave_overdrawn"
    words = _("Tahun %(year)s hanya punya %(left)s hari. Kurangi paling banyak sebanyak itu.")

    def __init__(self, year: int, left: int) -> None:
        self.year = year
        self.left = left
        super().__init__(str(year))
