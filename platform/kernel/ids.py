"""Identifiers: a bigint inside the database, a UUIDv7 towards the outside.

Rows that somebody can name from outside (a URL, the API, a file) carry `uid`. The bigint key stays inside: exclusion
constraints over ranges need it, and it is never shown.
"""

import uuid

from django.db import models
from uuid_utils.compat import uuid7


def new_uid() -> uuid.UUID:
    """A fresh UUIDv7 (RFC 9562): ordered by time, not guessable, the same type that phones send."""
    return uuid7()


class Addressed(models.Model):
    """A row that can be named from outside by its `uid`."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)

    class Meta:
        abstract = True
