"""What other apps hear of disturbances."""

from django.dispatch import Signal

# Sent inside the transaction that approved or undid one. Arguments: `first`, `end` (half-open dates of the days of work
# that are touched and have begun) and `unit_ids` (with those below; None for the whole region). Day results follow it.
windows_changed = Signal()
