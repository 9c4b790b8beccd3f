"""Gathers the security events of a request and writes them when its answer is made."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kernel.watching.emitting import gathering

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Watching:
    """Goes right behind RegionMiddleware: inside the region, outside of everything that opens a transaction.

    The punch lane has no part in it: an event there is written by itself, and its ordinary path has none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with gathering(request):
            return self.get_response(request)
