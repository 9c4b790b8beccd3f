"""Frozen samples, what was looked at, findings with their answers, and corrections they propose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy import here
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.oversight.querysets import FindingQuerySet


class Sample(Addressed, Fenced):
    """People of one month to be examined, drawn by seed and by risk. Never changed once drawn (trigger)."""

    # The job that drew it: taken up again after its worker died, it draws no second one.
    job_uid = models.UUIDField(unique=True)
    month = models.DateField()
    opd = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    riskiest = models.IntegerField()
    seed = models.CharField(max_length=60)
    # How many there were to draw from.
    population = models.IntegerField()
    # sha256 over month, OPD, percent, riskiest, seed and the ordered people with their reasons.
    digest = models.CharField(max_length=64)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="sample_month_is_first_day"),
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="sample_percent"),
            models.CheckConstraint(condition=models.Q(riskiest__gte=0), name="sample_riskiest_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.seed}"


class SampledPerson(Addressed, Fenced):
    """One person of a sample. `reasons` are [[signal, count, points], ...] as they stood when it was drawn."""

    class Why(models.TextChoices):
        CHANCE = "chance", _("Acak")
        RISK = "risk", _("Risiko")
        BOTH = "both", _("Acak dan risiko")

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="people", db_index=False)
    order = models.IntegerField()
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=6, choices=Why.choices)
    risk = models.DecimalField(max_digits=8, decimal_places=2)
    reasons = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "sampled people"
        constraints = [
            models.UniqueConstraint(fields=["sample", "order"], name="sampled_in_order"),
            models.UniqueConstraint(fields=["sample", "employee"], name="sampled_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.sample_id}/{self.order}"


class Examination(models.Model):
    """Somebody has gone through a sampled person's month."""

    free_text = {"note": How.HOLD}

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(SampledPerson, on_delete=models.PROTECT, related_name="examination")
    note = models.CharField(max_length=500, blank=True)
    examined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    examined_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.person_id}"


class Finding(Addressed, Fenced):
    """Something wrong in a person's month, with a day by which it is answered."""

    free_text = {"about": How.HOLD, "text": How.HOLD, "conclusion": How.HOLD}
    text_page = Page(own="oversight-finding")

    class State(models.TextChoices):
        OPEN = "open", _("Menunggu jawaban")
        ANSWERED = "answered", _("Sudah dijawab")
        CLOSED = "closed", _("Selesai")

    class Subject(models.TextChoices):
        PUNCH = "punch", _("Kehadiran")
        ACTIVITY = "activity", _("Aktivitas")
        EVIDENCE = "evidence", _("Bukti")
        APPROVAL = "approval", _("Persetujuan")
        SLIP = "slip", _("Slip TPP")

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="findings")
    month = models.DateField()
    sampled = models.ForeignKey(SampledPerson, null=True, on_delete=models.PROTECT, related_name="findings")
    subject = models.CharField(max_length=10, choices=Subject.choices)
    # What it is about: a day, an activity, a slip line; as the page named it.
    about = models.CharField(max_length=300)
    text = models.TextField()
    answer_due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    conclusion = models.TextField(blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    # A form sent twice is one finding.
    client_key = models.UUIDField(unique=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="finding_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | ~models.Q(state="closed") & models.Q(closed_at__isnull=True),
                name="finding_closed_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_due", "id"], name="finding_by_due")]

    @override
    def __str__(self) -> str:
        return self.about

    @property
    def is_overdue(self) -> bool:
        """Nobody has answered, and the region's day for it is over."""
        return self.state == self.State.OPEN and self.answer_due < here.today()


class Answer(models.Model):
    """What the person or the OPD says to a finding. Append-only (trigger)."""

    free_text = {"text": How.REFUSE}

    id = models.BigAutoField(primary_key=True)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.finding_id}"


class ProposedCorrection(Addressed, Fenced):
    """Rupiah to be taken back on a later month's run because of a finding; history is never edited.

    Decided by somebody who did not propose it (constraint). Once accepted it is a listed deduction of `taken_in`.
    """

    free_text = {"reason": How.HOLD, "decision_note": How.HOLD}

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Diusulkan")
        ACCEPTED = "accepted", _("Diterima")
        REFUSED = "refused", _("Ditolak")

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="correction")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    # The month whose run takes it, set when it is accepted: the first open one.
    taken_in = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="correction_above_zero"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="correction_decided_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state="accepted", taken_in__isnull=False, decided_by__isnull=False)
                | models.Q(state="refused", taken_in__isnull=True, decided_by__isnull=False)
                | models.Q(state="proposed", taken_in__isnull=True, decided_by__isnull=True),
                name="correction_state_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_in__isnull=True) | models.Q(taken_in__day=1),
                name="correction_month_is_first_day",
            ),
        ]
        indexes = [
            models.Index(fields=["taken_in"], name="correction_by_month", condition=models.Q(state="accepted")),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.finding_id}: {self.amount}"
