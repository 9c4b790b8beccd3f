"""Compression, headers that Django does not set, language and zone of a request, unreadable and bare refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from typing_extensions import override

from kernel.web import errors, zones

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY: Final = ", ".join(
    [
        "accelerometer=()",
        "autoplay=()",
        "browsing-topics=()",
        "camera=(self)",
        "display-capture=()",
        "fullscreen=(self)",
        "geolocation=(self)",
        "gyroscope=()",
        "magnetometer=()",
        "microphone=()",
        "midi=()",
        "payment=()",
        "usb=()",
    ]
)


# What shrinks. Files that people uploaded or that the platform made (XLSX, PDF, images) are compressed already.
COMPRESSED: Final = frozenset(
    {"text/html", "application/json", "application/problem+json", "application/manifest+json"}
)
# One packet holds this much either way: below it the reader gains nothing.
LEAST_COMPRESSED: Final = 1400


class Compression(GZipMiddleware):
    """gzip for pages and JSON, with a random length so that the size tells nothing (docs/adr/compressed-pages.md).

    Goes behind WhiteNoise, which serves its files compressed already. Streams and files pass as they are.
    """

    @override
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or len(response.content) < LEAST_COMPRESSED:
            return response
        if response.headers.get("Content-Type", "").partition(";")[0] not in COMPRESSED:
            return response
        return super().process_response(request, response)


class SecurityHeaders:
    """Permissions-Policy and Cross-Origin-Resource-Policy on all, no-store on what a signed-in person is shown."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # The cookie, not request.user: asking for the user would cost a query on pages that need none.
        if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Locale:
    """The language that the person chose (Bahasa Indonesia until then) and the region's time zone.

    The browser's own language is not asked: a phone set to English is common here, an officer who wants English is not.
    Goes behind the middleware that sets `request.region`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.languages = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self.languages else settings.LANGUAGE_CODE
        region = getattr(request, "region", None)
        zone = region.time_zone if region is not None else zones.OPERATORS
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ReadableAddresses:
    """400 for an address with a NUL, which PostgreSQL's text cannot hold: a search for it would be our error.

    Forms refuse it by themselves. Goes behind Locale, for the language of the page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return self.get_response(request)


class RefusalPages:
    """A page in our look for a refusal that a view gave without any words (405 from `require_POST` and the like)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse) and not response.content:
            page = errors.method_not_allowed(request)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response
