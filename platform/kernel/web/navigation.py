"""Navigation items, registered by each app in `AppConfig.ready` and shown to those who may use them.

An area with many of them shows them in groups, one for each kind of work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

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
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs to one kind of work."""

    label: str | Promise
    icon: str
    order: int


@dataclass(frozen=True, slots=True)
class Link:
    """An item as one page shows it."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Links under a common heading, or without one; open when the page that is shown stands in it."""

    label: str | Promise
    icon: str
    links: tuple[Link, ...]
    is_open: bool

    @property
    def elsewhere(self) -> list[Link]:
        """Without the page that is shown."""
        return [link for link in self.links if not link.is_current]


# So few links are seen at a glance: nothing is folded away.
_AT_A_GLANCE: Final = 8

_items: dict[tuple[Area, str], Item] = {}
_groups: dict[str, Group] = {}


def register_group(name: str, *, label: str | Promise, icon: str, order: int) -> None:
    """Make a group that items may name; `label`, `icon` and `order` as with items. Twice the same name raises."""
    group = Group(label, icon, order)
    if _groups.setdefault(name, group) != group:
        raise ValueError(f"the navigation already has a group {name!r}")


def register(
    *,
    area: Area,
    label: str | Promise,
    url_name: str,
    icon: str,
    order: int,
    permission: str = "",
    group: str = "",
) -> None:
    """Add an entry: `employee` (phone, bottom), `console` (a region's officials) or `operator` (our staff).

    `label` is lazy (`gettext_lazy`), `icon` a Lucide name, lower `order` comes first within the `group`; what has no
    group stands before all groups. Twice the same page raises.
    """
    item = Item(area, label, url_name, permission, icon, order, group)
    known = _items.setdefault((area, url_name), item)
    if known != item:
        raise ValueError(f"{url_name!r} is already in the navigation of {area!r}")


def items(area: Area) -> list[Item]:
    """All entries of an area, in order. An unknown group raises KeyError."""

    def place(item: Item) -> tuple[int, int, str]:
        return (_groups[item.group].order if item.group else 0, item.order, item.url_name)

    return sorted((item for item in _items.values() if item.area == area), key=place)


def links(area: Area, request: HttpRequest, may: Callable[[str], bool]) -> list[Link]:
    """The entries that the person may use; the one with the longest matching address is the current one."""
    allowed = [item for item in items(area) if not item.permission or may(item.permission)]
    urls = [reverse(item.url_name, urlconf=getattr(request, "urlconf", None)) for item in allowed]
    matching = [url for url in urls if request.path == url or (url != "/" and request.path.startswith(url))]
    current = max(matching, key=len, default="")
    return [
        Link(item.label, url, item.icon, url == current, item.group) for item, url in zip(allowed, urls, strict=True)
    ]


def sections(found: Sequence[Link]) -> list[Section]:
    """The links by their groups, for a menu. A group of which one link is left is that link, without a heading."""
    by_group = [(name, tuple(members)) for name, members in groupby(found, key=lambda link: link.group)]
    headed = [(name if len(members) > 1 else "", members) for name, members in by_group]
    shown = []
    for name, parts in groupby(headed, key=lambda part: part[0]):
        links = tuple(link for _, members in parts for link in members)
        if name:
            is_open = len(found) <= _AT_A_GLANCE or any(link.is_current for link in links)
            shown.append(Section(_groups[name].label, _groups[name].icon, links, is_open))
        else:
            shown.append(Section("", "", links, is_open=True))
    return shown
