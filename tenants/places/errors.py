"""What the places refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class PlaceRefused(ReasonRefused):
    """A shape that is no place: `reason` is radius, corners or crossing."""

    status = 422
    code = "place_refused"
    reasons: ClassVar[Mapping[str, str | _StrPromise]] = {
        "radius": _("Jari-jari antara 10 dan 5.000 meter."),
        "corners": _("Wilayah memerlukan 3 sampai 100 titik sudut."),
        "crossing": _("Garis tepi wilayah saling menyilang. Urutkan titik sudutnya mengelilingi wilayah."),
    }


class PlaceEnded(DomainError):
    """The place does not count any more from that day, or does not count at all in the period."""

    code = "place_ended"
    words = _("Tempat ini sudah diakhiri. Buka kembali dulu, atau pilih tempat lain.")


class NotYetBegun(DomainError):
    """The last day lies before the first."""

    status = 422
    code = "not_yet_begun"
    words = _("Hari terakhir tidak boleh sebelum hari pertama.")


class AssignedAlready(DomainError):
    """The place already counts for them in the period."""

    code = "assigned_already"
    words = _("Tempat ini sudah berlaku untuk %(whom)s pada sebagian hari itu.")

    def __init__(self, whom: str) -> None:
        self.whom = whom
        super().__init__(whom)


class LetterTaken(DomainError):
    """A letter of assignment with this number is there already."""

    status = 422
    code = "letter_taken"
    words = _("Surat tugas nomor %(number)s sudah tercatat.")

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(number)
