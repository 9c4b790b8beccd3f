"""What can be wrong with a new operator."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class OperatorExists(DomainError):
    """Somebody has this address already."""

    code = "operator_exists"
    words = _("Surel %(email)s sudah dipakai operator lain.")

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(email)
