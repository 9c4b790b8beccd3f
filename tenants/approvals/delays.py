"""Whose deadlines passed: the record of the one who had the document, and what the TPP run reads of it.

A delay is charged to the person who had the document when its last day passed: the approver, or to whom the approver
had delegated this kind of document on that day. A role has no record. It stays on the record whatever follows, and a
decision in time leaves none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Count

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.approvals.models import ApprovalRequest, Decision, DecisionDelay, Delegation


def late_decisions(employee_ids: Collection[int], month: Month) -> dict[int, int]:
    """How many documents each of these people let pass their last day in the month; every asked key has an entry.

    Counted in the month of the last day, however long it took from there and whatever ended it. One statement.
    """
    rows = (
        DecisionDelay.objects.due_in(month)
        .filter(approver__in=employee_ids)
        .values_list("approver_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found = dict(rows)
    return {employee: found.get(employee, 0) for employee in employee_ids}


def note(requests: Sequence[ApprovalRequest], today: date) -> int:
    """Write down that the last day of these waiting requests has passed, for those that a person has.

    Returns how many are overdue. A delay that is noted already stays as it is.
    """
    overdue = [r for r in requests if r.approver_id is not None and r.due_on is not None and r.due_on < today]
    if overdue:
        charged = _charged(overdue)
        rows = [
            DecisionDelay(approver_id=charged[r.pk], request=r, level=r.level, due_on=r.due_on)
            for r in overdue
            if r.due_on is not None
        ]
        DecisionDelay.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(overdue)


def _charged(requests: Sequence[ApprovalRequest]) -> dict[int, int]:
    """Whose delay each of these is: the approver's, or that of the first to whom it was delegated on its last day."""
    found = {request.pk: request.approver_id for request in requests if request.approver_id is not None}
    delegations = list(Delegation.objects.filter(giver__in=set(found.values())).order_by("pk"))
    for request in requests:
        for one in delegations:
            is_meant = one.giver_id == request.approver_id and (not one.kinds or request.document_kind in one.kinds)
            if is_meant and _counted_on(one, request.due_on) and one.receiver_id != request.owner_id:
                found[request.pk] = one.receiver_id
                break
    return found


def _counted_on(delegation: Delegation, day: date | None) -> bool:
    """Whether it counted to the end of the day: one that was withdrawn later did, so a delay keeps whose it is."""
    if day is None or day not in delegation.period:
        return False
    taken_back = delegation.withdrawn_at
    return taken_back is None or clock.local_date(taken_back, current_region().time_zone) > day


def close(requests: Sequence[ApprovalRequest], outcome: str, today: date) -> None:
    """The requests move on: note those that are overdue, and end their delays. Nothing is asked when none is overdue.

    Call it before the requests get another approver or level.
    """
    late = [request for request in requests if request.due_on is not None and request.due_on < today]
    if not note(late, today):
        return
    delays = list(DecisionDelay.objects.open().filter(request__in=late).select_for_update().order_by("pk"))
    for delay in delays:
        delay.outcome = outcome
        delay.ended_on = today
        delay.days_late = (today - delay.due_on).days
    DecisionDelay.objects.bulk_update(delays, ["outcome", "ended_on", "days_late"], batch_size=500)


def reopen(decisions: Sequence[Decision]) -> None:
    """These decisions are undone: a delay that one of them ended goes on."""
    levels = {(decision.request_id, decision.level) for decision in decisions}
    ended = DecisionDelay.objects.filter(
        request__in={request for request, _level in levels}, outcome=DecisionDelay.Outcome.DECIDED
    )
    delays = [delay for delay in ended.select_for_update().order_by("pk") if (delay.request_id, delay.level) in levels]
    for delay in delays:
        delay.outcome, delay.ended_on, delay.days_late = DecisionDelay.Outcome.OPEN, None, None
    DecisionDelay.objects.bulk_update(delays, ["outcome", "ended_on", "days_late"], batch_size=500)
