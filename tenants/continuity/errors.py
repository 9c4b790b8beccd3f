"""What cannot be done with a kit or a sheet of attendance, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.files.errors import FileRefused


class OwnAttendanceSheet(DomainError):
    """Who brought the sheet in does not approve it."""

    status = 403
    code = "own_attendance_sheet"
    words = _("Isian ini Anda masukkan sendiri. Persetujuannya harus oleh orang lain di BKPSDM.")


class AttendanceSheetDecided(DomainError):
    """The sheet does not wait any more."""

    status = 409
    code = "attendance_sheet_decided"
    words = _("Isian ini sudah disetujui atau ditarik. Muat ulang halaman ini.")


class NobodyInOpd(DomainError):
    """The OPD has no people in the days asked for."""

    code = "nobody_in_opd"
    words = _("OPD ini tidak memiliki pegawai pada hari-hari itu, jadi paketnya kosong.")


class PasswordUnknown(DomainError):
    """The sheet is encrypted with another password than the kit's."""

    status = 422
    code = "password_unknown"
    words = _("Berkas ini terkunci dengan kata sandi lain. Simpan tanpa kata sandi, atau dengan kata sandi paket.")


class LetterRefused(FileRefused):
    """The cover letter is no file that is taken."""
