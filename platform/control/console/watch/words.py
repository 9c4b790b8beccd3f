"""How an alert is put into words, wherever it is listed."""

from __future__ import annotations

from typing import Any

from control.watch.models import Alert
from control.watch.rules import GROUPS


def group_words(alert: Alert) -> list[tuple[Any, str]]:
    """What the alert's events have in common besides the region, with its label; accounts in short."""
    return [
        (GROUPS.get(part, part), value[:8] + "…" if part == "person" else value)
        for part, value in alert.group.items()
        if value and part != "region"
    ]
