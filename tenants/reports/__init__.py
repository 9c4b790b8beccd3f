"""The first page, and papers: an OPD's set, recaps, slips; issued, numbered, checkable by anybody."""
