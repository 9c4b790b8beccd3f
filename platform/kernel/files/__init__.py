"""Stored files: private, content-addressed by digest, served only after a permission check. In both kinds of schema."""
