"""Once and only once: idempotent requests and the outbox. In both kinds of schema.

Source: reliability note, section 8.
"""
