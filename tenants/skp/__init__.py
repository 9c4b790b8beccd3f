"""Monthly performance ratings."""
