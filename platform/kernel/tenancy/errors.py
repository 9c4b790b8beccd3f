"""Tenancy refuses rather than guesses."""

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError


class TenancyError(DomainError):
    """Base of all refusals of the tenancy kernel."""

    status = 500
    code = "tenancy"


class NoRegion(TenancyError):
    """Code that needs a region ran without one."""


class UnknownRegion(TenancyError):
    """No region has this code."""

    status = 404

    def __init__(self, code: str) -> None:
        self.region_code = code
        super().__init__(code)

    @override
    def message(self) -> str:
        return _("Tidak ada wilayah dengan kode %(code)s.") % {"code": self.region_code}


class RegionNotLive(TenancyError):
    """The region exists but is suspended, being provisioned, or gone."""

    status = 503

    def __init__(self, code: str, region_status: str) -> None:
        self.region_code = code
        self.region_status = region_status
        super().__init__(f"{code}: {region_status}")

    @override
    def message(self) -> str:
        return _("Wilayah %(code)s sedang tidak dibuka.") % {"code": self.region_code}


class RegionReadOnly(TenancyError):
    """A write while an operator has switched the region to read-only."""

    status = 503
    code = "read_only"

    def __init__(self, code: str) -> None:
        self.region_code = code
        super().__init__(code)

    @override
    def message(self) -> str:
        return _("Wilayah %(code)s sedang hanya dapat dibaca; tidak ada yang disimpan.") % {"code": self.region_code}


class FenceBreached(TenancyError):
    """A row of another region was read: the search path and the row disagree. Page the operator."""

    def __init__(self, table: str, expected: int, found: object) -> None:
        super().__init__(f"{table}: region {found!r} read as region {expected}")


class TransactionPooler(TenancyError):
    """The server is reached through a pooler that moves a session between servers, so `SET search_path` cannot hold."""
