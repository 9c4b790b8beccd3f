"""What the watch over names refuses."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class NoPublicName(DomainError):
    """What was written is no public host name."""

    status = 422
    code = "no_public_name"
    words = _("Tulis nama host publik saja, tanpa http dan tanpa garis miring. Contoh: dinas.manadokota.go.id")


class NameWatchedAlready(DomainError):
    """The region has the name on its list."""

    code = "name_watched"
    words = _("%(name)s sudah ada di daftar wilayah ini.")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class NotProved(DomainError):
    """Neither the record nor the file was found."""

    code = "not_proved"
    words = _(
        "Bukti untuk %(name)s belum ditemukan. Pastikan catatan TXT atau berkasnya sudah terbit, lalu periksa lagi; "
        "perubahan DNS kadang baru terbaca setelah satu jam."
    )

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class NotWatched(ReasonRefused):
    """The name cannot be scanned or stopped now."""

    code = "not_watched"
    reasons: ClassVar = {
        "state": _("Nama ini belum dibuktikan atau sudah tidak dipantau. Buktikan dulu, lalu pindai."),
        "platform": _("Alamat platform selalu dipantau selama dipakai wilayahnya."),
        "running": _("Pemindaian sedang berjalan. Hasilnya muncul di halaman ini."),
    }
