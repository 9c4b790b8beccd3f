"""Payments that officials hold back, and releases of what a rule or an official holds."""
