"""Punches, documents, day results."""
