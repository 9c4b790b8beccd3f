"""The monthly recap of attendance in the region's own layout."""
