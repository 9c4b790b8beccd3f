"""Long work with progress, error rows, cancel and resume. In both kinds of schema."""
