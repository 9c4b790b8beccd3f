"""What other modules may want to follow."""

from django.dispatch import Signal

# Sent inside the transaction, after the ledger was reversed: lock, actor.
lock_reopened = Signal()
