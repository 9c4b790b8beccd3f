"""Navigation items, registered by each app in `AppConfig.ready` and shown to those who may use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Area = Literal["employee", "console", "operator"]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; `permission` is a name of `kernel.permissions` or "" for every signed-in person."""

    area: Area
    label: str | Promise
    url_name: str
    permission: str
    icon: str
    order: int


@dataclass(frozen=True, slots=True)
class Link:
    """An item as one page shows it."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool


_items: dict[tuple[Area, str], Item] = {}


def register(*, area: Area, label: str | Promise, url_name: str, icon: str, order: int, permission: str = "") -> None:
    """Add an entry: `employee` (phone, bottom), `console` (a region's officials) or `operator` (our staff).

    `label` is lazy (`gettext_lazy`), `icon` a Lucide name, lower `order` comes first. Twice the same page raises.
    """
    item = Item(area, label, url_name, permission, icon, order)
    known = _items.setdefault((area, url_name), item)
    if known != item:
        raise ValueError(f"{url_name!r} is already in the navigation of {area!r}")


def items(area: Area) -> list[Item]:
    """All entries of an area, in order."""
    return sorted((item for item in _items.values() if item.area == area), key=lambda item: (item.order, item.url_name))


def links(area: Area, request: HttpRequest, may: Callable[[str], bool]) -> list[Link]:
    """The entries that the person may use; the one with the longest matching address is the current one."""
    allowed = [item for item in items(area) if not item.permission or may(item.permission)]
    urls = [reverse(item.url_name, urlconf=getattr(request, "urlconf", None)) for item in allowed]
    matching = [url for url in urls if request.path == url or (url != "/" and request.path.startswith(url))]
    current = max(matching, key=len, default="")
    return [Link(item.label, url, item.icon, url == current) for item, url in zip(allowed, urls, strict=True)]
