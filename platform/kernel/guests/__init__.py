"""An operator as a guest in a region: a timed visit that may only look, and the record of everything it asked for."""
