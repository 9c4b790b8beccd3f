"""What other apps hear of the calendar."""

from django.dispatch import Signal

# Sent inside the transaction of a change that moves working hours or days. Arguments: `first`, `end` (half-open dates,
# or None for "no bound") and `unit_ids` (None for the whole region). Day results of unlocked months follow it.
calendar_changed = Signal()
