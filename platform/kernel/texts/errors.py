"""What the texts app refuses, in words."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class TextRefused(DomainError):
    """A text that cannot be held was written where it would stand for good."""

    status = 422
    code = "text_refused"
    words = _(
        "Teks pada isian %(field)s belum dapat disimpan. Tulis ulang tanpa huruf hias, nama situs, atau tautan luar. "
        "Bila tulisan itu memang bagian pekerjaan Anda, jelaskan dengan kalimat biasa."
    )

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


class DecisionRefused(ReasonRefused):
    """A decision on a held text that cannot be taken."""

    code = "text_decision_refused"
    reasons = {
        "decided": _("Teks ini sudah diputuskan orang lain. Muat ulang halamannya."),
        "open": _("Teks ini belum diputuskan."),
        "locked": _("Catatan tempat teks ini berada sudah terkunci, sehingga tulisannya tidak dapat diubah lagi."),
        "changed": _("Tulisan di catatannya sudah diganti sejak keputusan itu, sehingga tidak dapat dikembalikan."),
    }
