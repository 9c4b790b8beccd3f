"""What is looked at before a file is taken: pure functions over bytes, without Django, database or network.

They run in a child process (`kernel.files.sandbox`). The order and the limits: docs/security/files.md.
"""
