"""Working days, holidays, work patterns."""
