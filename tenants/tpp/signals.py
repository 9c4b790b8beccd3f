"""What other apps hear of slips."""

from django.dispatch import Signal

# Sent inside the transaction in which the last thing that held a locked slip was lifted: it can be paid now.
# Argument: `slips`, their keys.
holds_released = Signal()
