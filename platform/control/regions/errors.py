"""What an operator may not do to a region."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ReasonMissing(DomainError):
    """A switch that people will notice needs a reason."""

    status = 422
    code = "reason_missing"
    words = _("Tuliskan alasannya; alasan ini tercatat di jejak audit.")
