"""The region, its hosts and its life cycle."""
