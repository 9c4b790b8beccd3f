"""What is refused about assemblies."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class CallRefused(ReasonRefused):
    """People cannot be called like this."""

    status = 422
    code = "call"
    reasons: ClassVar = {
        "past": _("Waktu mulainya sudah lewat. Pegawai hanya dapat dipanggil sebelum acara dimulai."),
        "ceremony": _("Aturan daerah yang berlaku pada tanggal itu tidak mengenal kegiatan ini."),
        "nobody": _("Pilih paling sedikit satu unit atau satu pegawai."),
        "too_long": _("Satu acara paling lama 12 jam dan selesai sesudah mulai."),
    }


class AlreadyOver(DomainError):
    """It has begun, or was called off already."""

    code = "assembly_over"
    words = _("Acara ini sudah dimulai atau sudah dibatalkan.")


class NotCalled(DomainError):
    """A mark for somebody who was not called would count for nothing."""

    status = 422
    code = "not_called"
    words = _("Pegawai itu tidak dipanggil untuk acara ini.")


class NotBegun(DomainError):
    """Nobody can have come yet."""

    code = "assembly_not_begun"
    words = _("Acara ini belum dimulai.")
