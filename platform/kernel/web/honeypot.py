"""Decoy addresses: a plain 404 as for any unknown address, and an event; who opens two is refused for an hour.

Refused is one client (address and browser together) by one process, and only requests without a session of this region,
except the log-in page: behind the same address may sit an office whose people are signed in or about to be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kernel.accounts.sessions import is_ours
from kernel.watching import clients, emit, names, probes
from kernel.web import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

# Whoever was refused may still sign in; wrong passwords have limits of their own.
ALWAYS_OPEN: Final = ("/masuk/", "/tampilan/", "/csp-report/")


class Honeypot:
    """Goes behind Watching and before everything that asks the database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path
        if probes.is_decoy(path):
            client = clients.client_of(request)
            clients.count_decoy(client, path.lower())
            if clients.is_first(("decoy", client, path)):
                emit(names.HONEYPOT_HIT, path=path)
            return errors.not_found(request)
        if probes.is_shell_probe(path) and clients.is_first(("shell", clients.client_of(request))):
            emit(names.WEB_SHELL_PROBE, path=path)
        if clients.any_blocked() and clients.is_blocked(clients.client_of(request)) and not _is_let_through(request):
            return errors.not_found(request)
        return self.get_response(request)


def _is_let_through(request: HttpRequest) -> bool:
    return request.path in ALWAYS_OPEN or is_ours(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
