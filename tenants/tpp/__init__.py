"""The month's allowance: runs, slips, locks."""
