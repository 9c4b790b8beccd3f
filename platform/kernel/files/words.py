"""Why a file is not taken or not handed out, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.files.inspection.kinds import DOCUMENTS, Kind
from kernel.files.models import StoredFile

_RENAME = gettext_lazy("Nama berkas tidak diterima. Ganti namanya dengan huruf, angka dan spasi, lalu kirim lagi.")
_DAMAGED = gettext_lazy("Berkas ini tidak dapat dibuka atau rusak. Simpan ulang dari aplikasinya, lalu kirim lagi.")
_DANGEROUS = gettext_lazy("Berkas ini ditahan karena isinya dapat membahayakan. Kirim berkas lain.")
_HIDES = gettext_lazy(
    "Berkas ini memuat data lain di dalamnya. Simpan ulang dari aplikasinya, atau foto dokumennya, lalu kirim lagi."
)
_PACKED = gettext_lazy("Isi berkas ini terlalu besar setelah dibuka. Kurangi isinya, lalu kirim lagi.")
_MACRO = gettext_lazy(
    "Berkas ini memuat makro, objek aktif atau perintah yang berjalan sendiri. Simpan ulang tanpa itu, lalu kirim lagi."
)
_ADVERT = gettext_lazy("Berkas ini memuat teks yang tidak dapat diterima di sini.")

# By the code of the finding that decided. Codes without words of their own: damaged or dangerous, by the verdict.
WORDS: Final[Mapping[str, Any]] = {
    "empty": gettext_lazy("Berkas kosong. Pilih berkas lain."),
    "too_many": gettext_lazy("Terlalu banyak berkas dalam waktu singkat. Tunggu sebentar, lalu kirim lagi."),
    "known_bad": gettext_lazy("Berkas yang sama pernah ditahan karena berbahaya. Kirim berkas lain."),
    "name_length": gettext_lazy("Nama berkas kosong atau terlalu panjang. Beri nama yang lebih pendek."),
    "name_control": _RENAME,
    "name_hidden_letters": _RENAME,
    "name_path": _RENAME,
    "name_markup": _RENAME,
    "name_dotfile": _RENAME,
    "name_double_extension": gettext_lazy(
        "Nama berkas memuat akhiran program (misalnya .php atau .exe). Ganti namanya, lalu kirim lagi."
    ),
    "phone_picture": gettext_lazy("Foto HEIC belum diterima. Simpan atau kirim ulang sebagai JPG."),
    "locked": gettext_lazy("Berkas ini terkunci kata sandi. Simpan tanpa kata sandi, lalu kirim lagi."),
    "not_at_beginning": _HIDES,
    "data_after_end": _HIDES,
    "archive_hidden_data": _HIDES,
    "pixels": gettext_lazy("Gambar ini terlalu besar (lebih dari 40 juta piksel). Perkecil, lalu kirim lagi."),
    "archive_entries": _PACKED,
    "archive_size": _PACKED,
    "archive_ratio": _PACKED,
    "too_complex": gettext_lazy("Berkas ini terlalu rumit untuk diperiksa. Simpan ulang dengan isi lebih sedikit."),
    "script": gettext_lazy("PDF ini memuat skrip. Cetak ulang ke PDF, lalu kirim hasilnya."),
    "embedded_file": gettext_lazy("PDF ini memuat berkas terlampir. Kirim lampirannya tersendiri."),
    "media": gettext_lazy("PDF ini memuat media. Cetak ulang ke PDF, lalu kirim hasilnya."),
    "link_runs": gettext_lazy("Berkas ini memuat tautan yang menjalankan perintah. Hapus tautannya, lalu kirim lagi."),
    "macro": _MACRO,
    "active_x": _MACRO,
    "dde": _MACRO,
    "action": _MACRO,
    "fetches": gettext_lazy(
        "Berkas ini mengambil isi dari alamat lain saat dibuka. Putuskan tautan atau templatnya, lalu kirim lagi."
    ),
    "external_link": gettext_lazy(
        "Berkas ini tertaut ke berkas lain. Putuskan tautannya (Data, Edit Links, Break Link), lalu kirim lagi."
    ),
    "server_tag_like": gettext_lazy("Berkas ini memuat potongan yang mirip kode program."),
    "embedded_object": gettext_lazy("Berkas ini memuat objek sisipan dari format lama. Simpan sebagai PDF lebih aman."),
    "unknown_part": gettext_lazy("Berkas ini memuat bagian yang tidak dikenal."),
    "link_elsewhere": gettext_lazy("Berkas ini memuat tautan ke komputer lain di jaringan."),
    "form": gettext_lazy("PDF ini memuat formulir yang isinya dapat berubah sendiri. Cetak ulang ke PDF."),
    "words_unreadable": gettext_lazy(
        "Teks berkas ini terlalu panjang atau rumit untuk dibaca, jadi belum dapat dinilai."
    ),
    "advert_name": _ADVERT,
    "advert_title": _ADVERT,
    "advert_text": _ADVERT,
}
_NEWER: Final = {"doc": Kind.DOCX, "dot": Kind.DOCX, "xls": Kind.XLSX, "xlt": Kind.XLSX}


def why_refused(finding: Mapping[str, str], allowed: frozenset[Kind]) -> str:
    """What is wrong and the way out, for the finding that decided; `allowed` are the kinds taken there."""
    code, detail = finding["code"], finding.get("detail", "")
    if code == "legacy_office":
        return _way_out_of_old_office(_NEWER.get(detail, Kind.PPTX if detail else None), allowed)
    if code in ("extension", "name_executable", "binary"):
        return _("Jenis berkas ini tidak diterima. Kirim %(kinds)s.") % {"kinds": _named(allowed)}
    if code in ("content", "office_kind"):
        return _("Isi berkas tidak sesuai dengan akhiran namanya. Kirim %(kinds)s.") % {"kinds": _named(allowed)}
    words = WORDS.get(code)
    if words is None:
        words = _DANGEROUS if finding["verdict"] == "quarantine" else _DAMAGED
    return str(words)


def _way_out_of_old_office(newer: Kind | None, allowed: frozenset[Kind]) -> str:
    if newer is None or newer not in allowed:
        taken = [kind for kind in (Kind.PDF, Kind.DOCX, Kind.XLSX, Kind.PPTX) if kind in allowed]
        newer = taken[0] if taken else Kind.PDF
    return _("Format Office lama tidak diterima. Buka berkasnya, simpan sebagai .%(kind)s, lalu kirim lagi.") % {
        "kind": newer
    }


def _named(allowed: frozenset[Kind]) -> str:
    names = [kind.value.upper() for kind in Kind if kind in allowed]
    if not names[1:]:
        return "".join(names)
    return _("%(kinds)s atau %(last)s") % {"kinds": ", ".join(names[:-1]), "last": names[-1]}


def deciding(findings: Iterable[Mapping[str, str]]) -> Mapping[str, str] | None:
    """The worst finding, the first of several."""
    order = ("quarantine", "reject", "review")
    return min(findings, key=lambda finding: order.index(finding["verdict"]), default=None)


def state_words(stored: StoredFile) -> str:
    """Why the file cannot be had now; empty when it can."""
    if stored.is_clean:
        return ""
    if stored.scan == StoredFile.Scan.PENDING:
        return _("Berkas ini masih diperiksa. Biasanya selesai dalam satu menit; muat ulang halaman ini.")
    if stored.scan == StoredFile.Scan.REVIEW:
        return _("Berkas ini menunggu ditinjau petugas sebelum dapat dibuka.")
    finding = deciding(stored.findings)
    return str(_DANGEROUS) if finding is None else why_refused(finding, DOCUMENTS)
