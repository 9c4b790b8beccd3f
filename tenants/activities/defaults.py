"""The catalogue that a new region begins with: common kinds of office work, to be replaced by the region's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from django.dispatch import receiver

from kernel.tenancy.signals import region_provisioned
from tenants.activities.catalogue import lay_down, plan, read_entry
from tenants.activities.models import JobKind

STARTER: Final = Path(__file__).parent / "catalogues" / "umum.yaml"


def seed_catalogue() -> None:
    """Lay down the starter catalogue where there is none yet."""
    if JobKind.objects.exists():
        return
    content = yaml.safe_load(STARTER.read_text("utf-8"))
    since: date = content["valid_from"]
    cells = [{key: str(value) for key, value in row.items()} for row in content["job_kinds"]]
    lay_down(plan([read_entry({**row, "valid_from": since.isoformat()}, today=since) for row in cells]))


@receiver(region_provisioned, dispatch_uid="activities.seed-catalogue")
def _seed_region_catalogue(sender: Any, **kwargs: Any) -> None:
    seed_catalogue()
