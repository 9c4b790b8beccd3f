"""Errors as problem documents (RFC 9457), with `code`, `request_id` and, for bad input, `errors` beside the fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.watching import emit, names

log = structlog.get_logger(__name__)


class ProblemRenderer(JSONRenderer):
    """JSON that calls itself a problem."""

    media_type = "application/problem+json"


class ProblemField(serializers.Serializer[Any]):
    """What is wrong with one field; `field` is its path in the body, empty for the whole."""

    field = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """The shape of every error answer."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]  # the field is named by RFC 9457


def _titles() -> dict[int, str]:
    return {
        400: _("Permintaan tidak dapat dibaca"),
        401: _("Belum masuk"),
        403: _("Tidak berwenang"),
        404: _("Tidak ditemukan"),
        405: _("Cara memanggil tidak sesuai"),
        409: _("Bertentangan dengan keadaan sekarang"),
        415: _("Jenis isi tidak diterima"),
        422: _("Isian belum benar"),
        429: _("Terlalu sering"),
        503: _("Sedang tidak tersedia"),
    }


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None (the ordinary 500) for what is not an answer to the caller."""
    request = context["request"]
    headers: dict[str, str] = {}
    errors: list[dict[str, str]] = []
    if isinstance(exception, Http404):
        exception = NotFound("page")
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    elif isinstance(exception, BadRequest):
        exception = exceptions.ParseError(str(exception))
    if isinstance(exception, NotAllowed):
        emit(names.AUTHZ_FAIL, permission=str(exception), path=request.path)
    if isinstance(exception, DomainError):
        if exception.status >= 500:
            return None
        status, code, detail = exception.status, exception.code, _words(exception)
        # Errors that name the fields where they can be repaired say so here too.
        errors = [{"field": item.field, "message": item.text} for item in getattr(exception, "problems", ())]
    elif isinstance(exception, exceptions.ValidationError):
        status, code, detail = 422, "invalid", _("Perbaiki isian yang disebut, lalu kirim lagi.")
        errors = [{"field": path, "message": message} for path, message in _flat(exception.detail, "")]
    elif isinstance(exception, exceptions.APIException):
        status, detail = exception.status_code, str(exception.detail)
        code = str(exception.get_codes()) if isinstance(exception.detail, str) else "refused"
        header = getattr(exception, "auth_header", None)
        if header:
            headers["WWW-Authenticate"] = header
        wait = getattr(exception, "wait", None)
        if wait:
            headers["Retry-After"] = str(int(wait) + 1)
    else:
        return None
    log.info("api_refused", status=status, code=code, path=request.path)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _titles().get(status, _("Tidak dapat dilakukan")),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": getattr(request, "request_id", ""),
    }
    if errors:
        body["errors"] = errors
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = ProblemRenderer.media_type
    return Response(body, status=status, headers=headers, content_type=ProblemRenderer.media_type)


def _words(error: DomainError) -> str:
    if isinstance(error, NotAllowed):
        return _("Tugas Anda tidak mencakup tindakan ini.")
    if isinstance(error, NotFound):
        return _("Data yang diminta tidak ada untuk akun Anda.")
    return error.message()


def _flat(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, f"{path}.{here}".strip("."))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _flat(inner, f"{path}[{position}]" if nested and inner else path)
    else:
        yield path, str(detail)
