"""What was confirmed as an attack in one region, searched for in all others: the ledger, the search, the hits."""
