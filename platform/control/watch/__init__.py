"""Watching on the operators' side: the security events of all regions, and what they mean together.

Source: security note, 4.1 and 4.2.
"""
