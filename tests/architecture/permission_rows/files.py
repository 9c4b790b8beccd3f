"""Rows of kernel.files. Who reads which file is decided by the purpose's owner; here a purpose without a reader."""

from typing import Any

from django.core.files.base import ContentFile

from kernel.files.actions import store_text
from tests.architecture.permission_table import Cast, region


def unreadable_file(cast: Cast) -> dict[str, Any]:
    stored = store_text(upload=ContentFile(b"x", "x.txt"), purpose="nobody-reads", owner=cast.ani.user)
    return {"uid": stored.uid}


ROWS = [
    region("files-read", "GET", "", refused=404, args=unreadable_file),
]
