"""How the operator side starts a region without importing it."""

from django.dispatch import Signal

# Sent inside the new region's scope and its transaction, after the schema stands. Arguments: `region` (RegionState).
# Tenant apps listen to it to lay down their defaults. A receiver that fails fails the provisioning.
region_provisioned = Signal()
