"""What the try-out refuses."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.date_words import month_words
from kernel.errors import DomainError
from kernel.periods import Month


class MonthsRefused(DomainError):
    """None or more than twelve months were chosen."""

    status = 422
    code = "tryout_months"

    def __init__(self, count: int, most: int) -> None:
        self.count = count
        self.most = most
        super().__init__(str(count))

    @override
    def message(self) -> str:
        if not self.count:
            return gettext("Pilih sedikitnya satu bulan.")
        return gettext("Paling banyak %(most)s bulan sekaligus; Anda memilih %(count)s.") % {
            "most": self.most,
            "count": self.count,
        }


class NothingToTry(DomainError):
    """Months without a finished run have no frozen facts."""

    status = 422
    code = "tryout_no_run"

    def __init__(self, months: Sequence[Month]) -> None:
        self.months = tuple(months)
        super().__init__(", ".join(map(str, months)))

    @override
    def message(self) -> str:
        return gettext("Belum ada perhitungan selesai untuk %(months)s. Uji coba memakai data perhitungan itu.") % {
            "months": ", ".join(month_words(month) for month in self.months)
        }


class TryOutGoing(DomainError):
    """It works; stop it first."""

    code = "tryout_going"
    words = _("Uji coba ini sedang berjalan. Hentikan dulu.")


class TryOutFinished(DomainError):
    """It no longer waits or works."""

    code = "tryout_finished"
    words = _("Uji coba ini sudah selesai, jadi tidak dapat dihentikan.")
