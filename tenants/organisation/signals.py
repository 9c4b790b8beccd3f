"""What other apps hear of the organisation."""

from django.dispatch import Signal

# Sent inside the transaction in which a position's superior, class or category changed. Argument: `position`.
position_changed = Signal()
