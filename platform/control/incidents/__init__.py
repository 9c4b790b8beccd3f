"""Incidents: what happened, who handles it, what proves it, who must be told by when, and the papers about it."""
