"""The words for what is wrong or unusual in a row of the roster."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from kernel.sheets.words import Words
from tenants.employees.nip import Remark
from tenants.employees.roster_sheet import Fault

ROSTER_WORDS: Final[Words] = {
    Fault.OPD_HAS_PARENT: _("OPD tidak punya unit induk. Kosongkan kolom ini, atau ganti jenis unitnya."),
    Fault.PARENT_MISSING: _("Unit ini harus punya unit induk. Isi kode OPD atau unit di atasnya."),
    Fault.UNIT_UNKNOWN: _("Kode unit %(code)s tidak ada, atau barisnya salah. Tambahkan atau perbaiki di lembar Unit."),
    Fault.UNIT_CYCLE: _("Unit ini berada di bawah dirinya sendiri lewat %(code)s. Perbaiki unit induknya."),
    Fault.CODE_TWICE: _("Kode ini dipakai dua kali, juga di baris %(other)s. Sisakan satu baris."),
    Fault.SUPERIOR_UNKNOWN: _(
        "Kode jabatan atasan %(code)s tidak ada, atau barisnya salah. Tambahkan atau perbaiki di lembar Jabatan."
    ),
    Fault.SUPERIOR_SELF: _("Jabatan tidak bisa menjadi atasan dirinya sendiri."),
    Fault.SUPERIOR_CYCLE: _(
        "Atasan jabatan ini berputar kembali ke dirinya lewat %(code)s. Perbaiki jabatan atasannya."
    ),
    Fault.OFFICE_TAKEN: _("Jabatan %(code)s sudah ditandai sebagai pejabat itu. Sisakan satu."),
    Fault.OFFICE_NOT_AT_OPD: _("Kepala OPD harus berada di OPD sendiri, bukan di unit di bawahnya."),
    Fault.POSITION_UNKNOWN: _(
        "Kode jabatan %(code)s tidak ada, atau barisnya salah. Tambahkan atau perbaiki di lembar Jabatan."
    ),
    Fault.GRADE_UNKNOWN: _("Golongan untuk %(status)s tidak dikenal. Tulis seperti %(example)s."),
    Fault.NIP_NUMBER: _(
        "NIP tersimpan sebagai angka, jadi digit terakhirnya berubah. Ubah format sel menjadi Teks, lalu ketik ulang "
        "18 angkanya."
    ),
    Fault.NIP_LENGTH: _("NIP harus tepat 18 angka."),
    Fault.NIP_BIRTH_DATE: _("Delapan angka pertama NIP bukan tanggal lahir yang ada. Periksa ketikannya."),
    Fault.NIP_BIRTH_YEAR: _("Tahun lahir di NIP sebelum 1940. Periksa empat angka pertama."),
    Fault.NIP_TOO_YOUNG: _("Menurut NIP, orang ini diangkat sebelum umur 16 tahun. Periksa angka 1–4 dan 9–12."),
    Fault.NIP_APPOINTED_LATER: _("Tahun pengangkatan di NIP lewat dari tahun depan. Periksa angka 9–12."),
    Fault.NIP_CODE: _("Angka 13–14 bukan bulan (01–12) dan bukan kode PPPK (20–39). Periksa ketikannya."),
    Fault.NIP_SEX: _("Angka 15 harus 1 (laki-laki) atau 2 (perempuan)."),
    Fault.NIP_SERIAL: _("Tiga angka terakhir NIP tidak boleh 000."),
    Fault.NIP_TWICE: _(
        "NIP ini sudah punya penempatan definitif pada tanggal yang sama di baris %(other)s. Hapus salah satu, isi "
        "kolom Sampai, atau pilih Plt/Plh."
    ),
    Fault.NIP_OF_ANOTHER: _(
        "NIP ini milik %(name)s. Bila orangnya sama, samakan dulu namanya; bila bukan, perbaiki NIP."
    ),
    Fault.NIP_INACTIVE: _("NIP ini milik pegawai yang sudah dinonaktifkan. Aktifkan dulu di halaman pegawainya."),
    Fault.PERSON_DIFFERS: _("Nama, status atau golongan berbeda dari baris %(other)s dengan NIP yang sama. Samakan."),
    Fault.PERSON_WRONG: _("Baris %(other)s dengan NIP yang sama masih salah. Perbaiki itu dulu."),
    Fault.LATER_TERMS: _(
        "Kelas atau kategori lain sudah tercatat mulai %(since)s. Isi Berlaku mulai sesudahnya, atau betulkan di "
        "halaman jabatan."
    ),
    Fault.LATER_STANDING: _(
        "Status atau golongan lain sudah tercatat mulai %(since)s. Isi TMT sesudahnya, atau betulkan di halaman "
        "pegawai."
    ),
    Fault.MONTH_CLOSED: _(
        "OPD-nya sudah mengunci bulan sebelum %(first)s. Isi tanggal mulai %(first)s atau sesudahnya, atau buka dulu "
        "kuncinya."
    ),
    Fault.END_CLOSED: _(
        "OPD-nya sudah mengunci bulan sebelum %(first)s, jadi akhir jabatan tidak dapat diubah ke sana. "
        "Isi paling awal %(last)s, atau buka dulu kuncinya."
    ),
    Fault.STANDING_GAP: _(
        "Mulai %(day)s golongannya menjadi '%(golongan)s' untuk %(status)s, dan itu tidak ada. Samakan TMT status dan "
        "TMT golongan."
    ),
    Fault.STARTS_TOO_EARLY: _("TMT sebelum %(earliest)s. Periksa tahunnya."),
    Fault.ENDS_BEFORE_START: _("Tanggal Sampai lebih dulu dari TMT."),
    Fault.OVERLAPS: _(
        "Bentrok dengan penempatan di jabatan %(position)s sejak %(since)s. Periksa TMT, atau ubah di halaman "
        "pegawainya."
    ),
    f"nip_{Remark.APPOINTED_OLD}": _("Menurut NIP, diangkat sesudah umur 58 tahun. Periksa bila ragu."),
    f"nip_{Remark.UNKNOWN_CODE}": _("Kode PPPK pada angka 13–14 jarang dipakai. Periksa bila ragu."),
    f"nip_{Remark.STATUS_DIFFERS}": _("Angka 13–14 NIP tidak cocok dengan statusnya. Periksa bila ragu."),
}
