"""Letter and disposition numbers: the same number is found again however it is typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.activities.errors import Problem
from tenants.activities.models import Activity
from tenants.employees.models import Employee

# Drafts are nobody's business and what was rejected is not counted.
_SEEN = (Activity.State.SUBMITTED, Activity.State.RETURNED, Activity.State.APPROVED)


def key_of(number: str) -> str:
    """`800 / 12/BKPSDM ` and `800/12/bkpsdm` are one number."""
    return "".join(number.casefold().split()).strip(".,;")


@dataclass(frozen=True, slots=True)
class Uses:
    """Who else names the numbers of one activity: how many other people, and how many other activities of its owner."""

    by_others: int = 0
    by_oneself: int = 0


def uses_of(activities: Sequence[Activity]) -> dict[int, Uses]:
    """By key of each activity with a number. One statement, none without numbers."""
    letters = {activity.letter_key for activity in activities} - {""}
    dispositions = {activity.disposition_key for activity in activities} - {""}
    if not letters and not dispositions:
        return {}
    same = Q(letter_key__in=letters) if letters else Q()
    if dispositions:
        same |= Q(disposition_key__in=dispositions)
    named: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
    rows = Activity.objects.filter(same, state__in=_SEEN).values_list(
        "pk", "employee_id", "letter_key", "disposition_key"
    )
    for pk, employee, letter, disposition in rows:
        named["letter", letter].add((pk, employee))
        named["disposition", disposition].add((pk, employee))
    return {
        activity.pk: _counted(activity, _same_as(activity, named)) for activity in activities if _numbers_of(activity)
    }


def _numbers_of(activity: Activity) -> list[tuple[str, str]]:
    keys = (("letter", activity.letter_key), ("disposition", activity.disposition_key))
    return [(kind, key) for kind, key in keys if key]


def _same_as(activity: Activity, named: dict[tuple[str, str], set[tuple[int, int]]]) -> Iterable[tuple[int, int]]:
    return {use for number in _numbers_of(activity) for use in named.get(number, ()) if use[0] != activity.pk}


def _counted(activity: Activity, uses: Iterable[tuple[int, int]]) -> Uses:
    others = {employee for _key, employee in uses if employee != activity.employee_id}
    return Uses(len(others), sum(employee == activity.employee_id for _key, employee in uses))


def part_problems(activities: Sequence[Activity], employee: Employee) -> dict[int, list[Problem]]:
    """By key: those whose number somebody else has named before, and that do not say what the person's own part was."""
    found: dict[int, list[Problem]] = {}
    for key, uses in uses_of([activity for activity in activities if not activity.part.strip()]).items():
        if uses.by_others:
            text = _("Nomor ini sudah dipakai pegawai lain. Tulis peran Anda, misalnya pembuat konsep atau pemeriksa.")
            found[key] = [Problem("part", "part", text)]
    return found
