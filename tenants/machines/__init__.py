"""Attendance machines: their logs and PINs."""
