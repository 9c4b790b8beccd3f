"""The budget ceilings of OPDs by account code: what is committed, what a month costs, and what is decided when over."""
