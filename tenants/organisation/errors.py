"""What the organisation pages refuse."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError


class OfficeRefused(DomainError):
    """The office is held by another position, or the position is not where the office is."""

    status = 422
    code = "office_refused"

    def __init__(self, other: str) -> None:
        self.other = other
        super().__init__(other)

    @override
    def message(self) -> str:
        if self.other:
            return gettext("%(position)s sudah ditandai sebagai pejabat itu. Lepas tandanya di sana dulu.") % {
                "position": self.other
            }
        return gettext("Kepala OPD harus berada di OPD sendiri, bukan di unit di bawahnya.")


class SuperiorCycle(DomainError):
    """The position would stand above itself."""

    status = 422
    code = "superior_cycle"
    words = _("Jabatan itu berada di bawah jabatan ini, jadi tidak bisa menjadi atasannya. Pilih jabatan lain.")
