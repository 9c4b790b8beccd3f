"""Who writes, and the neutral words when something of theirs waits."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from kernel.texts.gate import Asking, asking


class HeldTexts:
    """Says once, after a request that wrote a held text, that it waits. Costs nothing when none was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Around every request of a page or of the API."""
        now = Asking(request)
        token = asking.set(now)
        try:
            response = self.get_response(request)
        finally:
            asking.reset(token)
        if now.held:
            response.headers["X-Text-Held"] = str(now.held)
            messages.warning(
                request,
                ngettext(
                    "Sudah disimpan. Satu tulisan menunggu ditinjau petugas sebelum ditampilkan.",
                    "Sudah disimpan. %(count)s tulisan menunggu ditinjau petugas sebelum ditampilkan.",
                    now.held,
                )
                % {"count": now.held},
                fail_silently=True,
            )
        return response
