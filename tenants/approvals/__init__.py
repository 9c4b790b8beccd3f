"""Who approves what: chains as data, decisions."""
