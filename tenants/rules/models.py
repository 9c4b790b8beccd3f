"""Stored rule sets: the text of a dated tree, who signed it, and from when it is in force."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.rules.querysets import StoredRuleSetQuerySet


class StoredRuleSet(Addressed, Fenced):
    """One version of the region's rules for TPP.

    `text` is the YAML that `tenants.rules.engine` reads: text, not jsonb, because jsonb reorders keys. A published
    version is never edited (trigger), and two published versions never overlap (exclusion). One that a later regulation
    overtook with the same or an earlier first day is `replaced`: its period stays, it is in force on no day, and months
    that were locked with it keep it through their run.
    """

    free_text = {"title": How.REFUSE, "regulation": How.REFUSE}

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        PUBLISHED = "published", "Terbit"
        REPLACED = "replaced", "Diganti"
        DISCARDED = "discarded", "Dibuang"

    code = models.SlugField(max_length=60, db_index=False)
    version = models.IntegerField(default=1)
    title = models.CharField(max_length=200)
    regulation = models.CharField(max_length=200)
    regulation_file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    period = DateRangeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)

    objects = StoredRuleSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rule_set_version_once"),
            ExclusionConstraint(
                name="rule_set_published_no_overlap",
                expressions=[("period", "&&")],
                condition=models.Q(state="published"),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def valid_from(self) -> date:
        """The first day on which it counts."""
        first: date = self.period.lower
        return first

    @property
    def file_digest(self) -> str:
        """SHA-256 of the regulation's file; empty without one."""
        return self.regulation_file.sha256 if self.regulation_file else ""

    def standing_signatures(self) -> models.QuerySet[RuleSetSignature]:
        """The signatures under what the rule set is now; earlier ones do not count."""
        return self.signatures.filter(digest=self.digest, file_digest=self.file_digest, valid_from=self.valid_from)

    def is_under(self, signature: RuleSetSignature) -> bool:
        """Whether the signature stands under what the rule set is now."""
        return (signature.digest, signature.file_digest, signature.valid_from) == (
            self.digest,
            self.file_digest,
            self.valid_from,
        )

    @property
    def valid_to(self) -> date | None:
        """The first day on which it no longer counts; None while open."""
        end: date | None = self.period.upper
        return end


class RuleSetRevision(models.Model):
    """A draft as somebody saved it: every save adds one, none is ever changed (trigger)."""

    free_text = {"what": How.REFUSE}

    id = models.BigAutoField(primary_key=True)
    rule_set = models.ForeignKey(StoredRuleSet, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    what = models.CharField(max_length=300)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_set", "number"], name="rule_set_revision_once")]

    @override
    def __str__(self) -> str:
        return f"{self.rule_set_id}: {self.number}"


class RuleSetSignature(models.Model):
    """One person's signature under what a draft is at that moment: its text, the regulation's file, its first day.

    Publishing needs two persons under the same; whatever changes of the three leaves the signature behind.
    """

    id = models.BigAutoField(primary_key=True)
    rule_set = models.ForeignKey(StoredRuleSet, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64, blank=True)
    valid_from = models.DateField()
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "signed_by", "digest", "file_digest", "valid_from"],
                name="rule_set_signed_once_each",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.rule_set_id}: {self.signed_by_id}"


class TableConfirmation(Addressed, Fenced):
    """The region stands for a national table: somebody compared every figure with the regulation.

    It counts for exactly that content (`digest`): a release that ships other figures under the same name and date asks
    again. Withdrawn rows stay as history.
    """

    free_text = {"reference": How.HOLD, "compared_with": How.HOLD, "withdrawn_why": How.HOLD}

    # `ter_bulanan@2024-01-01`, as `tenants.rules.engine.national` names it.
    reference = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    # What the figures were compared with: the gazette's number, a letter of the tax office.
    compared_with = models.CharField(max_length=200)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "digest"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="table_confirmed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | models.Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="table_withdrawal_has_its_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.reference
