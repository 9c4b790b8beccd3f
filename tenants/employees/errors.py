"""What the people pages refuse."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from typing_extensions import override

from kernel.date_words import day_words
from kernel.errors import DomainError


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

    @override
    def message(self) -> str:
        return _("Tidak ada baris yang bisa diimpor. Perbaiki berkasnya lalu unggah lagi.")


class AlreadyImported(DomainError):
    """The checked file was confirmed before."""

    code = "already_imported"

    @override
    def message(self) -> str:
        return _("Berkas ini sudah dikonfirmasi. Unggah lagi bila ingin mengimpor sekali lagi.")


class NotChecked(DomainError):
    """The file has not been checked to the end."""

    code = "not_checked"

    @override
    def message(self) -> str:
        return _("Berkas ini belum selesai diperiksa. Tunggu sampai pemeriksaan selesai.")


class PlacementOverlaps(DomainError):
    """The person holds another definitive post on some of those days."""

    status = 422
    code = "placement_overlaps"

    def __init__(self, title: str, since: date) -> None:
        self.title = title
        self.since = since
        super().__init__(f"{title} {since}")

    @override
    def message(self) -> str:
        return _("Bentrok dengan penempatan sebagai %(title)s sejak %(since)s. Periksa tanggalnya.") % {
            "title": self.title,
            "since": day_words(self.since),
        }


class PeriodReversed(DomainError):
    """The last day lies before the first."""

    status = 422
    code = "period_reversed"

    @override
    def message(self) -> str:
        return _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai.")


class SuperiorCycle(DomainError):
    """The position would stand above itself."""

    status = 422
    code = "superior_cycle"

    @override
    def message(self) -> str:
        return _("Jabatan atasan itu berada di bawah jabatan ini. Pilih jabatan lain.")


class CodeRefused(DomainError):
    """Number, code or both are wrong, used, or too old: one answer for all, so that nobody learns which."""

    status = 422
    code = "activation_refused"

    @override
    def message(self) -> str:
        return _(
            "NIP atau kode aktivasi tidak cocok, atau kodenya sudah tidak berlaku. Minta kode baru ke operator OPD."
        )


class RoleHeldBySelf(DomainError):
    """Nobody takes the management of accounts away from themselves, or gives themselves a role."""

    code = "own_roles"

    @override
    def message(self) -> str:
        return _("Peran sendiri tidak dapat diubah sendiri. Minta pengelola akun lain.")


class OwnRecord(DomainError):
    """Nobody changes the own status, golongan or post: they decide about one's pay."""

    code = "own_record"

    @override
    def message(self) -> str:
        return _("Data dan jabatan sendiri tidak dapat diubah sendiri. Minta rekan yang mengelola pegawai.")


class NipTaken(DomainError):
    """Somebody else in service has this NIP."""

    code = "nip_taken"

    def __init__(self, nip: str) -> None:
        self.nip = nip
        super().__init__(nip)

    @override
    def message(self) -> str:
        return _("NIP ini sudah dipakai pegawai lain yang masih aktif.")


class CodeReserved(DomainError):
    """The person has no active account, or one with more power than the asker may hand out a code for."""

    status = 403
    code = "code_reserved"

    @override
    def message(self) -> str:
        return _(
            "Kode untuk orang ini hanya dibuat pengelola akun daerah, karena akunnya nonaktif atau berperan khusus."
        )


class SuperiorIsSelf(DomainError):
    """Nobody is their own superior."""

    status = 422
    code = "superior_is_self"

    @override
    def message(self) -> str:
        return _("Seseorang tidak dapat menjadi atasan bagi dirinya sendiri.")


class SuperiorInactive(DomainError):
    """The person named as superior is no longer in service."""

    status = 422
    code = "superior_inactive"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    @override
    def message(self) -> str:
        return _("%(name)s sudah tidak bertugas. Pilih orang lain.") % {"name": self.name}


class SuperiorIsBelow(DomainError):
    """The person named as superior stands below: the line would run in a circle."""

    status = 422
    code = "superior_is_below"

    def __init__(self, superior: str, employee: str) -> None:
        self.superior = superior
        self.employee = employee
        super().__init__(f"{superior} below {employee}")

    @override
    def message(self) -> str:
        return _("%(superior)s berada di bawah %(employee)s, jadi tidak dapat menjadi atasannya. Pilih orang lain.") % {
            "superior": self.superior,
            "employee": self.employee,
        }


class WithoutPost(DomainError):
    """Who has no post on the day has no superior and is nobody's."""

    status = 422
    code = "without_post"

    def __init__(self, name: str, day: date) -> None:
        self.name = name
        self.day = day
        super().__init__(f"{name} {day}")

    @override
    def message(self) -> str:
        return _(
            "%(name)s tidak memegang jabatan pada %(day)s. Atasan ditetapkan untuk orang yang memegang jabatan."
        ) % {
            "name": self.name,
            "day": day_words(self.day),
        }


class OverrideOverlaps(DomainError):
    """Another superior is already said for some of those days."""

    status = 422
    code = "override_overlaps"

    def __init__(self, since: date) -> None:
        self.since = since
        super().__init__(str(since))

    @override
    def message(self) -> str:
        return _(
            "Sudah ada penetapan atasan yang mulai %(since)s. Akhiri dahulu yang itu, atau pilih tanggal lain."
        ) % {"since": day_words(self.since)}
