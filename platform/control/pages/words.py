"""Reasons and notes of a scan in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from control.pages.models import Scan
from control.pages.visitors import VISITORS
from control.pages.watching import BAD_CERTIFICATE, NEW_VERIFICATION, SITEMAP_JUMPED

_REASONS: Final[dict[str, str | Promise]] = {
    "chunks": gettext_lazy("bagian halaman mempromosikan judi"),
    "hidden_anchor": gettext_lazy("tautan tersembunyi ke situs judi"),
    "hidden_text": gettext_lazy("teks judi yang disembunyikan"),
    "anchor": gettext_lazy("tautan ke situs judi"),
    "canonical_elsewhere": gettext_lazy("alamat kanonik menunjuk situs asing"),
    "amphtml_elsewhere": gettext_lazy("versi AMP menunjuk situs asing"),
    "base_elsewhere": gettext_lazy("semua tautan dialihkan ke situs asing"),
    "script_redirect": gettext_lazy("skrip yang mengalihkan pengunjung"),
    "meta_refresh": gettext_lazy("pengalihan otomatis ke situs asing"),
    "redirect": gettext_lazy("dialihkan server ke situs asing"),
    "title": gettext_lazy("judul halaman mempromosikan judi"),
    "description": gettext_lazy("keterangan halaman mempromosikan judi"),
    "doorway_links": gettext_lazy("tautan ke halaman jebakan"),
    "doorway_sitemap": gettext_lazy("peta situs berisi halaman jebakan"),
    "frame": gettext_lazy("bingkai dari situs judi"),
    "hidden_frame": gettext_lazy("bingkai tersembunyi dari situs judi"),
    "loads": gettext_lazy("memuat isi dari situs judi"),
    "too_deep": gettext_lazy("susunan halaman tidak wajar"),
    "unlike": gettext_lazy("isi lain dengan tautan asing"),
    "sent_away": gettext_lazy("dialihkan ke situs asing"),
    "address": gettext_lazy("alamat IP bukan alamat publik"),
    "name": gettext_lazy("nama tidak dikenal DNS"),
    "host": gettext_lazy("bukan nama host publik"),
    "port": gettext_lazy("port yang tidak dibuka pemindai"),
    "timeout": gettext_lazy("tidak menjawab dalam 10 detik"),
    "connection": gettext_lazy("koneksi ditolak atau putus"),
    "certificate": gettext_lazy("sertifikat tidak sah"),
    "redirects": gettext_lazy("pengalihan tanpa akhir"),
    "protocol": gettext_lazy("jawaban bukan HTTP yang sah"),
    "encoding": gettext_lazy("isi tidak dapat dibuka"),
}
_NOTES: Final[dict[str, str | Promise]] = {
    SITEMAP_JUMPED: gettext_lazy("Peta situs membesar lebih dari separuh"),
    NEW_VERIFICATION: gettext_lazy("Tanda pemilik mesin pencari yang baru"),
    BAD_CERTIFICATE: gettext_lazy("Sertifikat TLS tidak sah"),
}


def finding_words(code: str) -> str:
    """What was found, in words."""
    return str(_REASONS.get(code, code))


def reason_words(reasons: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each reason with the visitors who met it: ("tautan tersembunyi ke situs judi", ["Robot mesin pencari"])."""
    found: dict[str, list[str]] = {}
    labels = {visitor.code: str(visitor.label) for visitor in VISITORS}
    for reason in reasons:
        visitor, _colon, code = reason.partition(":")
        words = str(_REASONS[code]) if code in _REASONS else _("status HTTP %(status)s") % {"status": code}
        found.setdefault(words, []).append(labels.get(visitor, visitor))
    return list(found.items())


def note_words(scan: Scan) -> list[tuple[str, str]]:
    """What else was new, with the detail."""
    notes = [(str(_NOTES[code]), detail) for code, detail in scan.notes if code in _NOTES]
    return [*notes, *((_("DNS berubah"), change) for change in scan.dns_changes)]
