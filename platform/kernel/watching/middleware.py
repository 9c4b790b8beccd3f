"""Gathers the security events of a request, sees what its answer says, and writes them when it is made."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

from kernel.tenancy.context import region_or_none
from kernel.watching import clients, names, probes
from kernel.watching.emitting import Gathering, emit, gathering
from kernel.web.containment import is_held_back

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Refusals that a person brings about who mistypes a form or works at the same time as another.
_ORDINARY = frozenset({409, 422})


class Watching:
    """Goes right behind RegionMiddleware: inside the region, outside of everything that opens a transaction.

    The punch lane has no part in it: an event there is written by itself, and its ordinary path has none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with gathering(request) as gathered:
            response = self.get_response(request)
            _look(request, response, gathered)
            return response


def _look(request: HttpRequest, response: HttpResponseBase, gathered: Gathering) -> None:
    status = response.status_code
    client = clients.client_of(request)
    _see_tools(request, client, status)
    burst = clients.count_answer(client, is_refusal=400 <= status < 500 and status not in _ORDINARY)
    if burst is not None:
        emit(names.MALICIOUS_EXCESS_404, requests=burst.requests, refused=burst.refused)
    if status == 429 and clients.is_first(("limit", client)):
        emit(names.EXCESS_RATE_LIMIT_EXCEEDED, path=request.path)
    if response.headers.get("Content-Disposition", "").startswith("attachment") and status == 200:
        _see_export(request, response, gathered)


def _see_tools(request: HttpRequest, client: clients.Client, status: int) -> None:
    tool = probes.tool_of(client[1])
    payload = probes.payload_of(request.path, request.META.get("QUERY_STRING", ""))
    if (tool or payload) and clients.is_first(("tool", client, tool, payload, status == 200)):
        emit(names.MALICIOUS_ATTACK_TOOL, tool=tool, payload=payload, status=status, path=request.path)


def _see_export(request: HttpRequest, response: HttpResponseBase, gathered: Gathering) -> None:
    region = region_or_none()
    if region is not None and region.measures and is_held_back(request, region, response):
        # What does not leave was asked for all the same.
        emit(names.EXPORT_REQUESTED, rows=gathered.rows, held_back=True)
        return
    size = response.headers.get("Content-Length", "")
    if isinstance(response, HttpResponse):
        size = str(len(response.content))
    emit(names.EXPORT_COMPLETED, rows=gathered.rows, bytes=int(size) if size.isdigit() else 0)
