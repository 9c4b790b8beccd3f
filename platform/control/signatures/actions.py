"""Confirming a signature, searching for it everywhere, taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from control.regions.models import Region
from control.signatures.errors import NoSignature, SignatureStands
from control.signatures.marks import value_of
from control.signatures.models import Hit, Search, Signature
from control.signatures.searching import search_in
from kernel import clock
from kernel.accounts.actors import Actor, name_of
from kernel.audit.record import declare_action, record
from kernel.delivery import outbox
from kernel.errors import NotFound
from kernel.watching import emit, names

log = structlog.get_logger(__name__)

CONFIRMED = declare_action("signatures.confirmed", "Tanda serangan dicari di semua wilayah")
WITHDRAWN = declare_action("signatures.withdrawn", "Tanda serangan ditarik")

SEARCH_TASK: Final = "control.signatures.tasks.search"
DUE_IN: Final = timedelta(minutes=15)
"""By then every region was searched."""
_DIES_AFTER: Final = timedelta(minutes=5)
_MOST_ATTEMPTS: Final = 5


@transaction.atomic
def confirm(
    *, kind: str, written: str, reason: str, region: str | None, incident: UUID | None, actor: Actor
) -> Signature:
    """Keep a signature that was confirmed in `region` and have all other regions searched, one task for each.

    Raises NoSignature, SignatureStands, NotFound.
    """
    if not reason.strip():
        raise NoSignature("reason")
    value = value_of(kind, written)
    origin = None
    if region:
        origin = Region.objects.filter(code=region).first()
        if origin is None:
            raise NotFound("region")
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                kind=kind,
                value=value,
                shown=written.strip()[:1000],
                reason=reason.strip()[:300],
                region=origin,
                incident=incident,
                confirmed_by=name_of(actor),
            )
    except IntegrityError as error:
        raise SignatureStands("stands") from error
    others = Region.objects.filter(status__in=[Region.Status.ACTIVE, Region.Status.SUSPENDED])
    if origin is not None:
        others = others.exclude(pk=origin.pk)
    searches = Search.objects.bulk_create(Search(signature=signature, region=other) for other in others)
    for search in searches:
        outbox.send(SEARCH_TASK, uid=str(search.uid))
    record(CONFIRMED, actor=actor, subject=signature, note=f"{kind}: {signature.shown[:120]}")
    return signature


@transaction.atomic
def withdraw(*, uid: UUID, actor: Actor) -> Signature:
    """Take a signature back: what was found stays, what was not searched yet is not. Raises NotFound."""
    signature = Signature.objects.select_for_update().filter(uid=uid).first()
    if signature is None:
        raise NotFound("signature")
    if signature.withdrawn_at is None:
        signature.withdrawn_at, signature.withdrawn_by = clock.now(), name_of(actor)
        signature.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(WITHDRAWN, actor=actor, subject=signature, note=signature.shown[:120])
    return signature


def run(uid: UUID) -> Search | None:
    """Search one region; None when that is done, under way, or not wanted any more.

    A region that cannot be searched is tried again, five times, and does not stop the others.
    """
    search = _claim(uid)
    if search is None:
        return None
    signature, region = search.signature, search.region
    try:
        outcome = search_in(signature, region)
    except Exception as error:
        # Whatever is wrong with this region stays with it.
        log.exception("signature_search_failed", region=region.code, signature=str(signature.uid))
        is_last = search.attempts >= _MOST_ATTEMPTS
        search.state = Search.State.FAILED if is_last else Search.State.WAITING
        search.failure = type(error).__name__[:100]
        search.save(update_fields=["state", "failure"])
        return search
    with transaction.atomic():
        search.hits.all().delete()
        Hit.objects.bulk_create(
            Hit(search=search, place=trace.place, row=trace.row[:2000], excerpt=_plain(trace.excerpt))
            for trace in outcome.traces
        )
        search.state, search.finished_at, search.failure = Search.State.DONE, clock.now(), ""
        search.compared, search.found = outcome.compared, outcome.found
        search.save(update_fields=["state", "finished_at", "failure", "compared", "found"])
        if outcome.found:
            emit(
                names.SIGNATURE_FOUND,
                subject=signature.value,
                region=region.code,
                signature=str(signature.uid),
                kind=signature.kind,
                hits=outcome.found,
                places=sorted({trace.place for trace in outcome.traces})[:20],
                origin=signature.region.code if signature.region else "",
                incident=str(signature.incident or ""),
            )
    return search


def _claim(uid: UUID) -> Search | None:
    now = clock.now()
    free = Search.objects.filter(uid=uid, signature__withdrawn_at=None).filter(
        Q(state=Search.State.WAITING) | Q(state=Search.State.RUNNING, started_at__lt=now - _DIES_AFTER)
    )
    if not free.update(state=Search.State.RUNNING, started_at=now, attempts=F("attempts") + 1):
        return None
    return Search.objects.select_related("signature__region", "region").get(uid=uid)


def resume() -> int:
    """Send searches again that nobody took for two minutes or whose worker died; returns how many."""
    now = clock.now()
    silent = Search.objects.filter(signature__withdrawn_at=None).filter(
        Q(state=Search.State.WAITING, signature__confirmed_at__lt=now - timedelta(minutes=2))
        | Q(state=Search.State.RUNNING, started_at__lt=now - _DIES_AFTER)
    )
    with transaction.atomic():
        found = list(silent.values_list("uid", flat=True)[:1_000])
        for uid in found:
            outbox.send(SEARCH_TASK, uid=str(uid))
    return len(found)


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:300]
