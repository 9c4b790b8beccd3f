"""Why something about an SKP is refused."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError, ReasonRefused
from kernel.periods import Month
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.words import period_label


class KeptElsewhere(DomainError):
    """The region keeps the SKP of this period the other way."""

    code = "skp_kept_elsewhere"

    def __init__(self, source: str, period: RatingPeriod) -> None:
        self.source = source
        self.period = period
        super().__init__(f"{period}: {source}")

    @override
    def message(self) -> str:
        name = period_label(self.period)
        if self.source == "bkn":
            return gettext(
                "SKP %(period)s diambil dari e-Kinerja BKN menurut pengaturan daerah. Nilainya masuk lewat impor, "
                "bukan penilaian di sini."
            ) % {"period": name}
        return gettext(
            "SKP %(period)s dinilai di sini menurut pengaturan daerah. Impor nilai tidak diterima untuk periode itu."
        ) % {"period": name}


class SettingRefused(ReasonRefused):
    """A setting cannot begin on that day."""

    code = "skp_setting_refused"
    reasons = {
        "taken": _("Sudah ada pengaturan yang mulai %(month)s. Batalkan yang itu dulu."),
        "inside": _("%(month)s berada di tengah triwulan. Pilih Januari, April, Juli, atau Oktober."),
        "rated": _("Sudah ada nilai SKP sejak %(month)s. Pengaturan hanya dapat mulai pada bulan yang belum bernilai."),
    }

    def __init__(self, reason: str, day: date) -> None:
        self.month = Month.of(day)
        super().__init__(reason)


class PlanRefused(ReasonRefused):
    """A plan cannot be made, changed or handed in."""

    code = "skp_plan_refused"
    reasons = {
        "exists": _("Rencana SKP untuk jabatan dan tahun ini sudah ada."),
        "no_post": _("Anda tidak memegang jabatan itu sekarang, jadi rencana SKP-nya tidak dapat dibuat."),
        "year": _("Rencana SKP dapat dibuat untuk tahun ini dan tahun depan."),
        "model": _("Pimpinan tinggi memakai model kuantitatif."),
        "not_open": _("Rencana ini sudah diajukan atau disetujui, jadi tidak dapat diubah."),
        "empty": _("Isi paling sedikit satu rencana hasil kerja beserta indikatornya sebelum mengajukan."),
        "no_main": _("Paling sedikit satu rencana hasil kerja harus utama."),
        "no_indicator": _("Setiap rencana hasil kerja memerlukan paling sedikit satu indikator."),
        "no_figure": _("Model kuantitatif memerlukan angka target per periode dan satuannya pada setiap indikator."),
        "expectations": _("Isi ekspektasi pimpinan untuk ketujuh perilaku BerAKHLAK sebelum mengajukan."),
        "not_waiting": _("Rencana ini tidak sedang menunggu keputusan."),
        "too_many": _("Satu rencana memuat paling banyak 20 rencana hasil kerja."),
        "superior": _("Rencana hasil kerja atasan itu tidak berlaku lagi. Pilih lagi."),
    }


class ReportRefused(ReasonRefused):
    """What was realised cannot be written, handed in or taken back."""

    code = "skp_report_refused"
    reasons = {
        "no_plan": _("Belum ada rencana SKP yang disetujui untuk periode ini."),
        "submitted": _("Realisasi periode ini sudah diserahkan. Tarik dulu untuk mengubahnya."),
        "assessed": _("Periode ini sudah dinilai, jadi realisasinya tidak dapat diubah."),
        "future": _("Periode ini belum dimulai."),
        "too_early": _("Realisasi dapat diserahkan mulai bulan terakhir periode."),
        "incomplete": _("Isi realisasi setiap indikator sebelum menyerahkan."),
        "not_submitted": _("Realisasi periode ini tidak sedang menunggu penilaian."),
        "too_many_files": _("Paling banyak 5 berkas untuk satu rencana hasil kerja."),
    }


class AssessmentRefused(ReasonRefused):
    """A period cannot be assessed, or reopened."""

    code = "skp_assessment_refused"
    reasons = {
        "own": _("Tidak ada yang menilai diri sendiri. Atasan langsung yang menilai."),
        "no_plan": _("Pegawai ini belum memiliki rencana SKP yang disetujui, jadi belum dapat dinilai."),
        "running": _(
            "Pegawai ini belum menyerahkan realisasi. Tanpa realisasi, penilaian dapat diisi setelah periode berakhir."
        ),
        "changed": _("Realisasinya diserahkan lagi sesudah Anda membuka halaman ini. Lihat isinya, lalu nilai."),
        "assessed": _("Periode ini sudah dinilai. Buka kembali dulu bila ada yang perlu diperbaiki."),
        "not_assessed": _("Periode ini belum dinilai."),
        "reason": _("Tulis alasannya."),
        "incomplete": _("Isi capaian setiap rencana hasil kerja, ketujuh perilaku, dan kedua penilaian."),
    }
