"""A region's own world; tables in the region's schema only."""
