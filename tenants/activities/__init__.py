"""Daily activities, the catalogue, evidence."""
