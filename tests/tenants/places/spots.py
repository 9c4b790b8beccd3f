"""Places for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.places.actions import PlaceIn, make_place
from tenants.places.models import Place

SINCE = date(2026, 1, 1)
LATITUDE, LONGITUDE = Decimal("1.474830"), Decimal("124.842079")


def said(name: str = "Kantor", **values: Any) -> PlaceIn:
    """A circle of 100 m since the new year, but for `values`."""
    known: dict[str, Any] = {"first": SINCE, "latitude": LATITUDE, "longitude": LONGITUDE, "radius_m": 100}
    return PlaceIn(name=name, **{**known, **values})


def make_spot(actor: User, name: str = "Kantor", *, opd: Unit | None = None, **values: Any) -> Place:
    """A place through the action."""
    return make_place(place=said(name, **values), opd=opd, actor=actor)
