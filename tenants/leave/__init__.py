"""Leave: kinds with their limits, the ledger of each person's days, asking for leave and what the asking costs."""
