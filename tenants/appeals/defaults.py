"""The chain of appeals that a new region begins with: the OPD's operator looks, the personnel agency decides."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from kernel.tenancy.signals import region_provisioned
from tenants.appeals.access import DOCUMENT_KIND
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.defaults import FROM_THE_BEGINNING
from tenants.approvals.models import Chain, ChainStep


def seed_chain() -> None:
    """Two levels, unless appeals have a chain already."""
    if not Chain.objects.filter(document_kind=DOCUMENT_KIND).exists():
        lay_down_chain(
            document_kind=DOCUMENT_KIND,
            name="Keberatan: operator OPD, lalu BKPSDM",
            valid_from=FROM_THE_BEGINNING,
            steps=[
                StepInput(
                    ChainStep.Approver.ROLE_IN_OPD,
                    role_code="operator_opd",
                    fallback=ChainStep.Fallback.BKPSDM,
                    days_to_decide=3,
                    day_kind=ChainStep.Days.WORKING,
                    after_deadline=ChainStep.AfterDeadline.BKPSDM,
                ),
                StepInput(ChainStep.Approver.BKPSDM, days_to_decide=5, day_kind=ChainStep.Days.WORKING),
            ],
        )


@receiver(region_provisioned, dispatch_uid="appeals.seed-chain")
def _seed_region_chain(sender: Any, **kwargs: Any) -> None:
    seed_chain()
