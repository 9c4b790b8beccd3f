"""What a phone must know to work for a week without us: whose it is, the shifts to come, where to send.

Apps that stand above this one add their own part (`add_part`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from kernel.tenancy.context import current_region
from tenants.calendars.querysets import calendar_between
from tenants.calendars.work_date import running_day
from tenants.employees.models import Employee
from tenants.punches.offline import other_names, sends_to

# Yesterday too: its shift may end this morning.
DAYS: Final = 9

_parts: dict[str, Callable[[Employee], Any]] = {}


def add_part(name: str, part: Callable[[Employee], Any]) -> None:
    """Let the policy say `{name: part(employee)}`; what it returns must fit into JSON."""
    if _parts.setdefault(name, part) is not part:
        raise ValueError(f"{name} is taken")


def phone_policy(request: HttpRequest, employee: Employee) -> dict[str, Any]:
    """The policy for the person's phone, as JSON takes it.

    `days` holds yesterday, today and the week behind it with their shifts as pairs of instants and the holiday's name;
    `send_to` the addresses for punches, to which a phone adds this host's own behind the first (the lane's, or already
    this host's where there is no lane); `elsewhere` the region's other names.
    """
    region = current_region()
    today = running_day()
    placed = Employee.objects.filter(pk=employee.pk).placed_on(today).first()
    unit: int | None = getattr(placed, "unit_id", None)
    own = [] if settings.PUNCH_LANE_URL else [f"{request.scheme}://{request.get_host()}"]
    origins = [*own, *sends_to(request, region)]
    path = reverse("punches-send")
    return {
        "place": getattr(placed, "unit_name", None) or "",
        "send_to": [origin + path for origin in origins],
        "elsewhere": other_names(request, region),
        "days": [] if unit is None else _days(unit, employee.pk, today - timedelta(days=1)),
        **{name: part(employee) for name, part in _parts.items()},
    }


def _days(unit: int, employee_id: int, first: date) -> list[dict[str, Any]]:
    end = first + timedelta(days=DAYS)
    calendar = calendar_between(first, end, employee_ids=[employee_id])
    plans = [calendar.plan(unit, first + timedelta(days=n), employee_id) for n in range(DAYS)]
    return [
        {
            "date": plan.date.isoformat(),
            "shifts": [[shift.starts_at.isoformat(), shift.ends_at.isoformat()] for shift in plan.duties],
            "note": plan.note,
        }
        for plan in plans
    ]
