"""Example data for `make demo`: two regions, a finished month and the running one, through the real actions.

Never installed in production: the local and test settings add it.
"""
