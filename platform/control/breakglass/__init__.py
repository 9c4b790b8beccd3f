"""An operator's way into a region: a timed visit with a reason, seen and ended by the region."""
