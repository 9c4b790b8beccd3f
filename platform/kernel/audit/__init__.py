"""The append-only log of what was done by whom, and its registry of action names. In both kinds of schema."""
