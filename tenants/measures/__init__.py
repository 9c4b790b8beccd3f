"""Figures that a region records each month for its rules to read."""
