"""A rule set tried out over past months: who gains, who loses, what it costs. Nothing of it is ever paid."""
