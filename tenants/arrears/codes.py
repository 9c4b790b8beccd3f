"""Names that rule sets and slips share with this app."""

from __future__ import annotations

from typing import Final

# The list of a rule set under which later pay gives back what was paid too much.
RECOVERY_CODE: Final = "KOREKSI"
