"""The append-only ledger of what was granted."""
