"""What the payout app refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from typing_extensions import override

from kernel.errors import DomainError, MonthRefused, ReasonRefused
from kernel.periods import Month
from tenants.payout.gates import Reason


class NotApproved(DomainError):
    """A chain is in force and has not approved this run. `reasons` are sentences for the person."""

    code = "not_approved"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))

    @override
    def message(self) -> str:
        return " ".join(self.reasons)


class NotReady(DomainError):
    """Something that must be done before the lock is not done. `reasons` say what, and where."""

    code = "not_ready"

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reason.code for reason in reasons))

    @override
    def message(self) -> str:
        return " ".join(reason.text for reason in self.reasons)


class NothingToLock(MonthRefused):
    """The month has no finished run."""

    code = "nothing_to_lock"
    words = _("Belum ada perhitungan selesai untuk %(month)s.")


class MonthNotOver(MonthRefused):
    """Days of the month are still to come, so its facts cannot be final."""

    code = "month_not_over"
    words = _("%(month)s belum berakhir, jadi belum dapat dikunci.")


class RunTooEarly(MonthRefused):
    """The run read its facts while days of the month were still to come."""

    code = "run_too_early"
    words = _(
        "Perhitungan ini dimulai sebelum %(month)s berakhir, jadi harinya belum lengkap. Hitung ulang, lalu kunci."
    )


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


class RulesChanged(MonthRefused):
    """Another rule set is in force for the month than the one that the run was computed with."""

    code = "rules_changed"
    words = _("Aturan untuk %(month)s sudah diganti sesudah perhitungan ini. Hitung ulang dulu, lalu kunci.")


class PracticeChanged(MonthRefused):
    """An OPD began to practise or to be paid, or its go-live was taken back, after the run."""

    code = "practice_changed"
    words = _(
        "OPD yang latihan atau dibayar pada %(month)s berubah sesudah perhitungan ini. Hitung ulang dulu, lalu kunci."
    )


class OnlyPractice(MonthRefused):
    """Every slip of the month is practice: there is nothing to pay, so nothing to lock."""

    code = "only_practice"
    words = _("Semua slip %(month)s adalah latihan. Tidak ada yang dibayar, jadi bulan ini tidak dikunci.")


class FactsChanged(DomainError):
    """Facts of the month were added or changed after the run: locking it would shut them out unpaid."""

    code = "facts_changed"
    words = _("Data %(people)s pegawai untuk %(month)s berubah sesudah perhitungan ini. Hitung ulang dulu, lalu kunci.")

    def __init__(self, month: Month, people: int) -> None:
        self.month = month
        self.people = people
        super().__init__(f"{month}: {people}")


class SlipChanged(DomainError):
    """A stored slip no longer has the digest that it was computed with. Page the operator."""

    status = 500
    code = "slip_changed"
    words = _(
        "%(count)d slip tidak sama lagi dengan hasil perhitungannya. Bulan tidak dikunci; hubungi pengelola platform."
    )

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(str(count))


class NotLocked(MonthRefused):
    """The month has no lock to verify."""

    status = 404
    code = "not_locked"
    words = _("%(month)s belum dikunci.")


class SignatureRefused(ReasonRefused):
    """The lock cannot be signed, or the signature not taken back."""

    code = "signature_refused"
    reasons = {
        "reopened": _("Kunci ini sudah dibuka kembali, jadi tidak dapat ditandatangani."),
        "office_signed": _("Instansi ini sudah menandatangani kunci ini."),
        "person_signed": _("Anda sudah menandatangani kunci ini untuk instansi lain. Perlu tiga orang yang berbeda."),
        "not_own": _("Hanya yang menandatangani yang dapat mencabut tanda tangannya."),
        "complete": _("Ketiga instansi sudah menandatangani, jadi tanda tangan tidak dapat dicabut lagi."),
    }


class ReopeningRefused(ReasonRefused):
    """The lock cannot be reopened so."""

    code = "reopening_refused"
    reasons = {
        "reason": _("Tulis alasan membuka kunci."),
        "proposed": _("Buka kunci OPD ini sudah diusulkan. Orang kedua tinggal menyetujuinya."),
        "reopened": _("Kunci ini sudah dibuka kembali."),
        "withdrawn": _("Usul buka kunci ini sudah dicabut."),
        "same_person": _("Anda yang mengusulkan. Persetujuan harus dari orang lain."),
        "not_own": _("Hanya pengusul yang dapat mencabut usulnya."),
    }
