"""Approval chains as data, requests on their way, and decisions that are never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from tenants.approvals.querysets import ApprovalRequestQuerySet, ChainQuerySet, DecisionQuerySet


class Chain(Addressed):
    """How one kind of document is approved, from a date on. A version in use is followed by a new one, not edited."""

    document_kind = models.SlugField(max_length=40, db_index=False)
    name = models.CharField(max_length=100)
    valid_from = models.DateField()

    objects = ChainQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document_kind", "valid_from"], name="chain_once_per_day")]

    @override
    def __str__(self) -> str:
        return self.name


class ChainStep(models.Model):
    """One level of a chain: who decides, within how many days, and who when there is nobody."""

    class Approver(models.TextChoices):
        DIRECT_SUPERIOR = "atasan_langsung", _("Atasan langsung")
        NEXT_SUPERIOR = "atasan_dari_atasan", _("Atasan dari atasan")
        ROLE_IN_OPD = "peran_opd", _("Pemegang peran di OPD")
        ROLE_IN_REGION = "peran_daerah", _("Pemegang peran di daerah")

    class Fallback(models.TextChoices):
        NEXT_SUPERIOR = "atasan_berikutnya", _("Atasan berikutnya di peta jabatan")
        BKPSDM = "bkpsdm", _("BKPSDM")

    id = models.BigAutoField(primary_key=True)
    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="steps")
    level = models.SmallIntegerField()
    approver = models.CharField(max_length=20, choices=Approver.choices)
    role_code = models.CharField(max_length=40, blank=True)
    fallback = models.CharField(max_length=20, choices=Fallback.choices, default=Fallback.NEXT_SUPERIOR)
    days_to_decide = models.SmallIntegerField(default=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "level"], name="chain_level_once"),
            models.CheckConstraint(condition=models.Q(level__gte=1), name="chain_level_from_1"),
            models.CheckConstraint(condition=models.Q(days_to_decide__gte=1), name="chain_days_from_1"),
            models.CheckConstraint(
                condition=~models.Q(approver__startswith="peran") | ~models.Q(role_code=""), name="chain_role_named"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.chain_id}/{self.level}: {self.approver}"


class ApprovalRequest(Addressed, Fenced):
    """A document on its way through a chain. The document is named by kind and uid; its app owns the effect."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu")
        APPROVED = "approved", _("Disetujui")
        RETURNED = "returned", _("Dikembalikan")
        REJECTED = "rejected", _("Ditolak")
        WITHDRAWN = "withdrawn", _("Ditarik")

    document_kind = models.SlugField(max_length=40, db_index=False)
    document_uid = models.UUIDField()
    title = models.CharField(max_length=300)
    owner = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="approval_requests")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="requests")
    level = models.SmallIntegerField(default=1)
    approver = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="approvals_waiting", db_index=False
    )
    # Set when a role, not a person, decides this level.
    role_code = models.CharField(max_length=40, blank=True)
    role_opd_uid = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # Reasons to look closer, empty for an ordinary one: the inbox shows exceptions first.
    remarks = models.JSONField(default=list)
    # Whether there are remarks, as a column that the inbox can sort by.
    is_exception = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(null=True)

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_kind", "document_uid"],
                condition=models.Q(state="waiting"),
                name="approval_one_waiting_per_document",
            ),
            models.CheckConstraint(
                condition=models.Q(approver__isnull=True) | ~models.Q(approver=models.F("owner")),
                name="approval_not_by_owner",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(approver__isnull=False) | ~models.Q(role_code=""),
                name="approval_waits_for_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(remarks=[], is_exception=False)
                | ~models.Q(remarks=[]) & models.Q(is_exception=True),
                name="approval_exception_has_remarks",
            ),
        ]
        indexes = [
            models.Index(
                fields=["approver", "-is_exception", "id"], name="approval_inbox", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["role_code", "role_opd_uid", "id"],
                name="approval_role_inbox",
                condition=models.Q(state="waiting", approver__isnull=True),
            ),
            models.Index(fields=["document_uid"], name="approval_by_document"),
        ]

    @override
    def __str__(self) -> str:
        return self.title


class Decision(models.Model):
    """One decision at one level. Append-only (trigger); nobody decides on their own document (constraint).

    An approval that its approver takes back is one more row, `recalled`, beside the first.
    """

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("Disetujui")
        RETURNED = "returned", _("Dikembalikan")
        REJECTED = "rejected", _("Ditolak")
        RECALLED = "recalled", _("Persetujuan ditarik kembali")

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    level = models.SmallIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The owner's user, copied so that the database can refuse a self-approval without a look-up.
    owner_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=clock.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "level"], condition=~models.Q(verdict="recalled"), name="decision_once_per_level"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(verdict="recalled"), name="decision_recalled_once"
            ),
            models.CheckConstraint(
                condition=models.Q(owner_user__isnull=True) | ~models.Q(decided_by=models.F("owner_user")),
                name="decision_not_by_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="approved") | ~models.Q(note=""), name="decision_refusal_has_reason"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.request_id}/{self.level}: {self.verdict}"
