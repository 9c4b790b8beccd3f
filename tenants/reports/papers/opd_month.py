"""An OPD's part of a run: its plan of papers, and who is on which list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from kernel.periods import Month
from tenants.arrears.querysets import DifferenceSlipQuerySet
from tenants.holds.querysets import HoldReleaseQuerySet
from tenants.organisation.models import Unit
from tenants.reports.papers.differences import differences_of
from tenants.reports.papers.kinds import PAYMENT, RECEIPT, RELEASES
from tenants.reports.papers.plan import DIFFERENCE, KIND_WORDS, ORDINARY, Plan, PlannedPaper, plan_of
from tenants.reports.papers.releases import releases_of
from tenants.rules.engine import RuleSet
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.querysets import SlipQuerySet


@dataclass(frozen=True)
class OpdMonth:
    """An OPD's part of the run that counts, as its papers tell it."""

    month: Month
    kind: str
    opd: Unit
    run: MonthRun

    @cached_property
    def rule_set(self) -> RuleSet:
        return loaded(self.run.rule_set)

    @cached_property
    def plan(self) -> Plan:
        plan = plan_of(self.rule_set, self.kind)
        everybody = Slip.objects.filter(run=self.run, opd=self.opd, is_practice=False)
        if self.kind == DIFFERENCE or not releases_of(self.run, everybody).exists():
            return plan
        return replace(plan, papers=(*plan.papers, PlannedPaper(RELEASES, RELEASES.title, (), RELEASES.roles)))

    @cached_property
    def is_practice(self) -> bool:
        """Whether the OPD's slips are practice: its papers are shown, never issued."""
        slips = Slip.objects.filter(run=self.run, opd=self.opd)
        return not slips.paid().exists() and slips.exists()

    def slips(self, part: str) -> SlipQuerySet:
        """The slips of a part: "" is everybody whose status is not printed apart."""
        slips = Slip.objects.filter(run=self.run, opd=self.opd, is_practice=self.is_practice)
        return slips.filter(heading__status=part) if part else slips.exclude(heading__status__in=self.plan.apart)

    def parts_of(self, planned: PlannedPaper) -> tuple[str, ...]:
        """The parts that a paper is printed in: letters once for all, lists once for each part with people."""
        if planned.kind.form in ("cover", "accounts", "statement"):
            return ("",)
        if planned.kind is RELEASES:
            return tuple(part for part in self._parts_with_people if self.releases(part).exists())
        return self._parts_with_people

    @cached_property
    def _parts_with_people(self) -> tuple[str, ...]:
        who = self.differences if self.kind == DIFFERENCE else self.slips
        return tuple(part for part in self.plan.parts if who(part).exists())

    def releases(self, part: str) -> HoldReleaseQuerySet:
        """What was released into the payment of a part."""
        return releases_of(self.run, self.slips(part))

    def differences(self, part: str) -> DifferenceSlipQuerySet:
        """The differences of a part, of a difference run."""
        return differences_of(self.run.pk, self.opd.pk, part, self.plan.apart)

    def people(self, planned: PlannedPaper, part: str) -> SlipQuerySet:
        """Whom a list names: who is held is not on the lists by which money is handed out."""
        slips = self.slips(part)
        return slips.filter(holds=[]) if planned.kind in (PAYMENT, RECEIPT) else slips


def title_of(opd_month: OpdMonth, planned: PlannedPaper) -> str:
    """The region's title of the paper, with the kind of run where it is not the ordinary one."""
    if opd_month.kind in (ORDINARY, DIFFERENCE):
        return planned.title
    words = KIND_WORDS[opd_month.kind]
    return planned.title.replace("TPP", words) if "TPP" in planned.title else f"{planned.title} {words}"
