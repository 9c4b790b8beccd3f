"""What a map is told, and where its tiles come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tenants.places.judging import Fence
from tenants.places.models import Place

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)
_MOST_ON_A_MAP: Final = 2_000


def with_map(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
    """Decorator of a view whose page has a map: its policy lets the installation's tiles in, and nothing else."""

    @wraps(view)
    def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        response = view(request, *args, **kwargs)
        if settings.MAP_TILES_URL:
            parts = urlsplit(settings.MAP_TILES_URL)
            host = parts.netloc.replace("{s}", "*")
            response._csp_update = {"img-src": [f"{parts.scheme}://{host}"]}  # type: ignore[attr-defined]
        return response

    return shown


def ground() -> dict[str, str]:
    """What the map lies on: the installation's tiles, "" for a grid with coordinates."""
    return {"tiles": settings.MAP_TILES_URL, "credit": settings.MAP_TILES_CREDIT}


def map_of(places: Iterable[Place]) -> dict[str, Any]:
    """Plain values for the page's script: the places as shapes."""
    shapes = [
        {**shape_of(place.fence), "url": reverse("places-place", args=[place.uid])}
        for place in list(places)[:_MOST_ON_A_MAP]
    ]
    return {**ground(), "shapes": shapes, "points": []}


def shape_of(fence: Fence) -> dict[str, Any]:
    """One place as the script draws it."""
    return {
        "name": fence.name,
        "at": [*fence.centre],
        "radius": fence.radius_m,
        "ring": [[*corner] for corner in fence.ring],
    }
