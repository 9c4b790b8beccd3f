"""What other apps hear of holds."""

from django.dispatch import Signal

# Sent inside the transaction in which a release begins to count. Arguments: `release` (`holds.HoldRelease`).
hold_released = Signal()
