"""The host that hands out files: one address, and before everything that knows sessions, pages or static files."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, get_resolver

from kernel.errors import NotFound
from kernel.files.handing import URLCONF

log = structlog.get_logger(__name__)


class FilesHost:
    """Answers requests to FILES_HOST by `config.urls_files` alone; all others go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            host = request.get_host().rsplit(":", 1)[0].lower()
        except DisallowedHost:
            return self.get_response(request)
        if host != settings.FILES_HOST:
            return self.get_response(request)
        request_id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(region="files", request_id=request_id):
            response = self._answer(request)
            # The link is a key for a minute: it stays out of the log.
            log.info("file_request", method=request.method, status=response.status_code)
        response.headers["X-Request-Id"] = request_id
        return response

    @staticmethod
    def _answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        try:
            match = get_resolver(URLCONF).resolve(request.path_info)
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except (Resolver404, NotFound):
            # An old link, somebody else's, none at all: all the same.
            return HttpResponse(
                "Tautan berkas ini tidak berlaku lagi. Buka lagi dari halamannya.",
                status=404,
                content_type="text/plain; charset=utf-8",
                headers={"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"},
            )
        return response
