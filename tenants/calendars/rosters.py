"""The roster: people by days. It is drafted, and counts for what is judged from when it is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from tenants.calendars import closing
from tenants.calendars.errors import ShiftUnknown
from tenants.calendars.models import RosterCell, WorkPattern
from tenants.calendars.signals import calendar_changed

PUBLISHED = declare_action("calendars.roster_published", "Jadwal sif diterbitkan")

# What a cell says beside the code of a shift.
FOLLOWS: Final = ""
FREE: Final = "-"


@dataclass(frozen=True, slots=True)
class CellIn:
    """What a person's day shall be: the code of a shift, FREE, or FOLLOWS for whatever the pattern says."""

    employee_id: int
    date: date
    value: str


def codes_of(pattern: WorkPattern) -> list[str]:
    """The codes of the pattern's shifts, in the order of its newest hours."""
    found: dict[str, None] = {}
    for row in pattern.versions.order_by("-valid_from"):
        found.update(dict.fromkeys(span.code for span in row.version.spans))
    return list(found)


@transaction.atomic
def draft_cells(*, cells: Sequence[CellIn], pattern: WorkPattern, actor: Actor) -> int:
    """Write these cells into the draft, with shifts of the pattern; gives how many. Nothing is judged by a draft.

    Raises ShiftUnknown, MonthClosed when somebody's month of such a day is closed.
    """
    if not cells:
        return 0
    known = set(codes_of(pattern))
    for cell in cells:
        if cell.value not in (FOLLOWS, FREE) and cell.value not in known:
            raise ShiftUnknown(cell.value)
    rows = [
        RosterCell(
            employee_id=cell.employee_id,
            date=cell.date,
            follows=cell.value == FOLLOWS,
            code="" if cell.value in (FOLLOWS, FREE) else cell.value,
            pattern=None if cell.value in (FOLLOWS, FREE) else pattern,
        )
        for cell in cells
    ]
    _write(rows)
    return len(rows)


@transaction.atomic
def copy_cells(*, employee_ids: Collection[int], first: date, end: date, days_back: int, actor: Actor) -> int:
    """Draft for the half-open period what these people's roster says so many days before; gives how many cells.

    A day without a cell then keeps what it has. Raises MonthClosed.
    """
    back = timedelta(days=days_back)
    source = RosterCell.objects.of_people(employee_ids).between(first - back, end - back).order_by("is_draft")
    standing = {(cell.employee_id, cell.date): cell for cell in source}
    rows = [
        RosterCell(employee_id=cell.employee_id, date=cell.date + back, code=cell.code, pattern_id=cell.pattern_id)
        for cell in standing.values()
        if not cell.follows
    ]
    _write(rows)
    return len(rows)


@transaction.atomic
def discard_drafts(*, employee_ids: Collection[int], first: date, end: date, actor: Actor) -> int:
    """Throw the drafts of the half-open period away; gives how many."""
    drafts = RosterCell.objects.of_people(employee_ids).between(first, end).filter(is_draft=True)
    return drafts.delete()[0]


@transaction.atomic
def publish_roster(*, employee_ids: Collection[int], first: date, end: date, actor: Actor) -> int:
    """The drafts of these people in the half-open period count from now on; gives how many cells changed.

    Raises MonthClosed.
    """
    cells = RosterCell.objects.select_for_update().of_people(employee_ids).between(first, end)
    drafts = list(cells.filter(is_draft=True).order_by("employee_id", "date"))
    if not drafts:
        return 0
    people = sorted({draft.employee_id for draft in drafts})
    days = [draft.date for draft in drafts]
    closing.require_open(min(days), max(days), employees=people)
    keys = {(draft.employee_id, draft.date) for draft in drafts}
    former = [cell.pk for cell in cells.published() if (cell.employee_id, cell.date) in keys]
    RosterCell.objects.filter(pk__in=former).delete()
    RosterCell.objects.filter(pk__in=[draft.pk for draft in drafts if draft.follows]).delete()
    kept = [draft.pk for draft in drafts if not draft.follows]
    RosterCell.objects.filter(pk__in=kept).update(is_draft=False, changed_at=clock.now())
    record(
        PUBLISHED,
        actor=actor,
        after={"first": min(days), "last": max(days), "people": len(people), "cells": len(drafts)},
    )
    calendar_changed.send(
        sender=RosterCell,
        first=min(days),
        end=max(days) + timedelta(days=1),
        unit_ids=None,
        employee_ids=people,
    )
    return len(drafts)


def _write(rows: Sequence[RosterCell]) -> None:
    """Put the drafts in the place of those that stand for the same days."""
    if not rows:
        return
    days = [row.date for row in rows]
    closing.require_open(min(days), max(days), employees={row.employee_id for row in rows})
    RosterCell.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["employee", "date", "is_draft"],
        update_fields=["follows", "code", "pattern", "changed_at"],
    )
