"""The evidence of a signal in a sentence, with its innocent explanation where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.punch_review.models import Selfie
from tenants.punches.words import words_of

TITLES: Final = {
    "graded": gettext_lazy("Alasan ditinjau"),
    "repeated_place": gettext_lazy("Koordinat sama persis berulang"),
    "few_decimals": gettext_lazy("Koordinat seperti diketik"),
    "impossible_speed": gettext_lazy("Perpindahan tidak mungkin"),
    "perfect_accuracy": gettext_lazy("Akurasi terlalu sempurna"),
    "crowd": gettext_lazy("Banyak orang di satu koordinat"),
    "selfie_repeated": gettext_lazy("Swafoto sudah pernah dipakai"),
    "selfie_missing": gettext_lazy("Swafoto tidak dikirim"),
    "queue_from": gettext_lazy("Masuk antrean mulai jumlah"),
}


def evidence_words(code: str, evidence: Mapping[str, Any]) -> str:
    """What was found, for who decides and for the owner."""
    if code == "graded":
        return " ".join(words_of(reason) for reason in evidence.get("reasons", ()))
    if code == "repeated_place":
        return (
            _("Sampai angka terakhir sama dengan %(days)s hari lain. GPS sungguhan selalu bergeser sedikit.") % evidence
        )
    if code == "few_decimals":
        return _("Letaknya %(latitude)s, %(longitude)s: paling banyak empat angka di belakang koma.") % evidence
    if code == "impossible_speed":
        minutes = max(1, int(evidence["seconds"]) // 60)
        return _("%(km)s km dari absen sebelumnya dalam %(minutes)s menit. Bisa juga jam HP yang keliru.") % {
            "km": f"{int(evidence['metres']) / 1000:.1f}".replace(".", ","),
            "minutes": minutes,
        }
    if code == "perfect_accuracy":
        return _("HP menyebut akurasi %(accuracy_m)s m; GPS HP biasanya 3 m atau lebih.") % evidence
    if code == "crowd":
        return (
            _("%(people)s orang di koordinat yang sama persis hari itu. Bisa juga letak dari satu jaringan.") % evidence
        )
    if code == "selfie_repeated":
        return _("Foto yang sama persis sudah datang dengan absen lain.")
    if code == "selfie_missing" and (reason := evidence.get("reason")) in Selfie.Reason.values:
        return _("Swafoto diminta untuk absen ini. Alasan tanpa foto: %(reason)s.") % {
            "reason": Selfie.Reason(reason).label
        }
    if code == "selfie_missing":
        return _("Swafoto diminta untuk absen ini dan belum datang dalam 24 jam.")
    return code
