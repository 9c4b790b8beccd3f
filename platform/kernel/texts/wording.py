"""The detector's findings, in words that a reviewer understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {
    "brand_number": _("Bentuk nama situs judi: kata dengan angka"),
    "brand_ending": _("Bentuk nama situs judi: akhiran"),
    "brand_ending_upper": _("Bentuk nama situs judi: akhiran"),
    "brand_beginning": _("Bentuk nama situs judi: awalan"),
    "brand_spoken": _("Nama dengan angka yang dieja"),
    "disguised_brand": _("Nama yang disamarkan"),
    "disguised_term": _("Kata judi yang disamarkan"),
    "styled_letters": _("Huruf hias"),
    "mixed_script": _("Huruf dari abjad lain di tengah kata"),
    "combining_marks": _("Huruf yang ditempeli tanda"),
    "spaced_letters": _("Huruf yang direnggangkan"),
    "broken_word": _("Kata yang dipotong tanda atau emoji"),
    "foreign_link": _("Alamat luar"),
    "testimonial": _("Kata ajakan atau kesaksian di dekatnya"),
    "context": _("Kata yang meringankan, misalnya sosialisasi atau laporan"),
    "second_opinion": _("Pendapat kedua (model)"),
}
_FAMILIES: dict[str, str | Promise] = {
    "term": _("Kata judi daring"),
    "phrase": _("Ungkapan judi daring"),
    "money": _("Jumlah uang di dekat kata judi daring"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason as it is shown."""

    words: str | Promise
    piece: str
    weight: str


def findings(reasons: Sequence[Sequence[Any]]) -> list[Finding]:
    """Stored reasons (code, piece, weight) in words; an unknown code of an older release is shown as it is."""
    shown = []
    for code, piece, weight in reasons:
        words = _WORDS.get(code) or _FAMILIES.get(str(code).partition("_")[0]) or code
        shown.append(Finding(words, piece, f"{weight:+g}" if weight else ""))
    return shown
