"""People, NIP, status, placements with dates."""
