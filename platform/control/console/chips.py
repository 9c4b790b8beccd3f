"""How the console's pages colour a severity, the same on the wall, at the desk and in the monitoring."""

from __future__ import annotations

from typing import Final

# By rank: informational, low, medium, high, critical.
SEVERITY_CHIPS: Final = ("plain", "info", "wait", "bad", "bad")
