"""What follows when a last day to decide has passed: it is noted, and the document goes up, counts, or goes on waiting.

The region's rule set speaks first (`Handler.deadline_rule`), from the day that it names on; until then, and where it
says nothing, the step of the chain does. What a rule set does not let count never counts by the chain either. Rejected
reading: counting the whole document at the step's deadline, which would skip the levels above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import structlog
from django.db import transaction

from kernel import clock
from kernel.accounts.actors import System
from kernel.audit.record import Deed, declare_action, record_many
from kernel.errors import DomainError
from kernel.tenancy import here
from tenants.approvals import delays, rerouting
from tenants.approvals.actions import advance, by_kind, finish
from tenants.approvals.approvers import LAST_RESORT, Approver, Standing
from tenants.approvals.errors import DocumentsOutOfStep
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision, DecisionDelay
from tenants.approvals.routing import (
    PLACE_FIELDS,
    Deadlines,
    Router,
    applicant_of,
    people_who_decided,
    rule_acts,
    steps_of,
    way,
)

log = structlog.get_logger(__name__)

PASSED_UP = declare_action("approvals.passed_up", "Dokumen naik karena batas waktu lewat")
LAPSED = declare_action("approvals.lapsed", "Dokumen dihitung karena batas waktu lewat")

BATCH: Final = 200
_CLOCK: Final = System("approvals.deadline")
_After = ChainStep.AfterDeadline


@dataclass
class _Sorted:
    """What follows for each overdue request."""

    waiting: list[ApprovalRequest] = field(default_factory=list)
    to_superior: list[ApprovalRequest] = field(default_factory=list)
    to_bkpsdm: list[ApprovalRequest] = field(default_factory=list)
    level_lapses: list[ApprovalRequest] = field(default_factory=list)
    document_lapses: list[ApprovalRequest] = field(default_factory=list)


def follow_departures() -> int:
    """Reroute one batch of what waits for people who have left; returns how many."""
    with transaction.atomic():
        day = here.today()
        keys = list(rerouting.left_on(day).order_by("pk").values_list("pk", flat=True)[:BATCH])
        requests = _locked(keys)
        gone = [*rerouting.left(requests, day), *(request for request in requests if request.approver_id is None)]
        rerouting.reroute(gone, actor=System("approvals.rerouting"))
        return len(gone)


def follow_deadlines() -> int:
    """Do what follows for one batch of overdue requests; returns how many were looked at.

    Each is looked at once for each deadline: a repeated or interrupted run does nothing twice.
    """
    with transaction.atomic():
        day = here.today()
        due = ApprovalRequest.objects.waiting().filter(acts_after__lt=day).order_by("acts_after", "pk")
        requests = _locked(list(due.values_list("pk", flat=True)[:BATCH]), acts_before=day)
        if not requests:
            return 0
        gone = rerouting.left(requests, day)
        rerouting.reroute(gone, actor=System("approvals.rerouting"))
        departed = {request.pk for request in gone}
        overdue = [request for request in requests if request.pk not in departed]
        steps = {
            chain: {step.level: step for step in found}
            for chain, found in steps_of({request.chain_id for request in overdue}).items()
        }
        found = _sort(overdue, steps, day)
        _pass_up(found, steps, day)
        delays.note(found.waiting, day)
        _go_on_waiting(found.waiting, day)
        _lapse(found.level_lapses, day, whole=False)
        _lapse(found.document_lapses, day, whole=True)
        return len(requests)


def _locked(keys: Sequence[int], *, acts_before: date | None = None) -> list[ApprovalRequest]:
    rows = ApprovalRequest.objects.waiting().filter(pk__in=keys)
    if acts_before is not None:
        rows = rows.filter(acts_after__lt=acts_before)
    return list(
        rows.select_for_update(of=("self",)).select_related("owner", "owner_user", "approver", "chain").order_by("pk")
    )


def _sort(requests: Sequence[ApprovalRequest], steps: dict[int, dict[int, ChainStep]], day: date) -> _Sorted:
    found = _Sorted()
    for request in requests:
        step = steps[request.chain_id][request.level]
        of_region = handler_for(request.document_kind).of_region
        after = str(step.after_deadline)
        if rule_acts(request) and request.rule_due_on is not None and request.rule_due_on < day:
            whole = request.after_rule == "count"
            if whole and not of_region:
                found.document_lapses.append(request)
                continue
            after = _After.NEXT_SUPERIOR
        if after == _After.COUNT and not of_region and request.after_rule != "not_count":
            found.level_lapses.append(request)
        elif after == _After.NEXT_SUPERIOR and request.role_code != LAST_RESORT:
            found.to_superior.append(request)
        elif after == _After.BKPSDM and request.role_code != LAST_RESORT:
            found.to_bkpsdm.append(request)
        else:
            found.waiting.append(request)
    return found


def _go_on_waiting(requests: Sequence[ApprovalRequest], day: date) -> None:
    """They stay where they are; the daily task looks again when the region's rule set says something."""
    for request in requests:
        later = request.rule_due_on if rule_acts(request) else None
        request.acts_after = later if later is not None and later >= day else None
    ApprovalRequest.objects.bulk_update(requests, ["acts_after"], batch_size=500)


