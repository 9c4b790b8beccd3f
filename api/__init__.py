"""The interface for phones and other systems."""
