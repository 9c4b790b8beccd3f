"""What the rule set app refuses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.date_words import day_words
from kernel.errors import DomainError, MonthRefused
from kernel.web.templatetags.kd import waktu
from tenants.rules.engine import Problem, RuleSetError

if TYPE_CHECKING:
    from tenants.rules.models import RuleSetRevision


class RuleSetRefused(DomainError):
    """The text is not a rule set; `problems` has every place and reason."""

    status = 422
    code = "rule_set_refused"

    def __init__(self, error: RuleSetError) -> None:
        self.problems: tuple[Problem, ...] = error.problems
        super().__init__(str(error))

    @override
    def message(self) -> str:
        count = len(self.problems)
        return ngettext(
            "Berkas aturan belum dapat dipakai: ada %(count)d masalah.",
            "Berkas aturan belum dapat dipakai: ada %(count)d masalah.",
            count,
        ) % {"count": count}


class UnknownReadySet(DomainError):
    """No rule set with this code ships with the platform."""

    status = 404
    code = "unknown_ready_set"

    def __init__(self, ready: str, known: tuple[str, ...]) -> None:
        self.ready = ready
        self.known = known
        super().__init__(ready)

    @override
    def message(self) -> str:
        return gettext("Tidak ada aturan siap pakai bernama %(code)s. Yang ada: %(known)s.") % {
            "code": self.ready,
            "known": ", ".join(self.known),
        }


class StartRefused(DomainError):
    """A rule set starts on the first day of a month, within the time for which its text is written."""

    status = 422
    code = "start_refused"

    def __init__(self, start: date, earliest: date, end: date | None) -> None:
        self.start = start
        self.earliest = earliest
        self.end = end
        super().__init__(f"{start} (earliest {earliest})")

    @override
    def message(self) -> str:
        if self.start.day != 1:
            return gettext("Aturan mulai berlaku pada tanggal 1. Pilih tanggal 1 suatu bulan.")
        if self.end is not None and self.start >= self.end:
            return gettext("Naskah aturan ini berakhir sebelum %(end)s; pilih tanggal yang lebih awal.") % {
                "end": day_words(self.end)
            }
        return gettext("Naskah aturan ini baru berlaku %(earliest)s; pilih tanggal itu atau sesudahnya.") % {
            "earliest": day_words(self.earliest)
        }


class NotADraft(DomainError):
    """The rule set was published or discarded and is final."""

    code = "not_a_draft"
    words = _("Aturan ini sudah terbit atau sudah dibuang, jadi tidak dapat diubah lagi. Buat versi baru.")


class StaleDraft(DomainError):
    """Somebody saved the draft after this person opened it; `latest` is that save."""

    code = "stale_draft"

    def __init__(self, latest: RuleSetRevision | None) -> None:
        self.latest = latest
        super().__init__(str(latest))

    @override
    def message(self) -> str:
        if self.latest is None or self.latest.saved_by is None:
            return gettext("Draf ini sudah diubah sejak Anda membukanya. Isian Anda belum tersimpan.")
        return gettext("%(person)s menyimpan draf ini %(when)s (%(what)s). Isian Anda belum tersimpan.") % {
            "person": self.latest.saved_by,
            "when": waktu(self.latest.saved_at),
            "what": self.latest.what,
        }


class AlreadySigned(DomainError):
    """The same person has signed this text; the second signature must be another person's."""

    code = "already_signed"
    words = _("Anda sudah menandatangani naskah ini. Tanda tangan kedua harus dari orang lain.")


class AlreadyConfirmed(DomainError):
    """Somebody of the region stands for the table as it is now."""

    code = "table_already_confirmed"
    words = _("Tabel ini sudah dikonfirmasi.")


class TableChanged(DomainError):
    """The table has other figures than the page that the person read."""

    code = "table_changed"
    words = _("Isi tabel berubah sejak Anda membukanya. Muat ulang halaman ini, lalu cocokkan lagi.")


class CannotPublish(DomainError):
    """`reasons` are sentences for the person, one for each thing that is still missing."""

    code = "cannot_publish"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))

    @override
    def message(self) -> str:
        return gettext("Aturan belum dapat diterbitkan. %(reasons)s") % {"reasons": " ".join(self.reasons)}


class RuleSetTampered(DomainError):
    """The stored text no longer has the digest it was stored under. Page the operator."""

    status = 500
    code = "rule_set_tampered"
    words = _("Naskah aturan tidak sama dengan sidiknya. Perhitungan dihentikan; hubungi pengelola platform.")


class NoRulesInForce(MonthRefused):
    """No published rule set holds in this month."""

    code = "no_rules_in_force"
    words = _("Belum ada aturan terbit yang berlaku pada %(month)s. Terbitkan dulu di halaman Aturan.")
