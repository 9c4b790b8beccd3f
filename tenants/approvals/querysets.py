"""Questions about many requests, decisions and chains."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from kernel.periods import Month
from kernel.tenancy import here

if TYPE_CHECKING:
    from kernel.accounts.models import RoleGrant, User
    from tenants.approvals.models import (  # noqa: F401  # in class bases
        ApprovalRequest,
        Chain,
        ChainStep,
        Decision,
        DecisionDelay,
        Delegation,
    )


class AmongIds(Func):
    """`AmongIds(F("x"), array, other_array)`: whether the id is in one of the two arrays."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = models.BooleanField()

    def __init__(self, number: F, one: ArraySubquery, other: ArraySubquery) -> None:
        super().__init__(number, Func(one, other, template="%(expressions)s", arg_joiner=" || "))


class ChainQuerySet(models.QuerySet["Chain"]):
    def in_force(self, document_kind: str, day: date, position_kind: str = "") -> Chain | None:
        """The chain on the day for owners in positions of this kind, with its steps in order."""
        found = self.all_in_force(document_kind, day)
        return found.get(position_kind) or found.get("")

    def all_in_force(self, document_kind: str, day: date) -> dict[str, Chain]:
        """The chains on the day by the kind of position, "" the general one, with their steps; two statements.

        The newest version of each counts; one without steps says that there is none.
        """
        rows = (
            self.filter(document_kind=document_kind, valid_from__lte=day)
            .order_by("position_kind", "-valid_from")
            .distinct("position_kind")
            .with_steps()
        )
        return {chain.position_kind: chain for chain in rows if chain.steps.all()}

    def with_steps(self) -> ChainQuerySet:
        return self.prefetch_related(models.Prefetch("steps", _steps()))


def _steps() -> models.QuerySet[ChainStep]:
    from tenants.approvals.models import ChainStep

    return ChainStep.objects.order_by("level")


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    def waiting(self) -> ApprovalRequestQuerySet:
        return self.filter(state="waiting")

    def for_approver(self, user: User) -> ApprovalRequestQuerySet:
        """What this person may decide now: as the named approver, in the stead of one who delegated, or as a holder of
        the role. Never own documents, and as holder of a role no second level of what the person has signed, as long as
        somebody else can decide it."""
        from tenants.approvals.models import Decision, Delegation
        from tenants.employees.models import Employee

        today = here.today()
        own = Employee.objects.filter(user=user).order_by().values("pk")
        delegated = Delegation.objects.to(user).in_force(today)
        of_this_kind = delegated.of_kind(OuterRef("document_kind")).filter(giver=OuterRef("approver"))
        # One array instead of joins, so that the partial indexes of waiting requests can be used together.
        named = AmongIds(F("approver"), ArraySubquery(own), ArraySubquery(delegated.order_by().values("giver")))
        return (
            self.filter(Q(named) & (Q(approver_id=Subquery(own[:1])) | Exists(of_this_kind)) | role_holder(user))
            .exclude(Q(owner_user=user) | Q(owner__user=user))
            .exclude(
                Q(approver__isnull=True)
                & Exists(Decision.objects.by(user).standing().filter(request=OuterRef("pk")).order_by())
                & Exists(_other_holders(user))
            )
        )

    def of_kind(self, document_kind: str) -> ApprovalRequestQuerySet:
        return self.filter(document_kind=document_kind) if document_kind else self

    def passed_up(self) -> ApprovalRequestQuerySet:
        """What somebody below had before: approved there, or not decided in time."""
        return self.filter(came_from__isnull=False).exclude(why="pindah")

    def come_directly(self) -> ApprovalRequestQuerySet:
        """Everything else: what begins here, and what was another's who is no longer there."""
        return self.filter(Q(came_from__isnull=True) | Q(why="pindah"))

    def of_documents(self, document_kind: str, uids: Collection[UUID]) -> ApprovalRequestQuerySet:
        return self.filter(document_kind=document_kind, document_uid__in=uids)

    def returned_to(self, user: User) -> ApprovalRequestQuerySet:
        """Own documents that came back and were not handed in again."""
        from tenants.approvals.models import ApprovalRequest

        newer = ApprovalRequest.objects.filter(
            document_uid=OuterRef("document_uid"), document_kind=OuterRef("document_kind"), pk__gt=OuterRef("pk")
        )
        return self.filter(owner__user=user, state="returned").exclude(Exists(newer))


