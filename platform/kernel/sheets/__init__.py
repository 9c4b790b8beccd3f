"""Spreadsheets that people hand in and take home: reading, wording and writing."""
