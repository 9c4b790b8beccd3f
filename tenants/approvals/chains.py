"""New versions of chains, and which one is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.permissions import require
from kernel.tenancy import here
from tenants.approvals.errors import ChainRefused
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import Chain, ChainStep
from tenants.approvals.permissions import MANAGE_CHAINS

CHAIN_MADE = declare_action("approvals.chain_made", "Rantai persetujuan baru dibuat")
CHAIN_ENDED = declare_action("approvals.chain_ended", "Rantai persetujuan diakhiri")


@dataclass(frozen=True, slots=True)
class StepInput:
    """One level of a new chain version. The fields are those of `ChainStep`."""

    approver: str
    role_code: str = ""
    fallback: str = ChainStep.Fallback.NEXT_SUPERIOR
    days_to_decide: int = 5
    day_kind: str = ChainStep.Days.CALENDAR
    after_deadline: str = ChainStep.AfterDeadline.WAIT
    only_exceptions: bool = False
    measure_from: Decimal | None = None

    @property
    def is_conditional(self) -> bool:
        return self.only_exceptions or self.measure_from is not None


@transaction.atomic
def make_chain(
    *,
    document_kind: str,
    name: str,
    valid_from: date,
    steps: Sequence[StepInput],
    actor: Actor,
    position_kind: str = "",
) -> Chain:
    """A new version of a chain, in force from a day that is not past. What is on its way keeps its version.

    `position_kind` narrows it to owners in positions of that kind. Raises ChainRefused, NotAllowed.
    """
    if isinstance(actor, User):
        require(actor, MANAGE_CHAINS)
    if not steps:
        raise ChainRefused("empty")
    _require_fitting(document_kind, position_kind, steps)
    _require_free_day(document_kind, position_kind, valid_from)
    chain = lay_down_chain(
        document_kind=document_kind, name=name, valid_from=valid_from, steps=steps, position_kind=position_kind
    )
    record(
        CHAIN_MADE,
        actor=actor,
        subject=chain,
        after={
            "document_kind": document_kind,
            "position_kind": position_kind,
            "valid_from": valid_from,
            "steps": [s.approver for s in steps],
        },
    )
    return chain


@transaction.atomic
def end_chain(*, document_kind: str, valid_from: date, actor: Actor, position_kind: str = "") -> Chain:
    """From a day on this kind of position has no chain of its own, or a document of the region needs none.

    Raises ChainRefused: a kind that belongs to employees always has a general chain.
    """
    if isinstance(actor, User):
        require(actor, MANAGE_CHAINS)
    if not position_kind and not handler_for(document_kind).of_region:
        raise ChainRefused("needed")
    _require_free_day(document_kind, position_kind, valid_from)
    versions = Chain.objects.filter(document_kind=document_kind, position_kind=position_kind)
    latest = versions.filter(valid_from__lt=valid_from).order_by("-valid_from").first()
    if latest is None or not latest.steps.exists():
        raise ChainRefused("nothing_to_end")
    chain = Chain.objects.create(
        document_kind=document_kind, position_kind=position_kind, name=latest.name, valid_from=valid_from
    )
    record(CHAIN_ENDED, actor=actor, subject=chain, after={"document_kind": document_kind, "valid_from": valid_from})
    return chain


def lay_down_chain(
    *, document_kind: str, name: str, valid_from: date, steps: Sequence[StepInput], position_kind: str = ""
) -> Chain:
    """Write a chain with its steps, numbered from 1."""
    chain = Chain.objects.create(
        document_kind=document_kind, position_kind=position_kind, name=name, valid_from=valid_from
    )
    ChainStep.objects.bulk_create(
        [
            ChainStep(
                chain=chain,
                level=level,
                approver=step.approver,
                role_code=step.role_code if step.approver.startswith("peran") else "",
                fallback=step.fallback,
                days_to_decide=step.days_to_decide,
                day_kind=step.day_kind,
                after_deadline=step.after_deadline,
                only_exceptions=step.only_exceptions,
                measure_from=step.measure_from,
            )
            for level, step in enumerate(steps, 1)
        ]
    )
    return chain


def chain_in_force(document_kind: str, day: date | None = None) -> Chain | None:
    """The general chain of a document of the region today or on the day; None when there is none."""
    return Chain.objects.in_force(document_kind, day or here.today())


def _require_fitting(document_kind: str, position_kind: str, steps: Sequence[StepInput]) -> None:
    document = handler_for(document_kind)
    if document.of_region and position_kind:
        raise ChainRefused("not_by_position")
    if all(step.is_conditional for step in steps):
        raise ChainRefused("conditions_only")
    for level, step in enumerate(steps, 1):
        if step.measure_from is not None and not document.measure_label:
            raise ChainRefused("no_measure", level)
        if document.of_region and step.after_deadline == ChainStep.AfterDeadline.COUNT:
            raise ChainRefused("never_counts", level)


def _require_free_day(document_kind: str, position_kind: str, valid_from: date) -> None:
    if valid_from < here.today():
        raise ChainRefused("past")
    versions = Chain.objects.filter(document_kind=document_kind, position_kind=position_kind)
    if versions.filter(valid_from=valid_from).exists():
        raise ChainRefused("taken")
