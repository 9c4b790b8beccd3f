"""Packs: an incident as a ZIP of papers, tables and evidence with a manifest, the same bytes for the same state."""
