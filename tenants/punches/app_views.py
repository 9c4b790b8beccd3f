"""The installed app: its service worker and the shell that opens without a network. Both are the same for everybody."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from kernel.tenancy.context import current_region
from kernel.web.csp import REPORT_PATH
from kernel.web.fallback import open_in_fallback
from tenants.punches import offline

# How long a browser keeps the service worker's text before it asks whether there is a new release.
KEEP_SECONDS: Final = 600


@open_in_fallback
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker of this host: one line of import, and what belongs to this release."""
    region = current_region()
    told = json.dumps(offline.worker_settings(region))
    text = f'import {{ serve }} from "{static("punches/worker.js")}";\nserve({told});\n'
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"private, max-age={KEEP_SECONDS}"
    sends_to = " ".join(_origins(offline.sends_to(request, region)))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; connect-src 'self' {sends_to}; report-uri {REPORT_PATH}"
    )
    return response


@open_in_fallback
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The punch page without anybody in it, which a phone keeps and fills from its own storage."""
    region = current_region()
    response = render(request, "tenants/punches/shell.html", offline.shell_context(region))
    response.headers["Cache-Control"] = "private, no-store"
    return may_send(request, response)


def may_send(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let this page send punches to the lane's own address and to the region's other names."""
    origins = _origins(offline.sends_to(request, current_region()))
    if origins:
        response._csp_update = {"connect-src": origins}  # type: ignore[attr-defined]  # django-csp reads it
    return response


def _origins(addresses: list[str]) -> list[str]:
    return sorted({"{0.scheme}://{0.netloc}".format(urlsplit(address)) for address in addresses})
