"""What a closed month would give now, less what stands: differences, sums by decision, and what is taken back."""
