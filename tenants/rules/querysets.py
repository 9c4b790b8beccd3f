"""Questions about many rule sets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from tenants.rules.models import StoredRuleSet


class StoredRuleSetQuerySet(models.QuerySet["StoredRuleSet"]):
    """Stored rule sets."""

    def published(self) -> StoredRuleSetQuerySet:
        return self.filter(state="published")

    def drafts(self) -> StoredRuleSetQuerySet:
        return self.filter(state="draft")

    def in_force(self, day: date) -> StoredRuleSet | None:
        """The published rule set whose period holds this day; at most one (exclusion constraint)."""
        return self.published().filter(period__contains=day).first()
