"""The accounts to which people are paid: recorded, confirmed, brought in by a sheet."""
