"""The month by sheets: what an OPD wrote down by hand while the system could not record it, and what it pays."""
