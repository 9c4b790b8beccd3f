"""When the machines of a unit were last heard: until then somebody's punch may still lie in one of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

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
