"""What can be wrong with a new operator."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class OperatorExists(DomainError):
    """Somebody has this address already."""

    code = "operator_exists"

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(email)

    @override
    def message(self) -> str:
        return _("Surel %(email)s sudah dipakai operator lain.") % {"email": self.email}
