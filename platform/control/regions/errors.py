"""What an operator may not do to a region."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class ReasonMissing(DomainError):
    """A switch that people will notice needs a reason."""

    status = 422
    code = "reason_missing"

    @override
    def message(self) -> str:
        return _("Tuliskan alasannya; alasan ini tercatat di jejak audit.")
