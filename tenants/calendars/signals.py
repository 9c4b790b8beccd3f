"""What other apps hear of the calendar."""

from django.dispatch import Signal

# Sent inside the transaction of a change that moves working hours or days. Arguments: `first`, `end` (half-open dates,
# or None for "no bound"), `unit_ids` (None for the whole region) and `employee_ids` (None unless the change is about
# these people alone). Day results of unlocked months follow it.
calendar_changed = Signal()
