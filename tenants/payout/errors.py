"""What the payout app refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from typing_extensions import override

from kernel.date_words import month_words
from kernel.errors import DomainError
from kernel.periods import Month


class NotApproved(DomainError):
    """A chain is in force and has not approved this run. `reasons` are sentences for the person."""

    code = "not_approved"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))

    @override
    def message(self) -> str:
        return " ".join(self.reasons)


class NothingToLock(DomainError):
    """The month has no finished run."""

    code = "nothing_to_lock"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("Belum ada perhitungan selesai untuk %(month)s.") % {"month": month_words(self.month)}


class MonthNotOver(DomainError):
    """Days of the month are still to come, so its facts cannot be final."""

    code = "month_not_over"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("%(month)s belum berakhir, jadi belum dapat dikunci.") % {"month": month_words(self.month)}


class RunTooEarly(DomainError):
    """The run read its facts while days of the month were still to come."""

    code = "run_too_early"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _(
            "Perhitungan ini dimulai sebelum %(month)s berakhir, jadi harinya belum lengkap. Hitung ulang, lalu kunci."
        ) % {"month": month_words(self.month)}


class UnresolvedErrors(DomainError):
    """People of the run could not be computed; locking them out needs a reason."""

    code = "unresolved_errors"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(str(count))

    @override
    def message(self) -> str:
        return ngettext(
            "Ada %(count)d pegawai yang belum dapat dihitung. Perbaiki dulu, atau kunci dengan alasan.",
            "Ada %(count)d pegawai yang belum dapat dihitung. Perbaiki dulu, atau kunci dengan alasan.",
            self.count,
        ) % {"count": self.count}


class RulesChanged(DomainError):
    """Another rule set is in force for the month than the one that the run was computed with."""

    code = "rules_changed"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("Aturan untuk %(month)s sudah diganti sesudah perhitungan ini. Hitung ulang dulu, lalu kunci.") % {
            "month": month_words(self.month)
        }


class PracticeChanged(DomainError):
    """An OPD began to practise or to be paid, or its go-live was taken back, after the run."""

    code = "practice_changed"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _(
            "OPD yang latihan atau dibayar pada %(month)s berubah sesudah perhitungan ini. "
            "Hitung ulang dulu, lalu kunci."
        ) % {"month": month_words(self.month)}


class OnlyPractice(DomainError):
    """Every slip of the month is practice: there is nothing to pay, so nothing to lock."""

    code = "only_practice"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("Semua slip %(month)s adalah latihan. Tidak ada yang dibayar, jadi bulan ini tidak dikunci.") % {
            "month": month_words(self.month)
        }


class FactsChanged(DomainError):
    """Facts of the month were added or changed after the run: locking it would shut them out unpaid."""

    code = "facts_changed"

    def __init__(self, month: Month, people: int) -> None:
        self.month = month
        self.people = people
        super().__init__(f"{month}: {people}")

    @override
    def message(self) -> str:
        return _(
            "Data %(people)s pegawai untuk %(month)s berubah sesudah perhitungan ini. Hitung ulang dulu, lalu kunci."
        ) % {"people": self.people, "month": month_words(self.month)}


class SlipChanged(DomainError):
    """A stored slip no longer has the digest that it was computed with. Page the operator."""

    status = 500
    code = "slip_changed"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(str(count))

    @override
    def message(self) -> str:
        return _(
            "%(count)d slip tidak sama lagi dengan hasil perhitungannya. Bulan tidak dikunci; "
            "hubungi pengelola platform."
        ) % {"count": self.count}


class NotLocked(DomainError):
    """The month has no lock to verify."""

    status = 404
    code = "not_locked"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("%(month)s belum dikunci.") % {"month": month_words(self.month)}
