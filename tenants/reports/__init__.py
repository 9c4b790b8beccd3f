"""Read-only papers: recap, slip."""
