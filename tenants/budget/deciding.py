"""What is done about a month that is over: one standing decision for an OPD's month, undoable until it is locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import require
from tenants.budget.checking import Position, position
from tenants.budget.errors import AlreadyDecided, AlreadyLocked, FactsMoved, NotEnough, NothingToDecide
from tenants.budget.models import BudgetDecision, BudgetHold
from tenants.budget.options import Outcome, Shortage
from tenants.budget.permissions import DECIDE
from tenants.calendars import closing
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthLock, MonthRun

DECIDED = declare_action("budget.decided", "Kekurangan anggaran diputuskan")
UNDONE = declare_action("budget.decision_undone", "Keputusan kekurangan anggaran dibatalkan")

Option = BudgetDecision.Option
# A difference pays what is owed for months that were computed already: its share is not for the budget to set.
_ONLY_REVISION = frozenset({MonthRun.Kind.DIFFERENCE.value})


@dataclass(frozen=True, slots=True)
class Choice:
    """The option, with the share of a partial payment and the people of a hold."""

    option: str
    share: Decimal | None = None
    people: Collection[int] = ()


def options_for(kind: str) -> list[BudgetDecision.Option]:
    """The ways out of a shortage that a kind of run has."""
    ways = [option for option in Option if option != Option.UNRECORDED]
    return [option for option in ways if option == Option.REVISION or kind not in _ONLY_REVISION]


def outcome_of(choice: Choice, shortage: Shortage) -> Outcome:
    """What the choice does. Raises NotEnough for a choice that cannot be made."""
    match choice.option:
        case Option.PRO_RATA:
            found = shortage.pro_rata()
            if found is None:
                raise NotEnough
            return found
        case Option.PARTIAL if choice.share is not None:
            return shortage.at(choice.share)
        case Option.HOLD if choice.people:
            return shortage.holding(choice.people)
        case Option.REVISION | Option.UNRECORDED:
            return shortage.under(lambda pk: None)
        case _:
            raise NotEnough


@transaction.atomic
def decide(
    *, month: Month, kind: str, opd: Unit, choice: Choice, seen: str, reason: str, letter_number: str, actor: User
) -> BudgetDecision:
    """Decide for the OPD's month; the next run of the OPD carries it out. `seen` is the net after it, as shown.

    To go on without a recorded ceiling changes no slip. Raises NothingToDecide, AlreadyDecided, AlreadyLocked,
    NotEnough (still above a ceiling) and FactsMoved (the effect is another by now).
    """
    require(actor, DECIDE)
    _require_unlocked(month, kind, opd)
    found = position(month, kind, opd.pk)
    if choice.option == Option.UNRECORDED:
        shortage = _unrecorded(found)
    else:
        shortage = _shortage(found)
        if choice.option not in options_for(kind):
            raise NotEnough
    outcome = outcome_of(choice, shortage)
    if choice.option != Option.REVISION and not outcome.fits:
        raise NotEnough
    if str(outcome.net_after) != seen:
        raise FactsMoved
    try:
        with transaction.atomic():
            decision = BudgetDecision.objects.create(
                month=month.first_day,
                kind=kind,
                opd=opd,
                run=shortage.run,
                option=choice.option,
                share=outcome.share,
                reason=reason.strip()[:300],
                letter_number=letter_number.strip()[:100],
                effect=outcome.summary(),
                decided_by=actor,
            )
    except IntegrityError as error:
        if "decision_one_for_month_kind_and_opd" not in str(error):
            raise
        raise AlreadyDecided from error
    if choice.option == Option.HOLD:
        held = sorted(set(choice.people) & set(shortage.people))
        BudgetHold.objects.bulk_create([BudgetHold(decision=decision, employee_id=pk) for pk in held])
    after = {"month": str(month), "kind": kind, "opd": opd.uid, "option": choice.option, "share": outcome.share}
    record(DECIDED, actor=actor, subject=decision, after={**after, "effect": decision.effect}, note=decision.reason)
    return decision


@transaction.atomic
def undo_decision(*, uid: UUID, why: str, actor: User) -> BudgetDecision:
    """The decision no longer counts; the next run of the OPD pays in full again. Raises NotFound and AlreadyLocked."""
    require(actor, DECIDE)
    decision = (
        BudgetDecision.objects.standing().select_for_update(of=("self",)).select_related("opd").filter(uid=uid).first()
    )
    if decision is None:
        raise NotFound("decision")
    _require_unlocked(Month.of(decision.month), decision.kind, decision.opd)
    decision.undone_by, decision.undone_at, decision.undone_why = actor, clock.now(), why.strip()[:300]
    decision.save(update_fields=["undone_by", "undone_at", "undone_why"])
    record(UNDONE, actor=actor, subject=decision, note=why)
    return decision


def _shortage(found: Position) -> Shortage:
    if found.cost is None or not found.is_over:
        raise NothingToDecide
    return Shortage(found)


def _unrecorded(found: Position) -> Shortage:
    if found.cost is None or found.is_over or not found.missing:
        raise NothingToDecide
    return Shortage(found)


def _require_unlocked(month: Month, kind: str, opd: Unit) -> None:
    """Whoever locks the OPD's month waits for this transaction. Raises AlreadyLocked."""
    closing.hold(month.first_day, month.end)
    if MonthLock.objects.standing().of(month, kind).filter(opd=opd).exists():
        raise AlreadyLocked
