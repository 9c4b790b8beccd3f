"""What each reason of a punch means for the person who made it, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDS: Final[dict[str, _StrPromise]] = {
    "offline": _("Dibuat tanpa sinyal, dikirim kemudian."),
    "clock_corrected": _("Jam HP berbeda dari jam server; yang dihitung jam yang sudah dibetulkan."),
    "clock_unproven": _("HP sempat dimatikan sebelum terkirim; jam HP dipakai."),
    "clock_skew": _("Jam HP meleset lebih dari dua menit; jamnya dibetulkan dan diperiksa."),
    "clock_only": _("Jamnya hanya menurut HP, jadi diperiksa."),
    "clock_inconsistent": _("Jam HP berubah sebelum terkirim, jadi diperiksa."),
    "before_mark": _("Jam HP lebih awal daripada hubungan terakhir dengan server, jadi diperiksa."),
    "future": _("Jam HP mendahului jam server; yang dihitung saat diterima."),
    "late": _("Terkirim lebih dari tiga hari kemudian, jadi diperiksa."),
    "month_closed": _("Bulannya sudah dikunci; dicatat untuk perhitungan selisih."),
    "key_none": _("Dikirim lewat halaman, tanpa tanda tangan HP."),
    "key_pending": _("HP baru, menunggu konfirmasi operator OPD."),
    "key_replaced": _("Dibuat di HP lama sebelum diganti."),
    "key_unconfirmed": _("HP ini belum dikonfirmasi operator OPD lebih dari 24 jam, jadi diperiksa."),
    "key_revoked": _("HP ini sudah dilaporkan hilang atau ditolak, jadi diperiksa."),
    "place_within_error": _("Di dekat tempat kerja, dalam batas ketelitian GPS."),
    "place_unknown": _("Lokasi tidak diketahui."),
    "place_outside": _("Di luar tempat kerja, jadi diperiksa."),
    "chain_gap": _("Ada absen sebelumnya di HP ini yang belum sampai, jadi diperiksa."),
    "chain_reordered": _("Urutan absen di HP ini tidak sesuai jamnya, jadi diperiksa."),
    "not_employed": _("Data pegawai tidak aktif, jadi diperiksa."),
    "carried": _("Dititipkan lewat HP rekan."),
    "office_code": _("Kode kantor cocok."),
    "office_code_other_time": _("Kode kantor dari waktu lain, jadi diperiksa."),
    "office_code_wrong": _("Kode kantor tidak cocok, jadi diperiksa."),
    "roll_call": _("Hadir dengan kode apel."),
    "roll_call_other_time": _("Kode apel dari waktu lain, jadi diperiksa."),
    "roll_call_wrong": _("Kode apel tidak cocok, jadi diperiksa."),
    "roll_call_ticked": _("Dicatat hadir oleh pimpinan apel."),
    "roll_call_paired": _("QR pegawai dipindai oleh pimpinan apel."),
    "kiosk_qr": _("QR pegawai di kios."),
    "kiosk_pin": _("PIN di kios."),
    "kiosk_pin_tries": _("PIN di kios sesudah beberapa kali salah, jadi diperiksa."),
    "kiosk_other_time": _("QR pegawai dari waktu lain, jadi diperiksa."),
    "kiosk_revoked": _("Kios ini sudah tidak dipakai, jadi diperiksa."),
    "person_key_pending": _("HP pegawai menunggu konfirmasi."),
    "machine_open": _("Mesin absen dikenali dari nomor serinya saja."),
    "machine_clock": _("Jam mesin absen meleset, jadi diperiksa."),
    "machine_shifted": _("Jam mesin absen terlalu cepat; waktunya dibetulkan petugas, jadi diperiksa."),
    "machine_paired_late": _("PIN mesin dipasangkan sesudah absennya masuk."),
}
# Why an event is not taken at all.
REFUSALS: Final[dict[str, _StrPromise]] = {
    "signature": _("Tanda tangan HP tidak cocok. Buka halaman absen sekali dengan sinyal, lalu absen lagi."),
    "key_unknown": _("HP ini belum terdaftar. Buka halaman absen sekali dengan sinyal, lalu absen lagi."),
    "foreign_region": _("Absen ini milik daerah lain."),
    "unreadable": _("Absen ini tidak dapat dibaca. Buka halaman absen, lalu absen sekali lagi."),
    "other_person": _("Absen ini sudah tercatat atas nama orang lain. Muat ulang halaman, lalu absen sekali lagi."),
    "no_person": _("Kios tidak menyebut pegawainya."),
    "kiosk_wrong_pin": _("PIN salah."),
    "kiosk_no_pin": _("Pegawai ini belum punya PIN kios."),
    "kiosk_wrong_qr": _("QR pegawai tidak cocok."),
    "kiosk_no_person": _("Pegawai tidak ditemukan."),
    "kiosk_unreadable": _("Kode di kios tidak dapat dibaca."),
}
# Why a punch says no place (`place_error`); codes that say nothing to a person are not here.
WHY_NOWHERE: Final[dict[str, _StrPromise]] = {
    "denied": _("Izin lokasi tidak diberikan di HP itu."),
    "unavailable": _("GPS HP tidak menemukan lokasi."),
    "timeout": _("GPS HP tidak menjawab pada waktunya."),
    "left": _("Halaman ditinggalkan sebelum GPS menjawab."),
    "unsupported": _("Peramban itu tidak dapat memberi lokasi."),
    "no_script": _("Dikirim lewat halaman tanpa skrip, yang tidak membaca lokasi."),
}


def words_of(reason: str, *, refused: bool = False) -> str:
    """The words for a reason's code; the code itself for one that is not known here."""
    return str((REFUSALS if refused else WORDS).get(reason, reason))
