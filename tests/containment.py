"""Measures as the running code sees them, set down without the operators' page."""

from __future__ import annotations

from typing import Any, Final

from control.regions.models import Region
from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope

READ_ONLY: Final = {"read_only": {"reason": "Pemulihan", "since": "2026-11-23T01:00:00+00:00", "until": None}}


def stand(code: str, measure: str, *, reason: str = "Uji", until: str | None = None, **terms: Any) -> None:
    """The region is under this measure from now on, beside those under which it stands already."""
    with control_scope():
        row = Region.objects.get(code=code)
        row.measures[measure] = {"reason": reason, "since": clock.now().isoformat(), "until": until, **terms}
        row.save(update_fields=["measures"])
    registry.forget()
