"""Payments held by an official's decision, and releases of what a rule or an official holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.holds.querysets import HoldReleaseQuerySet, OrderedHoldQuerySet


class OrderedHold(Addressed, Fenced):
    """An official holds a person's payments, from one month up to but without another (open when None).

    The pay is computed and shown; what is held is released month by month (`HoldRelease`).
    """

    free_text = {"reason": How.HOLD, "basis": How.HOLD}

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="ordered_holds")
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    # The clause or letter on which it stands.
    basis = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = OrderedHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_month__day=1)
                & (models.Q(until_month__isnull=True) | models.Q(until_month__day=1)),
                name="hold_months_are_first_days",
            ),
            models.CheckConstraint(
                condition=models.Q(until_month__isnull=True) | models.Q(until_month__gte=models.F("from_month")),
                name="hold_does_not_end_before_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(basis=""), name="hold_has_reason_and_basis"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.reason}"

    @property
    def node_id(self) -> str:
        """Its name among what holds a slip; a rule's own node never begins so."""
        return f"penahanan.{self.uid.hex}"


class HoldRelease(Addressed, Fenced):
    """What holds one person's payment of one month no longer holds it, by a document.

    `node_id` is the rule set's gate, or an `OrderedHold`. Where a second person is needed it counts from the
    confirmation on. Never changed otherwise and never deleted (trigger).
    """

    free_text = {"reason": How.REFUSE, "document_number": How.REFUSE}

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="hold_releases")
    month = models.DateField()
    # Of the run: ordinary, thr, thirteenth.
    run_kind = models.CharField(max_length=12, default="ordinary")
    node_id = models.CharField(max_length=120)
    # What held it, in the words of the slip.
    held_for = models.TextField()
    reason = models.CharField(max_length=300)
    document_number = models.CharField(max_length=100)
    needs_second = models.BooleanField(default=False)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = HoldReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "month", "run_kind", "node_id"], name="release_once_per_hold_and_month"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="release_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("released_by")),
                name="release_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="release_confirmation_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(document_number=""), name="release_has_reason_and_document"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m}: {self.node_id}"

    @property
    def counts(self) -> bool:
        """Whether nobody's word is missing."""
        return not self.needs_second or self.confirmed_at is not None
