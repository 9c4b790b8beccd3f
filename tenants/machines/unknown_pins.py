"""PINs that mean nobody yet: from logs that came as files, and from lines that a machine sent by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Max, Min, Sum

from tenants.machines.models import KeptLine, MachineUser, UnknownPin

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class StrangePin:
    """A PIN of a machine with its lines. `name` is what the machine's own list calls its holder, "" without one."""

    device: str
    pin: str
    lines: int
    first: datetime
    last: datetime
    name: str = ""


def unknown_pin_count() -> int:
    """How many PINs of machines in use nobody has claimed."""
    of_files = set(UnknownPin.objects.values_list("device", "pin").distinct())
    pushed = KeptLine.objects.of_strangers()
    return len(of_files | set(pushed.values_list("machine__device", "pin").distinct()))


def strange_pins(opds: set[UUID] | None) -> list[StrangePin]:
    """The first fifty by machine and PIN; of machines in these OPDs, all when None. Files belong to no OPD."""
    found: dict[tuple[str, str], StrangePin] = {}
    of_files = (
        UnknownPin.objects.values("device", "pin")
        .annotate(total=Sum("lines"), first=Min("first_at"), last=Max("last_at"))
        .order_by("device", "pin")[:MOST]
    )
    pushed = KeptLine.objects.of_strangers()
    if opds is not None:
        pushed = pushed.filter(machine__unit__opd__uid__in=opds)
    of_machines = (
        pushed.values("pin", device=F("machine__device"))
        .annotate(total=Count("id"), first=Min("captured_at"), last=Max("captured_at"))
        .order_by("device", "pin")[:MOST]
    )
    for row in [*of_files, *of_machines]:
        key = (row["device"], row["pin"])
        before = found.get(key)
        found[key] = StrangePin(
            *key,
            lines=row["total"] + (before.lines if before else 0),
            first=min(row["first"], before.first) if before else row["first"],
            last=max(row["last"], before.last) if before else row["last"],
        )
    names = {
        (device, pin): name
        for device, pin, name in MachineUser.objects.filter(
            machine__device__in={device for device, _pin in found}, pin__in={pin for _device, pin in found}
        ).values_list("machine__device", "pin", "name")
    }
    return [
        StrangePin(pin.device, pin.pin, pin.lines, pin.first, pin.last, names.get(key, ""))
        for key, pin in sorted(found.items())[:MOST]
    ]
