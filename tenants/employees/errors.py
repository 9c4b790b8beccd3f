"""What the people pages refuse."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from typing_extensions import override

from kernel.errors import DomainError, ReasonRefused


class RosterHasErrors(DomainError):
    """All rows were to go in, and some are wrong."""

    code = "roster_has_errors"

    def __init__(self, rows: int) -> None:
        self.rows = rows
        super().__init__(str(rows))

    @override
    def message(self) -> str:
        return ngettext(
            "%(rows)d baris salah, jadi tidak ada yang ditulis. Perbaiki berkasnya, atau impor yang benar saja.",
            "%(rows)d baris salah, jadi tidak ada yang ditulis. Perbaiki berkasnya, atau impor yang benar saja.",
            self.rows,
        ) % {"rows": self.rows}


class NothingToImport(DomainError):
    """No row of the file is right."""

    code = "nothing_to_import"
    words = _("Tidak ada baris yang bisa diimpor. Perbaiki berkasnya lalu unggah lagi.")


class AlreadyImported(DomainError):
    """The checked file was confirmed before."""

    code = "already_imported"
    words = _("Berkas ini sudah dikonfirmasi. Unggah lagi bila ingin mengimpor sekali lagi.")


class NotChecked(DomainError):
    """The file has not been checked to the end."""

    code = "not_checked"
    words = _("Berkas ini belum selesai diperiksa. Tunggu sampai pemeriksaan selesai.")


class PlacementOverlaps(DomainError):
    """The person holds another definitive post on some of those days."""

    status = 422
    code = "placement_overlaps"
    words = _("Bentrok dengan penempatan sebagai %(title)s sejak %(since)s. Periksa tanggalnya.")

    def __init__(self, title: str, since: date) -> None:
        self.title = title
        self.since = since
        super().__init__(f"{title} {since}")


class PeriodReversed(DomainError):
    """The last day lies before the first."""

    status = 422
    code = "period_reversed"
    words = _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai.")


class SuperiorCycle(DomainError):
    """The position would stand above itself."""

    status = 422
    code = "superior_cycle"
    words = _("Jabatan atasan itu berada di bawah jabatan ini. Pilih jabatan lain.")


class RoleHeldBySelf(DomainError):
    """Nobody takes the management of accounts away from themselves, or gives themselves a role."""

    code = "own_roles"
    words = _("Peran sendiri tidak dapat diubah sendiri. Minta pengelola akun lain.")


class OwnRecord(DomainError):
    """Nobody changes the own status, golongan or post: they decide about one's pay."""

    code = "own_record"
    words = _("Data dan jabatan sendiri tidak dapat diubah sendiri. Minta rekan yang mengelola pegawai.")


class StopRefused(ReasonRefused):
    """A stop of service that contradicts another of the same person. `kind` and `since` tell which."""

    status = 422
    code = "stop_refused"
    reasons = {
        "reversed": _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai."),
        "ending_is_final": _("Penghentian ini tidak punya tanggal akhir. Kosongkan “Sampai”."),
        "ended": _("Sudah tercatat %(kind)s sejak %(since)s. Betulkan catatan itu."),
        "after_ending": _("Sudah tercatat %(kind)s sejak %(since)s, jadi tidak ada tugas lagi sesudahnya."),
        "overlaps": _("Bentrok dengan %(kind)s yang tercatat sejak %(since)s. Periksa tanggalnya."),
    }

    def __init__(self, reason: str, kind: object = "", since: date | None = None) -> None:
        self.kind = kind
        self.since = since
        super().__init__(reason)


class NipTaken(DomainError):
    """Somebody else in service has this NIP."""

    code = "nip_taken"
    words = _("NIP ini sudah dipakai pegawai lain yang masih aktif.")

    def __init__(self, nip: str) -> None:
        self.nip = nip
        super().__init__(nip)


class CodeReserved(DomainError):
    """The person has no active account, or one with more power than the asker may hand out a code for."""

    status = 403
    code = "code_reserved"
    words = _("Kode untuk orang ini hanya dibuat pengelola akun daerah, karena akunnya nonaktif atau berperan khusus.")


class SuperiorIsSelf(DomainError):
    """Nobody is their own superior."""

    status = 422
    code = "superior_is_self"
    words = _("Seseorang tidak dapat menjadi atasan bagi dirinya sendiri.")


class SuperiorInactive(DomainError):
    """The person named as superior is no longer in service."""

    status = 422
    code = "superior_inactive"
    words = _("%(name)s sudah tidak bertugas. Pilih orang lain.")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class SuperiorIsBelow(DomainError):
    """The person named as superior stands below: the line would run in a circle."""

    status = 422
    code = "superior_is_below"
    words = _("%(superior)s berada di bawah %(employee)s, jadi tidak dapat menjadi atasannya. Pilih orang lain.")

    def __init__(self, superior: str, employee: str) -> None:
        self.superior = superior
        self.employee = employee
        super().__init__(f"{superior} below {employee}")


class WithoutPost(DomainError):
    """Who has no post on the day has no superior and is nobody's."""

    status = 422
    code = "without_post"
    words = _("%(name)s tidak memegang jabatan pada %(day)s. Atasan ditetapkan untuk orang yang memegang jabatan.")

    def __init__(self, name: str, day: date) -> None:
        self.name = name
        self.day = day
        super().__init__(f"{name} {day}")


class OverrideOverlaps(DomainError):
    """Another superior is already said for some of those days."""

    status = 422
    code = "override_overlaps"
    words = _("Sudah ada penetapan atasan yang mulai %(since)s. Akhiri dahulu yang itu, atau pilih tanggal lain.")

    def __init__(self, since: date) -> None:
        self.since = since
        super().__init__(str(since))
