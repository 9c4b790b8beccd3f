"""What can be wrong with an application."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class CodeTaken(DomainError):
    """Another region has this code."""

    code = "code_taken"

    def __init__(self, region_code: str) -> None:
        self.region_code = region_code
        super().__init__(region_code)

    @override
    def message(self) -> str:
        return _("Kode %(code)s sudah dipakai wilayah lain. Pilih kode lain.") % {"code": self.region_code}
