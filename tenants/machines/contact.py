"""When the machines of a unit were last heard: until then somebody's punch may still lie in one of them; and where all
have gone silent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max

from tenants.machines.models import Machine
from tenants.organisation.models import Unit


def last_contacts(unit_ids: Collection[int]) -> dict[int, datetime | None]:
    """For each of these units that has machines in use, in the unit or above it: the oldest of their last contacts.

    None for a unit with a machine that was never heard. A unit without machines has no entry. At most two statements.
    """
    machines = list(Machine.objects.active().values_list("unit_id", "last_contact_at"))
    if not machines:
        return {}
    heard: dict[int, list[datetime | None]] = {}
    for unit, contact in machines:
        if unit is not None:
            heard.setdefault(unit, []).append(contact)
    tree = Unit.objects.all().tree()
    found: dict[int, datetime | None] = {}
    for unit in unit_ids:
        contacts = [contact for above in tree.upward(unit) for contact in heard.get(above, ())]
        if contacts:
            known = [contact for contact in contacts if contact is not None]
            found[unit] = min(known) if len(known) == len(contacts) else None
    return found


def units_gone_silent(*, heard_from: datetime, silent_from: datetime) -> dict[int, datetime]:
    """The units whose machines in use have all been silent since before `silent_from`, though at least one of them was
    heard at `heard_from` or later: unit to the newest contact. One statement."""
    newest = Machine.objects.active().values("unit_id").annotate(newest=Max("last_contact_at"))
    silent = newest.filter(newest__gte=heard_from, newest__lt=silent_from)
    return dict(silent.order_by("unit_id").values_list("unit_id", "newest"))
