"""The operator side: tables in the shared schema."""