def _pass_up(found: _Sorted, steps: dict[int, dict[int, ChainStep]], day: date) -> None:
    requests = [*found.to_superior, *found.to_bkpsdm]
    if not requests:
        return
    applicants = {request.pk: applicant_of(request) for request in requests}
    standing = Standing(applicants.values(), [s for levels in steps.values() for s in levels.values()], day)
    standing.know_positions([r.approver_position_id for r in found.to_superior if r.approver_position_id is not None])
    router = Router(standing, Deadlines(day))
    decided = people_who_decided(requests)
    before = {request.pk: way(request) for request in requests}
    delays.close(requests, DecisionDelay.Outcome.PASSED_UP, day)
    superiors = {request.pk for request in found.to_superior}
    for request in requests:
        applicant = applicants[request.pk]
        above = Approver(role_code=LAST_RESORT)
        if request.pk in superiors:
            without = decided[request.pk] | ({request.approver_id} if request.approver_id is not None else set())
            above = standing.next_superior(applicant, request.approver_position_id, without=without)
        step = steps[request.chain_id][request.level]
        router.hand_over(request, above, step, applicant, ApprovalRequest.Why.DEADLINE)
    ApprovalRequest.objects.bulk_update(requests, PLACE_FIELDS, batch_size=500)
    record_many(
        PASSED_UP,
        actor=_CLOCK,
        deeds=[Deed(request, before=before[request.pk], after=way(request)) for request in requests],
    )


def _lapse(requests: Sequence[ApprovalRequest], day: date, *, whole: bool) -> None:
    """Nobody decided: the level (or the whole document) is done without a decision, by rule.

    What its app refuses (a closed month) is tried alone, and waits on if it is refused again.
    """
    if not requests:
        return
    try:
        with transaction.atomic():
            _lapse_together(requests, day, whole=whole)
    except (DomainError, DocumentsOutOfStep) as error:
        if len(requests) > 1:
            for pk in [request.pk for request in requests]:
                _lapse(_locked([pk]), day, whole=whole)
            return
        (request,) = requests
        log.warning("document_cannot_lapse", request=str(request.uid), reason=type(error).__name__)
        fresh = _locked([request.pk])
        delays.note(fresh, day)
        for row in fresh:
            row.acts_after = None
        ApprovalRequest.objects.bulk_update(fresh, ["acts_after"])


def _lapse_together(requests: Sequence[ApprovalRequest], day: date, *, whole: bool) -> None:
    moment = clock.now()
    Decision.objects.bulk_create(
        [
            Decision(
                request=request,
                level=request.level,
                turn=request.turn,
                verdict=Decision.Verdict.LAPSED,
                owner_user_id=request.owner_user_id,
                decided_at=moment,
            )
            for request in requests
        ]
    )
    before = {request.pk: way(request) for request in requests}
    delays.close(requests, DecisionDelay.Outcome.LAPSED, day)
    finished = list(requests) if whole else advance(requests)[0]
    finish(finished, ApprovalRequest.State.APPROVED)
    for kind, group in by_kind(finished).items():
        handler_for(kind).on_approved(group, actor=_CLOCK, at=moment)
    record_many(
        LAPSED,
        actor=_CLOCK,
        deeds=[Deed(request, before=before[request.pk], after=way(request)) for request in requests],
    )
