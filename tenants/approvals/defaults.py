"""The chains that a new region begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.dispatch import receiver

from kernel.tenancy.signals import region_provisioned
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.models import Chain, ChainStep

# Older than any document that a region brings along.
FROM_THE_BEGINNING: Final = date(2000, 1, 1)
_SUPERIOR: Final = (StepInput(ChainStep.Approver.DIRECT_SUPERIOR),)
DEFAULT_CHAINS: Final[Mapping[str, tuple[str, Sequence[StepInput]]]] = {
    "activity": ("Aktivitas: atasan langsung", _SUPERIOR),
    "attendance_leave": ("Cuti dan izin: atasan langsung", _SUPERIOR),
    "attendance_duty": ("Tugas kedinasan: atasan langsung", _SUPERIOR),
    "attendance_correction": ("Koreksi kehadiran: atasan langsung", _SUPERIOR),
    "attendance_order": ("Surat tugas bersama: atasan langsung pengusul", _SUPERIOR),
    "position_correction": (
        "Koreksi atasan: operator OPD",
        (
            StepInput(
                ChainStep.Approver.ROLE_IN_OPD,
                role_code="operator_opd",
                fallback=ChainStep.Fallback.BKPSDM,
                days_to_decide=3,
                after_deadline=ChainStep.AfterDeadline.BKPSDM,
            ),
        ),
    ),
}


def seed_chains() -> None:
    """One level for each kind of an employee's document that has no chain yet. The region's own documents have none."""
    known = set(Chain.objects.values_list("document_kind", flat=True))
    for kind, (name, steps) in DEFAULT_CHAINS.items():
        if kind not in known:
            lay_down_chain(document_kind=kind, name=name, valid_from=FROM_THE_BEGINNING, steps=steps)


@receiver(region_provisioned, dispatch_uid="approvals.seed-chains")
def _seed_region_chains(sender: Any, **kwargs: Any) -> None:
    seed_chains()
