"""Rows of kernel.files. Who reads which file is decided by the purpose's owner; here a purpose without a reader."""

from typing import Any

from django.core.files.base import ContentFile

from kernel.files.actions import store_text
from kernel.files.models import StoredFile
from tests.architecture.permission_table import Cast, region


def unreadable_file(cast: Cast) -> dict[str, Any]:
    stored = store_text(upload=ContentFile(b"x", "x.txt"), purpose="nobody-reads", owner=cast.ani.user)
    return {"uid": stored.uid}


def doubted_file(cast: Cast, scan: str = StoredFile.Scan.REVIEW) -> dict[str, Any]:
    uid = unreadable_file(cast)["uid"]
    doubt = {"step": "office", "code": "external_link", "verdict": "review", "detail": ""}
    StoredFile.objects.filter(uid=uid).update(scan=scan, findings=[doubt])
    return {"uid": uid}


def refused_file(cast: Cast) -> dict[str, Any]:
    return doubted_file(cast, StoredFile.Scan.REJECTED)


def with_reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Sudah ditanyakan"}


ROWS = [
    region("files-read", "GET", "", refused=404, args=unreadable_file),
    region("files-queue", "GET", "diskominfo"),
    region("files-one", "GET", "diskominfo", args=doubted_file),
    region("files-release", "POST", "diskominfo", ok=302, args=doubted_file, data=with_reason),
    region("files-refuse", "POST", "diskominfo", ok=302, args=doubted_file, data=with_reason),
    region("files-take-back", "POST", "diskominfo", ok=302, args=refused_file, data=with_reason),
]
