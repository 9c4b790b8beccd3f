"""Questions about settings, plans, reports, assessments and ratings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from tenants.skp.models import (  # noqa: F401  # in class bases
        Assessment,
        MonthlyRating,
        PeriodReport,
        Plan,
        SkpSetting,
    )


class SettingQuerySet(models.QuerySet["SkpSetting"]):
    def in_force(self, day: date) -> SkpSetting | None:
        """The newest that has begun on the day."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first()


class PlanQuerySet(models.QuerySet["Plan"]):
    def of_year(self, year: int) -> PlanQuerySet:
        return self.filter(year=year)

    def in_force(self) -> PlanQuerySet:
        """Approved and not replaced."""
        return self.filter(state="approved")

    def open(self) -> PlanQuerySet:
        """Not decided yet."""
        return self.filter(state__in=["draft", "submitted", "returned"])

    def with_lines(self) -> PlanQuerySet:
        """With results and indicators in order, in three statements for any number of plans."""
        from tenants.skp.models import Indicator, WorkResult

        results = WorkResult.objects.order_by("number").select_related("derived_from__plan__employee")
        indicators = Indicator.objects.order_by("number")
        return self.prefetch_related(
            models.Prefetch("results", results.prefetch_related(models.Prefetch("indicators", indicators)))
        )


class PeriodReportQuerySet(models.QuerySet["PeriodReport"]):
    def of_period(self, first_day: date) -> PeriodReportQuerySet:
        return self.filter(first_day=first_day)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def counting(self) -> AssessmentQuerySet:
        """Not reopened."""
        return self.filter(reopened_at__isnull=True)


class MonthlyRatingQuerySet(models.QuerySet["MonthlyRating"]):
    def of_months(self, first_days: Collection[date]) -> MonthlyRatingQuerySet:
        return self.filter(month__in=first_days)
