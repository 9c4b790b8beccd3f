"""What other apps hear of people and their posts."""

from django.dispatch import Signal

# Sent inside the transaction of a change of posts. Arguments: `employee` and `first`, the first day that is different.
placement_changed = Signal()
# Sent inside the transaction that says or ends who is a person's superior against the map. The same arguments.
superior_changed = Signal()
# Sent inside the transaction that records, changes or takes back a stop of paid service. The same arguments.
service_changed = Signal()
