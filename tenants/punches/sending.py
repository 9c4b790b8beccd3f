"""Requests of phones at the lane: who may ask from where, and how a phone is told to wait.

Pages of a region's other names may send here too: when one name is blocked, the installed app goes on with another
(M5). An answer that asks to wait always says how long.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg_pool import PoolTimeout

from kernel import clock
from kernel.tenancy.context import current_region

log = structlog.get_logger(__name__)

View = Callable[[HttpRequest], HttpResponse]

# How long a preflight's answer is kept by a browser, in seconds.
_PREFLIGHT_SECONDS: Final = 86_400
_WINDOW_SECONDS: Final = 60
# When something is away it is away for all: their return is spread over these seconds.
_AWAY_SECONDS: Final = (3, 12)


class Flood:
    """Counts by name within a minute, in this process only: a limit that costs no statement."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self._window = 0
        self._counts: dict[object, int] = {}

    def count(self, name: object, number: int = 1) -> None:
        """So many more."""
        window = self._window_now()
        if window != self._window:
            self._window, self._counts = window, {}
        if number:
            self._counts[name] = self._counts.get(name, 0) + number

    def seconds_left(self, name: object) -> int:
        """0 while there is room under this name, else after how many seconds there is again."""
        window = self._window_now()
        if window != self._window or self._counts.get(name, 0) < self.most:
            return 0
        return int((window + 1) * _WINDOW_SECONDS - clock.now().timestamp()) + 1

    @staticmethod
    def _window_now() -> int:
        return int(clock.now().timestamp()) // _WINDOW_SECONDS


def from_phones(view: View) -> View:
    """Let this region's pages send here from any of its names, and say when to come again instead of failing."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            # The browser keeps what it may by the header for that, not as a page.
            return _may_ask(request, HttpResponse(status=204, headers={"Cache-Control": "no-store"}))
        try:
            response = view(request)
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            log.warning("punches_not_stored", reason=str(error).strip()[:200])
            response = come_again(random.randint(*_AWAY_SECONDS), status=503)  # noqa: S311
        except RequestDataTooBig:
            response = refused(413, "too_large")
        return _may_ask(request, response)

    return answered


def come_again(seconds: int, *, status: int = 429) -> HttpResponse:
    """Nothing was stored; try again after these seconds."""
    response = refused(status, "come_again")
    response.headers["Retry-After"] = str(seconds)
    return response


def refused(status: int, code: str) -> HttpResponse:
    """A refusal of the whole request, as JSON."""
    return JsonResponse({"code": code}, status=status)


def answer(told: dict[str, Any]) -> HttpResponse:
    """An answer that nobody keeps."""
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def _may_ask(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    origin = request.headers.get("Origin", "")
    if not origin:
        return response
    response.headers["Vary"] = "Origin"
    if urlsplit(origin).hostname in current_region().hosts:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "content-type"
            response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response
