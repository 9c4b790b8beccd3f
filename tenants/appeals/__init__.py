"""Objections to a line of a slip: handed in by a day, decided along a chain, and what the outcome pays."""
