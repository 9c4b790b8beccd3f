"""The kinds of leave that a new region begins with; it may change each of them from a day on.

Sources: PP 11/2017 jo PP 17/2020 (PNS), PP 49/2018 (PPPK), BKN Reg 24/2017. The yearly numbers of PNS are confirmed;
the others are marked until the region has compared them with the texts.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.dispatch import receiver

from kernel.tenancy.signals import region_provisioned
from tenants.employees.models import Employee, ServiceStop
from tenants.leave.models import YEARLY, LeaveKind

FROM_THE_BEGINNING: Final = date(2000, 1, 1)
# The code that rule sets mostly give to leave, and to sickness; the region puts its own.
LEAVE_CODE: Final = "C"
SICK_CODE: Final = "S"

_PNS: Final = "PP 11/2017 jo PP 17/2020; BKN 24/2017"
_PPPK: Final = "PP 49/2018"
_WORKING: Final = LeaveKind.Counts.WORKING


def _yearly(**more: Any) -> dict[str, Any]:
    return {
        "code": YEARLY,
        "name": "Cuti tahunan",
        "document_kind": LEAVE_CODE,
        "counts": _WORKING,
        "yearly_days": 12,
        "min_service_months": 12,
        **more,
    }


_SICK: Final = {
    "code": "sakit",
    "name": "Cuti sakit",
    "document_kind": SICK_CODE,
    "most_months": 12,
    "extension_months": 6,
    "letter_from_days": 1,
    # Longer than so many days it takes more than the letter of any doctor (BKN 24/2017).
    "plain_most_days": 14,
}
_BIRTH: Final = {
    "code": "melahirkan",
    "name": "Cuti melahirkan",
    "document_kind": LEAVE_CODE,
    "most_months": 3,
    "most_times": 3,
    "letter_from_days": 1,
}
_IMPORTANT: Final = {
    "code": "penting",
    "name": "Cuti karena alasan penting",
    "document_kind": LEAVE_CODE,
    "most_months": 1,
    "letter_from_days": 1,
}
_LONG: Final = {
    "code": "besar",
    "name": "Cuti besar",
    "document_kind": LEAVE_CODE,
    "most_months": 3,
    "min_service_months": 60,
    "instead_of_yearly": True,
    "stops_service": ServiceStop.Kind.LONG_LEAVE,
}
_UNPAID: Final = {
    "code": "cltn",
    "name": "Cuti di luar tanggungan negara",
    "document_kind": LEAVE_CODE,
    "most_months": 36,
    "extension_months": 12,
    "min_service_months": 60,
    "letter_from_days": 1,
    "stops_service": ServiceStop.Kind.UNPAID_LEAVE,
}

_CARRIES: Final = {"carry_most": 6, "carry_most_unused": 12, "is_confirmed": True}
DEFAULT_KINDS: Final[tuple[tuple[str, str, tuple[dict[str, Any], ...]], ...]] = (
    (Employee.Status.PNS, _PNS, (_yearly(**_CARRIES), _SICK, _BIRTH, _IMPORTANT, _LONG, _UNPAID)),
    (Employee.Status.CPNS, _PNS, (_yearly(**_CARRIES), _SICK, _BIRTH, _IMPORTANT)),
    (Employee.Status.PPPK, _PPPK, (_yearly(), _SICK, _BIRTH)),
)


def seed_kinds() -> None:
    """The kinds of each status, unless the region has any."""
    if not LeaveKind.objects.exists():
        LeaveKind.objects.bulk_create(
            [
                LeaveKind(status=status, valid_from=FROM_THE_BEGINNING, source=source, **kind)
                for status, source, kinds in DEFAULT_KINDS
                for kind in kinds
            ]
        )


@receiver(region_provisioned, dispatch_uid="leave.seed-kinds")
def _seed_region_kinds(sender: Any, **kwargs: Any) -> None:
    seed_kinds()
