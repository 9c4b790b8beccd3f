"""Handing files out: a signed link to a host of its own, good for a minute, for one person, file and region.

The host of the files has no session, no cookie and no page, so what a browser makes of a file there can reach nothing.
Source: ASVS 5.0, 5.3.1 and 5.4; security note, chapter 5 (upload serving).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files import access
from kernel.files.models import StoredFile
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_or_none, region_scope
from kernel.tenancy.errors import TenancyError

LINK_SECONDS: Final = 60
URLCONF: Final = "config.urls_files"
_SALT: Final = "kernel.files.link"
_CONTROL: Final = ""


def link_to(stored: StoredFile, user: User, request: HttpRequest) -> str:
    """The whole address of the file for this person, good for a minute. The caller has checked that they may."""
    version, key = _keys()[0]
    region = region_or_none()
    said = {"r": _CONTROL if region is None else region.code, "f": stored.uid.hex, "u": user.uid.hex, "k": version}
    token = signing.dumps(said, key=key, salt=_SALT)
    return f"{_origin(request)}{reverse('files-hand-out', args=[version, token], urlconf=URLCONF)}"


def _origin(request: HttpRequest) -> str:
    if settings.FILES_ORIGIN:
        return str(settings.FILES_ORIGIN)
    _host, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://{settings.FILES_HOST}{colon}{port}"


def _keys() -> list[tuple[str, str]]:
    derived = salted_hmac(_SALT, "key", algorithm="sha256").hexdigest()
    return list(settings.FILES_LINK_KEYS) or [("0", derived)]


def hand_out(version: str, token: str) -> FileResponse:
    """The bytes that a link names, if it still counts and its person still may. Raises NotFound."""
    said = _read(version, token)
    with _scope(said["r"]):
        user = User.objects.filter(uid=UUID(said["u"]), is_active=True).first()
        stored = StoredFile.objects.filter(uid=UUID(said["f"])).first()
        if user is None or stored is None or not stored.is_clean or not access.may_read(user, stored):
            raise NotFound("file")
        return served(stored)


def _read(version: str, token: str) -> dict[str, Any]:
    key = dict(_keys()).get(version)
    if key is None:
        raise NotFound("file")
    try:
        said: dict[str, Any] = signing.loads(token, key=key, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise NotFound("file") from error
    if said["k"] != version:
        raise NotFound("file")
    return said


@contextlib.contextmanager
def _scope(code: str) -> Iterator[None]:
    if code == _CONTROL:
        with control_scope():
            yield
        return
    try:
        region = registry.live_region(code)
    except TenancyError as error:
        raise NotFound("file") from error
    with region_scope(region):
        yield


def served(stored: StoredFile) -> FileResponse:
    """The bytes under our own record of their type: pictures to look at, everything else as a download."""
    is_picture = stored.content_type.startswith("image/")
    response = _answer(stored, as_attachment=not is_picture)
    # Pictures are shown inside of our pages, which are of another origin; nothing else is to be embedded anywhere.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_picture else "same-origin"
    return response


def as_attachment(stored: StoredFile) -> FileResponse:
    """What the platform made, as a download from the host of the page. The caller has checked that the person may."""
    response = _answer(stored, as_attachment=True)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _answer(stored: StoredFile, *, as_attachment: bool) -> FileResponse:
    response = FileResponse(
        default_storage.open(stored.path, "rb"),
        as_attachment=as_attachment,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["X-Frame-Options"] = "DENY"
    return response
