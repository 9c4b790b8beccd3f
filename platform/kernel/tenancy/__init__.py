"""Which region is being served, and the fences around it. See docs/architecture.md, "Tenancy"."""
