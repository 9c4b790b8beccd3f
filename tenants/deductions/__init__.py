"""Sums taken from people's pay by list, and the zakat that people agree to themselves."""
