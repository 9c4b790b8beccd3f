"""For how many working days a parcel may lie before a step until it is late: the region's own days, else three.

Working days are those of the OPD, without confirmed holidays: what comes on a Friday has lain one day on Monday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.calendars.querysets import calendar_between
from tenants.payout.models import StepPatience
from tenants.payout.parcels import steps
from tenants.payout.parcels.board import Place
from tenants.payout.parcels.steps import Step
from tenants.payout.permissions import SET_PATIENCE

SET = declare_action("payout.patience_set", "Batas waktu langkah pembayaran diatur")

USUAL_DAYS: Final = 3
# What somebody waits for: the counts before the closing are the OPD's own.
WAITED_FOR: Final = tuple(step for step in steps.ORDER if step not in (Step.FACTS, Step.APPROVALS))


@dataclass(frozen=True, slots=True)
class Wait:
    """How many working days a parcel has lain where it is, and whether that is too long."""

    days: int
    is_late: bool


def patience() -> dict[Step, int]:
    """The days for every step. One statement."""
    own = dict(StepPatience.objects.values_list("step", "days"))
    return {step: own.get(step.value, USUAL_DAYS) for step in WAITED_FOR}


def waits_of(places: Sequence[Place]) -> list[Wait]:
    """How long each of these parcels has lain, in their order. Five statements for any number of them."""
    if not places:
        return []
    allowed = patience()
    zone = current_region().time_zone
    today = clock.today(zone)
    arrived = [clock.local_date(place.position.since, zone) for place in places]
    calendar = calendar_between(min([*arrived, today]), today + timedelta(days=1))
    found = []
    for place, since in zip(places, arrived, strict=True):
        step = place.position.next
        if step is None or not place.is_over:
            found.append(Wait(0, is_late=False))
            continue
        behind = (since + timedelta(days=count) for count in range(1, (today - since).days + 1))
        days = sum(calendar.is_working_day(place.opd.pk, day) for day in behind)
        found.append(Wait(days, is_late=days > allowed[step]))
    return found


@transaction.atomic
def set_patience(*, days: Mapping[Step, int], actor: User) -> None:
    """From now on a parcel may lie so many working days before each of these steps. Raises NotAllowed."""
    require(actor, SET_PATIENCE)
    before = patience()
    StepPatience.objects.bulk_create(
        [StepPatience(step=step.value, days=count) for step, count in days.items()],
        update_conflicts=True,
        unique_fields=["step"],
        update_fields=["days"],
    )
    changed = {step: count for step, count in days.items() if before[step] != count}
    if changed:
        record(
            SET,
            actor=actor,
            before={step.value: before[step] for step in changed},
            after={step.value: count for step, count in changed.items()},
        )
