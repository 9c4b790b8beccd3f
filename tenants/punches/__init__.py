"""Punches and the lane on which they come in."""
