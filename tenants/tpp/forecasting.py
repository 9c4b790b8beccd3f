"""What the running month would pay if it ended today. Computed when it is asked for; nothing is stored.

Attendance and work are those of this moment. What only comes with the end of the month (the SKP rating, the salary
base, measures) is taken from the newest month that has it, and the forecast says so: `assumed`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel import clock
from kernel.date_words import day_words, month_words
from kernel.money import round_rupiah
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import rupiah
from tenants.attendance.months import AttendanceFacts
from tenants.attendance.so_far import attendance_so_far
from tenants.employees.models import Employee, Placement
from tenants.employees.querysets import posts_on, standings_on
from tenants.measures.reading import measures_of
from tenants.rules.engine import (
    EvaluationError,
    MonthFacts,
    RuleSet,
    evaluate,
    explain,
    paid_statuses,
    reference_date,
)
from tenants.rules.engine import Slip as ComputedSlip
from tenants.rules.loading import rules_on
from tenants.skp.models import MonthlyRating
from tenants.tpp.explaining import ReadableLine, Step, readable, steps_before_the_totals
from tenants.tpp.facts import Attendance, collect
from tenants.tpp.models import SalaryBase
from tenants.tpp.relating import relates
from tenants.tpp.storing import unstored_lines


@dataclass(frozen=True, slots=True)
class Forecast:
    """The slip as it would be, or the reason why there is none yet."""

    month: Month
    slip: ComputedSlip | None = None
    reason: str = ""
    # What was not known yet and is taken from another month, one sentence each.
    assumed: tuple[str, ...] = ()
    # The lines that take something off, the largest first.
    reductions: tuple[ReadableLine, ...] = ()
    steps: tuple[Step, ...] = ()
    working_days: int = 0


class _SoFar(Attendance):
    @override
    def of_month(self, employee_ids: Collection[int], month: Month) -> Mapping[int, AttendanceFacts]:
        return attendance_so_far(employee_ids, month)


def forecast_for(employee: Employee) -> Forecast:
    """The running month of this person. A fixed number of statements, none of which writes."""
    today = clock.today(current_region().time_zone)
    month = Month.of(today)
    rule_set = rules_on(month.first_day)
    if rule_set is None:
        return Forecast(month, reason=_("Belum ada aturan yang berlaku untuk bulan ini."))
    on = min(reference_date(rule_set, str(month)), today)
    reason = _not_listed(employee, on, rule_set)
    if reason:
        return Forecast(month, reason=reason)
    collected = collect([employee.pk], month=month, on=on, rule_set=rule_set, attendance=_SoFar())[0]
    if collected.facts is None:
        return Forecast(month, reason=_nothing_yet(collected.trouble.reason if collected.trouble else "", today))
    facts, assumed = _completed(employee, month, collected.facts, rule_set)
    if relates(rule_set):
        assumed.append(_("Bagian yang bergantung pada atasan atau bawahan baru dihitung pada akhir bulan."))
    return _evaluated(month, facts, rule_set, assumed)


def _not_listed(employee: Employee, on: date, rule_set: RuleSet) -> str:
    """Why the person would not be on the nominative list of the day; "" when they would."""
    if not Placement.objects.on(on).definitive().filter(employee=employee).exists():
        return _("Tidak memegang jabatan definitif pada %(date)s.") % {"date": day_words(on)}
    paid = paid_statuses(rule_set)
    standing = standings_on([employee.pk], on).get(employee.pk)
    if paid is not None and standing is not None and standing.status not in paid:
        return _("Status %(status)s tidak dibayar TPP menurut aturan.") % {"status": standing.status}
    return ""


def _nothing_yet(reason: str, today: date) -> str:
    return reason or _("Belum ada hari kerja yang selesai pada bulan ini.")


def _completed(employee: Employee, month: Month, facts: MonthFacts, rule_set: RuleSet) -> tuple[MonthFacts, list[str]]:
    """The facts with what is not known yet taken from the newest month that has it."""
    assumed: list[str] = []
    changes: dict[str, Any] = {}
    if facts.skp_score is None and facts.predikat is None and facts.behaviour_sum is None:
        rating = MonthlyRating.objects.filter(employee=employee, month__lt=month.first_day).order_by("-month").first()
        if rating is not None:
            changes |= {
                "skp_score": rating.skp_percent,
                "predikat": rating.predikat or None,
                "behaviour_sum": None if rating.behaviour_sum is None else Decimal(rating.behaviour_sum),
            }
            assumed.append(_("Nilai SKP dan perilaku memakai nilai %(month)s.") % _named(rating.month))
    if facts.salary_base is None:
        base = SalaryBase.objects.filter(employee=employee, month__lt=month.first_day).order_by("-month").first()
        if base is not None:
            changes |= {"salary_base": base.amount, "salary_tax": base.tax, "ptkp": base.ptkp or None}
            assumed.append(_("Dasar gaji memakai data %(month)s.") % _named(base.month))
    former = _measures_before(employee, month, rule_set) if rule_set.measures else {}
    if missing := {code: value for code, value in former.items() if code not in facts.measures}:
        changes["measures"] = {**facts.measures, **missing}
        changes["flags"] = facts.flags | {code.lower() for code, value in missing.items() if value}
        assumed.append(_("Ukuran bulanan memakai data %(month)s.") % _named(month.previous.first_day))
    return replace(facts, **changes), assumed


def _measures_before(employee: Employee, month: Month, rule_set: RuleSet) -> Mapping[str, Decimal]:
    on = reference_date(rule_set, str(month.previous))
    posts = posts_on([employee.pk], on)
    found = measures_of([employee.pk], month=month.previous, on=on, posts=posts, rule_set=rule_set)
    return found[employee.pk]


def _named(month: date) -> dict[str, str]:
    return {"month": month_words(Month.of(month))}


def _evaluated(month: Month, facts: MonthFacts, rule_set: RuleSet, assumed: list[str]) -> Forecast:
    try:
        slip = evaluate(rule_set, facts)
    except EvaluationError as error:
        return Forecast(month, reason=explain(error), assumed=tuple(assumed))
    lines = unstored_lines(slip)
    taken = sorted((line for line in lines if line.effect is not None and line.effect < 0), key=_effect)
    return Forecast(
        month,
        slip,
        assumed=tuple(assumed),
        # What each takes, also where the line itself is a percentage or a factor.
        reductions=tuple(
            replace(readable(line, rule_set), shown=rupiah(round_rupiah(_effect(line)))) for line in taken
        ),
        steps=tuple(step for step in steps_before_the_totals(lines, facts, rule_set) if not step.is_empty),
        working_days=facts.working_days,
    )


def _effect(line: Any) -> Decimal:
    effect: Decimal = line.effect
    return effect
