"""Schema changes and their ledger, jobs and queues per region."""
