"""Approval chains as data, requests on their way, decisions that are never changed, delays and delegations."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.approvals.querysets import (
    ApprovalRequestQuerySet,
    ChainQuerySet,
    DecisionDelayQuerySet,
    DecisionQuerySet,
    DelegationQuerySet,
)


class Chain(Addressed):
    """How one kind of document is approved, from a date on. A version in use is followed by a new one, not edited.

    `position_kind` is the kind of the owner's position that it is for, "" for every kind that has none of its own. A
    version without steps ends what was: the general chain, or no chain at all, is in force from its date on.
    """

    free_text = {"name": How.HOLD}

    document_kind = models.SlugField(max_length=40, db_index=False)
    position_kind = models.CharField(max_length=15, blank=True)
    name = models.CharField(max_length=100)
    valid_from = models.DateField()

    objects = ChainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document_kind", "position_kind", "valid_from"], name="chain_once_per_day")
        ]

    @override
    def __str__(self) -> str:
        return self.name


class ChainStep(models.Model):
    """One level of a chain: who decides, when it applies, by when, and who when there is nobody."""

    class Approver(models.TextChoices):
        DIRECT_SUPERIOR = "atasan_langsung", _("Atasan langsung")
        NEXT_SUPERIOR = "atasan_dari_atasan", _("Atasan dari atasan")
        KEPALA_OPD = "kepala_opd", _("Kepala OPD")
        BKPSDM = "bkpsdm", _("BKPSDM")
        SEKDA = "sekda", _("Sekretaris daerah")
        WAKIL_KEPALA_DAERAH = "wakil_kepala_daerah", _("Wakil kepala daerah")
        KEPALA_DAERAH = "kepala_daerah", _("Kepala daerah")
        ROLE_IN_OPD = "peran_opd", _("Pemegang peran di OPD")
        ROLE_IN_REGION = "peran_daerah", _("Pemegang peran di daerah")

    class Fallback(models.TextChoices):
        NEXT_SUPERIOR = "atasan_berikutnya", _("Atasan berikutnya di peta jabatan")
        SEKDA = "sekda", _("Sekretaris daerah")
        BKPSDM = "bkpsdm", _("BKPSDM")

    class Days(models.TextChoices):
        CALENDAR = "kalender", _("hari kalender")
        WORKING = "kerja", _("hari kerja unit pegawai")

    class AfterDeadline(models.TextChoices):
        WAIT = "tunggu", _("Tetap menunggu")
        NEXT_SUPERIOR = "atasan_berikutnya", _("Naik ke atasan berikutnya")
        BKPSDM = "bkpsdm", _("Naik ke BKPSDM")
        COUNT = "dihitung", _("Dihitung tanpa keputusan")

    id = models.BigAutoField(primary_key=True)
    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="steps")
    level = models.SmallIntegerField()
    approver = models.CharField(max_length=20, choices=Approver.choices)
    role_code = models.CharField(max_length=40, blank=True)
    # Only documents with a reason to look closer come to this level.
    only_exceptions = models.BooleanField(default=False)
    # Only documents whose measure (days of a leave, rupiah of a payout) is at least this come to this level.
    measure_from = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    fallback = models.CharField(max_length=20, choices=Fallback.choices, default=Fallback.NEXT_SUPERIOR)
    days_to_decide = models.SmallIntegerField(default=5)
    day_kind = models.CharField(max_length=10, choices=Days.choices, default=Days.CALENDAR)
    after_deadline = models.CharField(max_length=20, choices=AfterDeadline.choices, default=AfterDeadline.WAIT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "level"], name="chain_level_once"),
            models.CheckConstraint(condition=models.Q(level__gte=1), name="chain_level_from_1"),
            models.CheckConstraint(condition=models.Q(days_to_decide__gte=1), name="chain_days_from_1"),
            models.CheckConstraint(
                condition=~models.Q(approver__startswith="peran") | ~models.Q(role_code=""), name="chain_role_named"
            ),
            models.CheckConstraint(
                condition=models.Q(measure_from__isnull=True) | models.Q(measure_from__gt=0),
                name="chain_measure_positive",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.chain_id}/{self.level}: {self.approver}"


class ApprovalRequest(Addressed, Fenced):
    """A document on its way through a chain. The document is named by kind and uid; its app owns the effect.

    `owner` is the employee whose document it is; None for a document of the region (rule set, closing of a month,
    payout). `owner_user` is the user whose document it is, for those the one who handed it in.
    """

    free_text = {"title": How.HOLD}

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu")
        APPROVED = "approved", _("Disetujui")
        RETURNED = "returned", _("Dikembalikan")
        REJECTED = "rejected", _("Ditolak")
        WITHDRAWN = "withdrawn", _("Ditarik")

    class Why(models.TextChoices):
        """Why it stands where it stands, "" when it stands where the chain says."""

        ACTING = "pejabat_sementara", _("dijabat Plt/Plh")
        VACANT = "kosong", _("jabatan yang seharusnya memutuskan kosong")
        NOT_OWN = "dokumen_sendiri", _("yang seharusnya memutuskan adalah pemilik dokumen")
        DEADLINE = "lewat_batas", _("naik karena batas waktu lewat")
        MOVED = "pindah", _("pemutus sebelumnya pindah atau tidak bertugas lagi")

    document_kind = models.SlugField(max_length=40, db_index=False)
    document_uid = models.UUIDField()
    # What the document was when it was handed in, as its handler says it: a version number or a digest.
    document_version = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=300)
    owner = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="approval_requests"
    )
    owner_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="requests")
    level = models.SmallIntegerField(default=1)
    # How often an approval of it was undone; a decision belongs to one turn.
    turn = models.SmallIntegerField(default=0, db_default=0)
    # Where it stood before an approval, or the undoing of one, moved it here: what `routing.place_of` says.
    stood = models.JSONField(null=True)
    approver = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="approvals_waiting", db_index=False
    )
    # The post by which the approver decides; None for a role or a superior named by an override.
    approver_position = models.ForeignKey(
        "organisation.Position", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Set when a role, not a person, decides this level.
    role_code = models.CharField(max_length=40, blank=True)
    role_opd_uid = models.UUIDField(null=True)
    why = models.CharField(max_length=20, choices=Why.choices, blank=True)
    # Who had it before, when it was passed up or along.
    came_from = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # Reasons to look closer, empty for an ordinary one: the inbox shows exceptions first.
    remarks = models.JSONField(default=list)
    # Whether there are remarks, as a column that the inbox can sort by.
    is_exception = models.BooleanField(default=False)
    # What a step's `measure_from` is compared with; None when this kind of document has none.
    measure = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    submitted_at = models.DateTimeField(default=clock.now)
    # The day that the document is about; None for a document of the region.
    on = models.DateField(null=True)
    # Since when it stands with its present approver at its present level.
    reached_at = models.DateTimeField(default=clock.now)
    # The last day to decide at this level.
    due_on = models.DateField(null=True)
    # The last day by the region's rule set, and what it says follows; set when the document is handed in.
    rule_due_on = models.DateField(null=True)
    after_rule = models.CharField(max_length=20, blank=True)
    # The last day before the daily task must act; None when nothing follows by itself any more.
    acts_after = models.DateField(null=True)

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document_kind", "document_uid"],
                condition=models.Q(state="waiting"),
                name="approval_one_waiting_per_document",
            ),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False) | models.Q(owner_user__isnull=False),
                name="approval_is_somebodys",
            ),
            models.CheckConstraint(
                condition=models.Q(approver__isnull=True)
                | models.Q(owner__isnull=True)
                | ~models.Q(approver=models.F("owner")),
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
                fields=["approver", "came_from", "is_exception", "id"],
                name="approval_inbox_by_sender",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["role_code", "role_opd_uid", "id"],
                name="approval_role_inbox",
                condition=models.Q(state="waiting", approver__isnull=True),
            ),
            models.Index(fields=["document_uid"], name="approval_by_document"),
            models.Index(fields=["acts_after", "id"], name="approval_acts_after", condition=models.Q(state="waiting")),
        ]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def stage(self) -> str:
        """Level and turn, which a page sends back: who has signed it before decides again only on what was shown."""
        return f"{self.level}.{self.turn}"


class Decision(models.Model):
    """One decision at one level. Append-only; nobody decides on their own document (constraint and triggers).

    An approval that its approver takes back or undoes is one more row, `recalled`, beside the first. What counted
    because nobody decided in time is `lapsed`, and only that has no `decided_by`.
    """

    free_text = {"note": How.REFUSE}

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("Disetujui")
        RETURNED = "returned", _("Dikembalikan")
        REJECTED = "rejected", _("Ditolak")
        RECALLED = "recalled", _("Persetujuan ditarik kembali")
        LAPSED = "lapsed", _("Dihitung karena batas waktu lewat")

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    level = models.SmallIntegerField()
    # That of the request at the moment of the decision, which a trigger holds it to.
    turn = models.SmallIntegerField(default=0, db_default=0)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Whose authority was delegated to who decided; None for one's own.
    on_behalf_of = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The owner's user, copied so that the database can refuse a self-approval without a look-up.
    owner_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=clock.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "level", "turn"],
                condition=~models.Q(verdict="recalled"),
                name="decision_once_per_level",
            ),
            models.UniqueConstraint(
                fields=["request", "level", "turn"],
                condition=models.Q(verdict="recalled"),
                name="decision_recalled_once",
            ),
            models.CheckConstraint(
                condition=models.Q(owner_user__isnull=True)
                | models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("owner_user")),
                name="decision_not_by_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="lapsed", decided_by__isnull=True, on_behalf_of__isnull=True)
                | ~models.Q(verdict="lapsed") & models.Q(decided_by__isnull=False),
                name="decision_by_somebody_or_lapsed",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["approved", "lapsed"]) | ~models.Q(note=""),
                name="decision_refusal_has_reason",
            ),
        ]
        indexes = [
            # What delegates decided in one's stead, the newest first.
            models.Index(
                fields=["on_behalf_of", "-id"],
                name="decision_on_behalf",
                condition=models.Q(on_behalf_of__isnull=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.request_id}/{self.level}: {self.verdict}"


class DecisionDelay(models.Model):
    """A request whose deadline passed while this person had it: the delay is on this person's own record.

    Written once the deadline has passed, closed when the request moves on.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Belum diputuskan")
        DECIDED = "decided", _("Diputuskan terlambat")
        LAPSED = "lapsed", _("Dihitung tanpa keputusan")
        PASSED_UP = "passed_up", _("Naik ke pemutus berikutnya")
        MOVED = "moved", _("Beralih karena pemutus pindah")
        WITHDRAWN = "withdrawn", _("Ditarik pemiliknya")

    id = models.BigAutoField(primary_key=True)
    approver = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, related_name="decision_delays", db_index=False
    )
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="delays", db_index=False)
    level = models.SmallIntegerField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    ended_on = models.DateField(null=True)
    # Calendar days from the deadline to the end; None while open.
    days_late = models.IntegerField(null=True)

    objects = DecisionDelayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "level", "approver"], name="delay_once_per_level_and_approver"),
            models.CheckConstraint(
                condition=models.Q(outcome="open", ended_on__isnull=True, days_late__isnull=True)
                | ~models.Q(outcome="open") & models.Q(ended_on__isnull=False, days_late__gte=0),
                name="delay_ends_with_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["approver", "-due_on", "id"], name="delay_by_approver")]

    @override
    def __str__(self) -> str:
        return f"{self.request_id}/{self.level}: {self.due_on}"


# --- delegation


class Delegation(Addressed, Fenced):
    """A superior lets somebody decide in their stead from one day to another, all kinds of documents or some.

    It passes on what waits for the giver, and nothing that the giver decides on by another's delegation.
    """

    free_text = {"note": How.HOLD}

    giver = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="delegations_given")
    receiver = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="delegations_received")
    period = DateRangeField()
    # Kinds of documents by their codes; empty for every kind.
    kinds = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(receiver=models.F("giver")), name="delegation_not_to_oneself"),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="delegation_has_both_days",
            ),
            ExclusionConstraint(
                name="delegation_once_at_a_time",
                expressions=[
                    (Id8Range("giver", "giver"), "&&"),
                    (Id8Range("receiver", "receiver"), "&&"),
                    ("period", "&&"),
                ],
                condition=models.Q(withdrawn_at__isnull=True),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.giver_id} to {self.receiver_id} {self.period}"
