"""Scratch tables of a try-out: what past months would have paid under another rule set. Removable at any time."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.tryout.querysets import TryOutPersonQuerySet, TryOutQuerySet


class TryOut(Addressed, Fenced):
    """One rule set over one to twelve past months. The same text over the same months is one row."""

    free_text = {"title": How.HOLD}
    text_page = Page("tryout-result")

    class State(models.TextChoices):
        QUEUED = "queued", "Menunggu"
        RUNNING = "running", "Menghitung"
        DONE = "done", "Selesai"
        FAILED = "failed", "Gagal"
        CANCELLED = "cancelled", "Dihentikan"

    rule_set = models.ForeignKey("rules.StoredRuleSet", on_delete=models.PROTECT, related_name="+")
    # A draft may be edited while and after it is tried out: this is what was tried.
    title = models.CharField(max_length=250)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    # `2026-08,2026-09,2026-10`
    months_key = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    # The result in figures as text, as `tenants.tryout.summing` writes and reads it.
    summary = models.JSONField(default=dict)

    objects = TryOutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "months_key"], name="tryout_once_for_text_and_months"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.title}: {self.months_key}"

    @property
    def is_going(self) -> bool:
        """Whether it still waits or works."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE


class TryOutMonth(models.Model):
    """One month of a try-out: the run whose frozen facts are computed again."""

    id = models.BigAutoField(primary_key=True)
    tryout = models.ForeignKey(TryOut, on_delete=models.CASCADE, related_name="months", db_index=False)
    month = models.DateField()
    run = models.ForeignKey("tpp.MonthRun", on_delete=models.CASCADE, related_name="+", db_index=False)
    # What the new rules gave through each node, rupiah as text by node id: {node_id: {"label": ..., "new": ...}}.
    nodes = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tryout", "month"], name="tryout_month_once")]

    @override
    def __str__(self) -> str:
        return f"{self.tryout_id}: {self.month:%Y-%m}"

    @property
    def month_text(self) -> str:
        """`2026-10`, as addresses name a month."""
        return f"{self.month:%Y-%m}"


class TryOutPerson(models.Model):
    """One person in one month: paid then, paid by the rules that are tried, or why they give nothing.

    Lines are not stored: they are computed again from the frozen facts when somebody looks.
    """

    class Status(models.TextChoices):
        GAIN = "gain", "Naik"
        LOSS = "loss", "Turun"
        SAME = "same", "Tetap"
        # Not computed by the run, but by these rules; its `old` figures are 0.
        NEW = "new", "Baru terhitung"
        ERROR = "error", "Tidak dapat dihitung"

    id = models.BigAutoField(primary_key=True)
    month = models.ForeignKey(TryOutMonth, on_delete=models.CASCADE, related_name="people", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="+", db_index=False)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    kelas = models.SmallIntegerField(null=True)
    status = models.CharField(max_length=6, choices=Status.choices)
    old_gross = models.DecimalField(max_digits=18, decimal_places=2)
    old_net = models.DecimalField(max_digits=18, decimal_places=2)
    # None: these rules give no slip.
    new_gross = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    new_net = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    difference = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    # The nodes whose result is another than on the slip, new results as text by node id.
    figures = models.JSONField(default=dict)
    # What was taken from superiors and subordinates, so that one person can be computed again alone.
    related = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    objects = TryOutPersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "try-out people"
        constraints = [
            models.UniqueConstraint(fields=["month", "employee"], name="tryout_person_once"),
            models.CheckConstraint(
                condition=models.Q(status="error", new_net__isnull=True)
                | models.Q(~models.Q(status="error"), new_net__isnull=False),
                name="tryout_error_has_no_result",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.month_id}: {self.employee_id}"
