"""Stored rule sets: the text of a dated tree, who signed it, and from when it is in force."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced


class StoredRuleSet(Addressed, Fenced):
    """One version of the region's rules for TPP. `tree` is the rule set as `tenants.rules.engine` reads it.

    A published version is never edited (trigger), and two published versions never overlap (exclusion).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draf"
        PUBLISHED = "published", "Berlaku"

    code = models.SlugField(max_length=60, db_index=False)
    version = models.IntegerField(default=1)
    title = models.CharField(max_length=200)
    regulation = models.CharField(max_length=200)
    period = DateRangeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    tree = models.JSONField()
    # Stored examples [{name, facts, expect}] that must pass before it can be published.
    examples = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)

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


class RuleSetSignature(models.Model):
    """One person's signature under one digest; publishing needs two persons."""

    id = models.BigAutoField(primary_key=True)
    rule_set = models.ForeignKey(StoredRuleSet, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "signed_by", "digest"], name="rule_set_signed_once_each"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.rule_set_id}: {self.signed_by_id}"
