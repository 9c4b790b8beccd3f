"""The fallback mode of a region: its pages lead to the continuity kit, punches come in as ever.

For the day on which the pages cannot be had (an attack, an overload, a repair): what keeps attendance going stays open,
everything else answers with the way to it. A view says itself that it stays open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., Any])

RETRY_AFTER_S: Final = 600
# Signing in and out with all that it may demand, the language, the browser's reports: views that are not ours or have
# no permission.
STAYING_OPEN: Final = ("/masuk/", "/keluar/", "/tampilan/", "/csp-report/", "/sandi/", "/aktivasi/", "/akun/keamanan/")


def open_in_fallback(view: View) -> View:
    """Decorator, outermost: the view works in the fallback mode too."""
    view.open_in_fallback = True  # type: ignore[attr-defined]
    return view


class FallbackMode:
    """Leads the pages of a region in the fallback mode to `settings.FALLBACK_PATH`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Before the view runs: pass, or the way to the kit; a program gets a 503 with the time to ask again."""
        region = getattr(request, "region", None)
        if region is None or not region.is_fallback:
            return None
        if getattr(view, "open_in_fallback", False) or request.path.startswith(STAYING_OPEN):
            return None
        if request.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
            return self._refusal(request)
        return HttpResponseRedirect(settings.FALLBACK_PATH)

    @staticmethod
    def _refusal(request: HttpRequest) -> HttpResponse:
        answer: HttpResponse
        words = _("Daerah ini sedang dalam mode cadangan: hanya absen dan paket cadangan yang terbuka.")
        if request.path.startswith("/api/") or "json" in request.headers.get("Accept", ""):
            problem = {"type": "about:blank", "title": words, "status": 503, "code": "fallback", "detail": words}
            answer = JsonResponse(problem, status=503, content_type="application/problem+json")
        else:
            # A form that was open when the mode began: what was typed stays in the browser, the page says why.
            answer = HttpResponseRedirect(settings.FALLBACK_PATH)
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
        return answer
