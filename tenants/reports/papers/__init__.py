"""Papers of a run: the recap as XLSX, a slip as PDF."""
