"""The chains that a new region begins with."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.dispatch import receiver

from kernel.tenancy.signals import region_provisioned
from tenants.approvals.actions import StepInput, lay_down_chain
from tenants.approvals.models import Chain, ChainStep

# Older than any document that a region brings along.
FROM_THE_BEGINNING: Final = date(2000, 1, 1)
DEFAULT_CHAINS: Final = {
    "activity": "Aktivitas: atasan langsung",
    "attendance_document": "Surat kehadiran: atasan langsung",
}


def seed_chains() -> None:
    """One level, the direct superior, for each kind that has no chain yet."""
    known = set(Chain.objects.values_list("document_kind", flat=True))
    for kind, name in DEFAULT_CHAINS.items():
        if kind not in known:
            lay_down_chain(
                document_kind=kind,
                name=name,
                valid_from=FROM_THE_BEGINNING,
                steps=[StepInput(ChainStep.Approver.DIRECT_SUPERIOR)],
            )


@receiver(region_provisioned, dispatch_uid="approvals.seed-chains")
def _seed_region_chains(sender: Any, **kwargs: Any) -> None:
    seed_chains()
