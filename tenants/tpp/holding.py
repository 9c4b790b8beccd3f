"""Slips that a rule or an official holds: who, why, since when; releasing them; months that block the next one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.date_words import month_words
from kernel.errors import NotFound
from kernel.periods import Month
from tenants.holds.actions import record_release
from tenants.holds.errors import HoldRefused
from tenants.holds.models import HoldRelease
from tenants.holds.signals import hold_released
from tenants.rules.engine import Node, RuleSet
from tenants.rules.engine.nodes import Gate
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.signals import holds_released

# Under this name the block of the next month is released (`Slip.blocks_next_month`).
NEXT_MONTH: Final = "bulan_berikut"
# How far back the beginning of a hold is looked for.
_MOST_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that holds a slip. `since` is the first month of an unbroken row of months that it held.

    `release` is what was said to lift it: it counts, or waits for the second person.
    """

    slip: Slip
    node_id: str
    label: str
    reason: str
    since: date
    release: HoldRelease | None

    @property
    def is_released(self) -> bool:
        return self.release is not None and self.release.counts


def held_in(slips: Sequence[Slip]) -> list[Held]:
    """What holds these slips, in their order: those with `run` read. Two statements for any number of them."""
    held = [slip for slip in slips if slip.holds]
    since = _since(held)
    releases = {
        (row.employee_id, row.month, row.run_kind, row.node_id): row
        for row in HoldRelease.objects.filter(
            employee_id__in={slip.employee_id for slip in held}, month__in={slip.run.month for slip in held}
        )
    }
    return [
        Held(
            slip=slip,
            node_id=hold["node_id"],
            label=hold["label"],
            reason=hold["reason"] or hold["label"],
            since=since[slip.pk, hold["node_id"]],
            release=releases.get((slip.employee_id, slip.run.month, slip.run.kind, hold["node_id"])),
        )
        for slip in held
        for hold in slip.holds
    ]


def _since(slips: Sequence[Slip]) -> dict[tuple[int, str], date]:
    """The first month of the unbroken row of months that ends with each slip's, by slip and what holds it."""
    if not slips:
        return {}
    last = max(slip.run.month for slip in slips)
    rows = (
        Slip.objects.of_counting_runs()
        .paid()
        .exclude(holds=[])
        .filter(employee_id__in={slip.employee_id for slip in slips}, run__kind=MonthRun.Kind.ORDINARY)
        .filter(run__month__lt=last, run__month__gte=last.replace(year=last.year - _MOST_YEARS))
    )
    held: dict[tuple[int, str], set[date]] = {}
    for employee, month, holds in rows.values_list("employee_id", "run__month", "holds"):
        for hold in holds:
            held.setdefault((employee, hold["node_id"]), set()).add(month)
    found = {}
    for slip in slips:
        for hold in slip.holds:
            months, month = held.get((slip.employee_id, hold["node_id"]), set()), slip.run.month
            while (before := Month.of(month).previous.first_day) in months:
                month = before
            found[slip.pk, hold["node_id"]] = month
    return found


@transaction.atomic
def release_slip(*, uid: UUID, node_id: str, reason: str, document_number: str, actor: User) -> HoldRelease:
    """Lift what holds this slip under `node_id`, or what keeps the next month closed (`NEXT_MONTH`).

    Before the lock the month is computed again with it, after the lock the slip becomes payable (`hold_released`).
    Raises NotAllowed, NotFound, HoldRefused.
    """
    slip = (
        Slip.objects.of_counting_runs()
        .paid()
        .select_related("run__rule_set", "employee", "opd")
        .filter(uid=uid)
        .first()
    )
    if slip is None:
        raise NotFound("slip")
    rules = loaded(slip.run.rule_set)
    if node_id == NEXT_MONTH and slip.blocks_next_month:
        held_for, gates = _blocking_words(rules), _blocking(rules)
    else:
        hold = next((hold for hold in slip.holds if hold["node_id"] == node_id), None)
        if hold is None:
            raise HoldRefused("not_held")
        held_for, gates = hold["reason"] or hold["label"], [node for _, node in rules.walk() if node.id == node_id]
    return record_release(
        employee=slip.employee,
        month=Month.of(slip.run.month),
        run_kind=slip.run.kind,
        node_id=node_id,
        held_for=held_for,
        reason=reason,
        document_number=document_number,
        needs_second=any(isinstance(node, Gate) and node.released_by_two for node in gates),
        actor=actor,
    )


@receiver(hold_released, dispatch_uid="tpp.hold_released")
def _tell_of_payable(sender: Any, release: HoldRelease, **kwargs: Any) -> None:
    """A locked slip of which nothing is held any more can be paid; one that is not locked is computed again."""
    slips = Slip.objects.locked().released().filter(employee=release.employee_id)
    keys = list(
        slips.filter(run__month=release.month, run__kind=release.run_kind).values_list("pk", flat=True).order_by("pk")
    )
    if keys:
        holds_released.send(sender=Slip, slips=keys)


def blocked_by_month_before(employee_ids: Collection[int], month: Month) -> dict[int, str]:
    """Whose month before must be settled first, by its rules, and why. Three statements at most."""
    slips = (
        Slip.objects.of_counting_runs()
        .paid()
        .filter(run__month=month.previous.first_day, run__kind=MonthRun.Kind.ORDINARY, blocks_next_month=True)
        .filter(employee_id__in=employee_ids)
    )
    rule_sets = dict(slips.values_list("employee_id", "run__rule_set_id"))
    if not rule_sets:
        return {}
    released = set(
        HoldRelease.objects.of(month.previous, MonthRun.Kind.ORDINARY)
        .counting()
        .filter(node_id=NEXT_MONTH, employee_id__in=rule_sets)
        .values_list("employee_id", flat=True)
    )
    stored = StoredRuleSet.objects.in_bulk(set(rule_sets.values()))
    words = {key: _blocking_words(loaded(row)) for key, row in stored.items()}
    return {
        employee: _("%(month)s belum selesai menurut aturan: %(rules)s. Selesaikan, lalu lepaskan di halaman Ditahan.")
        % {"month": month_words(month.previous), "rules": words[rule_set]}
        for employee, rule_set in rule_sets.items()
        if employee not in released
    }


def _blocking(rules: RuleSet) -> list[Node]:
    return [node for _, node in rules.walk() if isinstance(node, Gate) and node.action == "block_next_month"]


def _blocking_words(rules: RuleSet) -> str:
    return "; ".join(node.label for node in _blocking(rules))
