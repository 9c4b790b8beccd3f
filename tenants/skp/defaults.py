"""The chain of plans that a new region begins with: the direct superior (dialog kinerja)."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from kernel.tenancy.signals import region_provisioned
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.defaults import FROM_THE_BEGINNING
from tenants.approvals.models import Chain, ChainStep
from tenants.skp.access import DOCUMENT_KIND


def seed_chain() -> None:
    """One level, unless plans have a chain already."""
    if not Chain.objects.filter(document_kind=DOCUMENT_KIND).exists():
        lay_down_chain(
            document_kind=DOCUMENT_KIND,
            name="Rencana SKP: atasan langsung",
            valid_from=FROM_THE_BEGINNING,
            steps=[StepInput(ChainStep.Approver.DIRECT_SUPERIOR)],
        )


@receiver(region_provisioned, dispatch_uid="skp.seed-chain")
def _seed_region_chain(sender: Any, **kwargs: Any) -> None:
    seed_chain()
