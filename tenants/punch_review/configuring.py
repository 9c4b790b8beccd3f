"""What a region says about the review: weights, and the rule for selfies."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.permissions import require
from tenants.punch_review.following import weights
from tenants.punch_review.models import SelfieRule, SignalWeight
from tenants.punch_review.permissions import SET

WEIGHTS_SET = declare_action("punch_review.weights_set", "Bobot tinjauan absen diatur")
SELFIE_SET = declare_action("punch_review.selfie_set", "Aturan swafoto absen diatur")


def selfie_rule() -> SelfieRule:
    """The rule in force; off where the region has said nothing. One statement."""
    return SelfieRule.objects.order_by("-pk").first() or SelfieRule(mode=SelfieRule.Mode.OFF)


@transaction.atomic
def set_weights(*, points: Mapping[str, int], actor: User) -> None:
    """From now on signals weigh this; what was found already keeps its weight. Raises NotAllowed."""
    require(actor, SET)
    before = weights()
    changed = {code: value for code, value in points.items() if before[code] != value}
    SignalWeight.objects.bulk_create(
        [SignalWeight(code=code, points=value) for code, value in changed.items()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["points"],
    )
    if changed:
        record(WEIGHTS_SET, actor=actor, before={code: before[code] for code in changed}, after=changed)


@transaction.atomic
def set_selfie_rule(*, mode: str, percent: int, keep_days: int, actor: User) -> SelfieRule:
    """From now on punches come with a picture or not. Raises NotAllowed."""
    require(actor, SET)
    before = selfie_rule()
    made = SelfieRule.objects.create(mode=mode, percent=percent, keep_days=keep_days, set_by=actor)
    said = ("mode", "percent", "keep_days")
    record(
        SELFIE_SET,
        actor=actor,
        before={name: getattr(before, name) for name in said},
        after={name: getattr(made, name) for name in said},
    )
    return made
