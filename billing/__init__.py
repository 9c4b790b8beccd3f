"""What a region owes us; shared schema."""
