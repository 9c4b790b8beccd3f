"""What the organisation pages refuse."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class SuperiorCycle(DomainError):
    """The position would stand above itself."""

    status = 422
    code = "superior_cycle"

    @override
    def message(self) -> str:
        return _("Jabatan itu berada di bawah jabatan ini, jadi tidak bisa menjadi atasannya. Pilih jabatan lain.")