def role_holder(user: User) -> Q:
    """Requests that wait for a role which this person holds, in that OPD or in the whole region."""
    everywhere = {grant.role for grant in user.effective_grants if grant.opd_uid is None}
    held = Q(role_code__in=everywhere)
    for grant in user.effective_grants:
        if grant.opd_uid is not None:
            held |= Q(role_code=grant.role, role_opd_uid=grant.opd_uid)
    return Q(approver__isnull=True) & ~Q(role_code="") & held


def _other_holders(user: User) -> models.QuerySet[RoleGrant]:
    """Grants of the role for which the outer request waits, to active others who neither own nor have signed it."""
    from kernel.accounts.models import RoleGrant
    from tenants.approvals.models import Decision

    signed = Decision.objects.standing().filter(request=OuterRef(OuterRef("pk")), decided_by=OuterRef("user"))
    return RoleGrant.objects.filter(
        Q(opd_uid=None) | Q(opd_uid=OuterRef("role_opd_uid")),
        ~Q(user=user),
        ~Q(user=Coalesce(OuterRef("owner_user"), OuterRef("owner__user"), 0)),
        ~Exists(signed),
        role__code=OuterRef("role_code"),
        user__is_active=True,
    ).order_by()


class DecisionQuerySet(models.QuerySet["Decision"]):
    def by(self, user: User) -> DecisionQuerySet:
        return self.filter(decided_by=user)

    def standing(self) -> DecisionQuerySet:
        """Those that were not taken back."""
        from tenants.approvals.models import Decision

        same = {name: OuterRef(name) for name in ("request", "level", "turn")}
        return self.exclude(verdict="recalled").exclude(Exists(Decision.objects.filter(verdict="recalled", **same)))

    def seen_by(self, user: User) -> DecisionQuerySet:
        """The person's own decisions, and those that a delegate took on the person's behalf."""
        from tenants.employees.models import Employee

        own = Subquery(Employee.objects.filter(user=user).values("pk")[:1])
        return self.filter(Q(decided_by=user) | Q(on_behalf_of_id=own))

    def last_notes(self, document_kind: str, uids: Collection[UUID]) -> dict[UUID, str]:
        """The newest reason given for each of these documents, by its uid."""
        rows = (
            self.filter(request__document_kind=document_kind, request__document_uid__in=uids)
            .exclude(note="")
            .order_by("pk")
            .values_list("request__document_uid", "note")
        )
        return dict(rows)


class DecisionDelayQuerySet(models.QuerySet["DecisionDelay"]):
    def due_in(self, month: Month) -> DecisionDelayQuerySet:
        """Whose last day to decide was in the month."""
        return self.filter(due_on__gte=month.first_day, due_on__lt=month.end)

    def open(self) -> DecisionDelayQuerySet:
        return self.filter(outcome="open")


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, day: date) -> DelegationQuerySet:
        """Those of the day that were not withdrawn."""
        return self.filter(period__contains=day, withdrawn_at__isnull=True)

    def to(self, user: User) -> DelegationQuerySet:
        """Those by which this person decides in somebody's stead."""
        return self.filter(receiver__user=user, receiver__is_active=True)

    def of_kind(self, document_kind: Any) -> DelegationQuerySet:
        """Those that include this kind of document (a code, or an expression that gives one)."""
        named = Func(F("kinds"), document_kind, function="jsonb_exists", output_field=models.BooleanField())
        return self.filter(Q(kinds=[]) | Q(named))
