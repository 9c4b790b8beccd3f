"""What a decision does to yearly plans: the approved version counts, the one before it is kept as replaced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts.actors import Actor
from tenants.approvals.errors import DocumentsOutOfStep, NotRecallable
from tenants.approvals.handlers import Details, Handler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.skp.access import DOCUMENT_KIND
from tenants.skp.models import PeriodReport, Plan, WorkResult


@handler(DOCUMENT_KIND)
class Plans(Handler):
    """Yearly SKP."""

    label = gettext_lazy("Rencana SKP")

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        keys = _locked(requests, Plan.State.SUBMITTED)
        follower = Plan.objects.filter(
            pk__in=keys, employee=OuterRef("employee"), year=OuterRef("year"), position=OuterRef("position")
        )
        Plan.objects.in_force().filter(Exists(follower)).update(state=Plan.State.REPLACED)
        Plan.objects.filter(pk__in=keys).update(state=Plan.State.APPROVED, decided_at=at)

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        Plan.objects.filter(pk__in=_locked(requests, Plan.State.SUBMITTED)).update(
            state=Plan.State.RETURNED, decided_at=at
        )

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        Plan.objects.filter(pk__in=_locked(requests, Plan.State.SUBMITTED)).update(
            state=Plan.State.REJECTED, decided_at=at
        )

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Back to the owner, and the version before it counts again. Refused once a period is reported by it, or a
        newer version is on its way."""
        self._take_back(requests, Plan.State.RETURNED, at)

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Handed in again, and the version before it counts again. Refused where a recall is."""
        self._take_back(requests, Plan.State.SUBMITTED, None)
        return {}

    def _take_back(self, requests: Sequence[ApprovalRequest], state: str, at: datetime | None) -> None:
        try:
            keys = _locked(requests, Plan.State.APPROVED)
        except DocumentsOutOfStep as error:
            raise NotRecallable from error
        same = {"employee": OuterRef("employee"), "year": OuterRef("year"), "position": OuterRef("position")}
        recalled = Plan.objects.filter(pk__in=keys)
        if (
            PeriodReport.objects.filter(plan__in=keys).exists()
            or recalled.filter(Exists(Plan.objects.open().filter(**same))).exists()
            or WorkResult.objects.filter(derived_from__plan__in=keys).exists()
        ):
            raise NotRecallable
        recalled.update(state=state, decided_at=at)
        later = Plan.objects.filter(state=Plan.State.REPLACED, version__gt=OuterRef("version"), **same)
        Plan.objects.filter(Exists(Plan.objects.filter(pk__in=keys, **same)), state=Plan.State.REPLACED).exclude(
            Exists(later)
        ).update(state=Plan.State.APPROVED)

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        """What is planned, and what a new version changes in it."""
        plans = Plan.objects.filter(uid__in=uids).select_related("position").with_lines()
        found = {}
        for plan in plans:
            results = list(plan.results.all())
            # The inbox shows the values in one line without their labels, so each of them says what it counts.
            counts = {
                "results": len(results),
                "indicators": sum(len(line.indicators.all()) for line in results),
                "derived": sum(line.derived_from_id is not None for line in results),
            }
            found[plan.uid] = Details(
                facts=[
                    (_("Tahun"), plan.year),
                    (_("Versi"), _("versi %(n)s") % {"n": plan.version}),
                    (_("Model"), plan.get_model_display()),
                    (_("Rencana hasil kerja"), _("%(results)d hasil kerja") % counts),
                    (_("Indikator"), _("%(indicators)d indikator") % counts),
                    (_("Turunan dari atasan"), _("%(derived)d dari atasan") % counts),
                ],
                text="; ".join(line.statement for line in results),
                url=reverse("skp-plan", args=[plan.uid]),
                whole=reverse("skp-plan", args=[plan.uid]),
            )
        return found


def _locked(requests: Sequence[ApprovalRequest], state: str) -> list[int]:
    """The keys of the documents, locked in order and all in this state."""
    wanted = {request.document_uid for request in requests}
    keys = list(
        Plan.objects.select_for_update(of=("self",))
        .filter(uid__in=wanted, state=state)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if len(keys) != len(wanted):
        raise DocumentsOutOfStep(f"{len(wanted) - len(keys)} plans are not {state}")
    return keys
