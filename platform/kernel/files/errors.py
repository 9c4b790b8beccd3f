"""Why a file is not taken."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class FileRefused(DomainError):
    """`reason` is empty, too_large, kind or sheet."""

    status = 422
    code = "file_refused"

    def __init__(self, reason: str, max_bytes: int) -> None:
        self.reason = reason
        self.max_bytes = max_bytes
        super().__init__(reason)

    @override
    def message(self) -> str:
        if self.reason == "empty":
            return _("Berkas kosong. Pilih berkas lain.")
        if self.reason == "too_large":
            return _("Berkas lebih besar dari %(size)s MB. Perkecil lalu kirim lagi.") % {
                "size": self.max_bytes // (1024 * 1024)
            }
        if self.reason == "sheet":
            return _("Jenis berkas ini tidak diterima. Kirim XLSX atau CSV.")
        return _("Jenis berkas ini tidak diterima. Kirim PDF, JPG atau PNG.")
