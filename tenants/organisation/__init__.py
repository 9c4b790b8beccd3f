"""The government itself: OPD, units, positions."""
