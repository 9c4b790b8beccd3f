"""Letting a hit through with a reason, and taking that back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.errors import NotFound
from kernel.permissions import require, user_may
from tenants.preaudit.errors import AlreadyRequested, HitGone, OnlyForInspectorate, OwnHit
from tenants.preaudit.models import Hit, Waiver
from tenants.preaudit.permissions import WAIVE, WAIVE_GRAVE
from tenants.tpp.models import MonthLock

WAIVED = declare_action("preaudit.hit_waived", "Temuan pra-audit dikecualikan")
WITHDRAWN = declare_action("preaudit.waiver_withdrawn", "Pengecualian pra-audit ditarik")


@transaction.atomic
def waive(*, uids: Collection[UUID], reason: str, document_number: str, actor: User) -> list[Waiver]:
    """Let these hits through, all or none of them.

    It holds as long as the facts stay what they are. Raises HitGone when one is mended or let through already,
    OnlyForInspectorate, OwnHit, NotFound.
    """
    require(actor, WAIVE)
    hits = list(
        Hit.objects.filter(uid__in=uids).select_related("employee").order_by("pk").select_for_update(of=("self",))
    )
    if len(hits) != len(set(uids)) or not hits:
        raise NotFound("hit")
    if any(hit.employee.user_id == actor.pk for hit in hits):
        raise OwnHit
    if any(hit.is_grave for hit in hits) and not user_may(actor, WAIVE_GRAVE):
        raise OnlyForInspectorate
    taken = Waiver.objects.standing().filter(hit__in=hits)
    if any(hit.gone_at is not None for hit in hits) or taken.exists():
        raise HitGone
    waivers = Waiver.objects.bulk_create(
        Waiver(hit=hit, reason=reason.strip(), document_number=document_number.strip(), waived_by=actor) for hit in hits
    )
    record_many(
        WAIVED,
        actor=actor,
        deeds=[
            Deed(
                subject=hit,
                after={"check": hit.check_code, "employee": str(hit.employee.uid), "document": document_number.strip()},
                note=reason.strip(),
            )
            for hit in hits
        ],
    )
    return waivers


@transaction.atomic
def withdraw(*, uid: UUID, actor: User) -> Hit:
    """Take the waiver of the hit back: it is open again. Raises HitGone without one, AlreadyRequested once the OPD's
    month is locked."""
    require(actor, WAIVE)
    hit = Hit.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if hit is None:
        raise NotFound("hit")
    waiver = Waiver.objects.standing().filter(hit=hit).select_for_update().first()
    if waiver is None:
        raise HitGone
    if hit.is_grave and not user_may(actor, WAIVE_GRAVE):
        raise OnlyForInspectorate
    if MonthLock.objects.standing().filter(month=hit.month, kind=hit.kind, opd=hit.opd_id).exists():
        raise AlreadyRequested
    waiver.withdrawn_by = actor
    waiver.withdrawn_at = clock.now()
    waiver.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(WITHDRAWN, actor=actor, subject=hit, before={"reason": waiver.reason})
    return hit
