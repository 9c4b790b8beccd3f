"""What a detection says to the desk, and how to read what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from control.incidents.actions import open_or_join
from control.incidents.models import Incident, Kind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def a_hit(source: str = "hit-1", **changed: Any) -> Incident:
    """A judol text in Manado, found four minutes after it was written, unless said otherwise."""
    said: dict[str, Any] = {
        "kind": Kind.JUDOL_TEXT,
        "severity": "medium",
        "region": "manado",
        "key": "judol_text",
        "title": "Teks judi pada aktivitas",
        "summary": "Satu aktivitas ditahan.",
        "at": NOW - timedelta(minutes=4),
        "source": source,
    }
    return open_or_join(**{**said, **changed})


def texts(incident: Incident) -> list[str]:
    """The incident's own timeline, in the order in which it was written."""
    return list(incident.entries.order_by("id").values_list("text", flat=True))
