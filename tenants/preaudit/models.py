"""What the checks found, when somebody looked, and why a hit was let through."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.preaudit.querysets import HitQuerySet, WaiverQuerySet
from tenants.tpp.models import MonthRun


class Look(models.Model):
    """Somebody had the checks made over a run, for one OPD or for all. Append-only (trigger)."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey("tpp.MonthRun", on_delete=models.PROTECT, related_name="+")
    opd = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # People who would be paid, what was found about them, and how much of it nobody has let through.
    people = models.IntegerField()
    hits = models.IntegerField()
    open_hits = models.IntegerField()
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.run_id} {self.looked_at:%Y-%m-%d %H:%M}"


class Hit(Addressed, Fenced):
    """One check speaks against paying one person. `facts` are what it rests on; with other facts it is another hit.

    A hit that a later look does not find again is mended (`gone_at`); it stays as history.
    """

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=MonthRun.Kind.choices, default=MonthRun.Kind.ORDINARY)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    check_code = models.CharField(max_length=40)
    is_grave = models.BooleanField()
    facts = models.JSONField(default=dict)
    # sha256 over check, person and facts.
    fingerprint = models.CharField(max_length=64)
    # The slip that it speaks against.
    slip = models.ForeignKey("tpp.Slip", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = HitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "opd", "fingerprint"], name="hit_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="hit_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.check_code}: {self.employee_id}"


class Waiver(Addressed, Fenced):
    """A hit is let through: who, why, by which document. Taken back, it stays as history (trigger)."""

    free_text = {"reason": How.REFUSE, "document_number": How.REFUSE}

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="waivers", db_index=False)
    reason = models.TextField()
    document_number = models.CharField(max_length=100, blank=True)
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hit"], condition=models.Q(withdrawn_at__isnull=True), name="waiver_one_for_a_hit"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_has_reason"),
        ]
        indexes = [models.Index(fields=["hit"], name="waiver_by_hit")]

    @override
    def __str__(self) -> str:
        return f"{self.hit_id}: {self.reason[:40]}"
