"""What other apps hear of machines."""

from django.dispatch import Signal

# Punches that were made of a machine's lines do not count any more, because the decision behind them was taken back;
# and they count again. Sent inside the transaction. Arguments: `punch_ids`, `reason` (what their owners are told),
# `actor`.
lines_withdrawn = Signal()
lines_restored = Signal()
