"""One URL, two answers: the part when htmx asks for it, the whole page for everybody else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part (a restored history entry needs the whole page)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def answer(
    request: HttpRequest,
    page: str,
    context: dict[str, Any] | None = None,
    *,
    part: str,
    status: int = 200,
) -> HttpResponse:
    """Render the template `part` for htmx, `page` otherwise; both get the same context.

    Waiting messages travel with a part as an out-of-band swap of the live region, so that a screen reader hears them.
    A part with the status of a refusal says that it is one, and is swapped in all the same.
    """
    if wants_part(request):
        html = render_to_string(part, context, request) + render_to_string("components/live_swap.html", {}, request)
    else:
        html = render_to_string(page, context, request)
    response = HttpResponse(html, status=status)
    if status >= 400 and wants_part(request):
        response["KD-Part"] = "1"
    patch_vary_headers(response, ["HX-Request"])
    return response


def invalid(request: HttpRequest, page: str, context: dict[str, Any] | None = None, *, part: str) -> HttpResponse:
    """The same form again with its errors: 422, which htmx is told to swap like a success."""
    return answer(request, page, context, part=part, status=422)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to another page after a write, whoever asked."""
    if wants_part(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def page_of_form(request: HttpRequest) -> str:
    """The page of this host from which a form was sent, for coming back to it; the home page when it does not say."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}):
        return "/"
    parts = urlsplit(referrer)
    return parts.path + (f"?{parts.query}" if parts.query else "")
