"""The patterns that come with the product, for a region to take over and change (`ready_patterns.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import yaml

from tenants.calendars.patterns import NORMAL, RAMADAN, ROTATION, Pattern, Version

DEFAULT_PATTERN: Final = "5-hari-kerja"
# A Monday; a region that takes a rotation over sets the first day of its own cycle.
_ANCHOR: Final = date(2026, 1, 5)


@cache
def ready_patterns() -> Mapping[str, Pattern]:
    """By code, in the order in which they are offered."""
    text = (files("tenants.calendars") / "ready_patterns.yaml").read_text(encoding="utf-8")
    return MappingProxyType({code: _pattern(code, tree) for code, tree in yaml.safe_load(text).items()})


def _pattern(code: str, tree: Mapping[str, Any]) -> Pattern:
    night = tree.get("night_ends_at")
    return Pattern(
        code,
        tree["name"],
        tuple(Version.of_content(tree[variant], variant=variant) for variant in (NORMAL, RAMADAN) if variant in tree),
        tree["kind"],
        _ANCHOR if tree["kind"] == ROTATION else None,
        tree.get("works_on_holidays", False),
        None if night is None else time.fromisoformat(night),
        tree.get("rest_hours", 8),
    )
