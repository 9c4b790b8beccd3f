"""The pages of no app: display settings, the manifest and the browsers' reports of refused content."""

from __future__ import annotations

import json
import logging
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kernel.web import icons
from kernel.web.context import THEMES
from kernel.web.fallback import open_in_fallback

log = logging.getLogger(__name__)

YEAR_SECONDS: Final = 365 * 24 * 3600
REPORT_BYTES: Final = 8192


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep the person's theme and language in two cookies of this host, then back to where they were."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if "theme" in request.POST:
        theme = request.POST["theme"]
        if theme in THEMES:
            _remember(response, "theme", theme)
        else:
            response.delete_cookie("theme")
    if request.POST.get("language") in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, request.POST["language"])
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


@open_in_fallback
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the region's site on its home screen."""
    region = getattr(request, "region", None)
    name = region.name if region is not None else "Kinerja Daerah"
    response = JsonResponse(
        {
            "name": _("Kinerja %(region)s") % {"region": name} if region is not None else name,
            "short_name": region.short_name if region is not None else name,
            "lang": "id",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbfaf6",
            "theme_color": "#0b5a55",
            "icons": [
                {"src": static("kernel/img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
                *icons.in_manifest(),
            ],
        },
        content_type="application/manifest+json",
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@open_in_fallback
@require_safe
def icon(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """The sign as PNG for a home screen. An address of an older drawing leads to the newest."""
    if name not in icons.ICONS:
        raise Http404
    if request.path != icons.address(name):
        return HttpResponseRedirect(icons.address(name))
    response = HttpResponse(icons.png(name), content_type="image/png")
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what a browser refused to run or load; nothing of it is stored or believed."""
    body = request.read(REPORT_BYTES)
    try:
        report = json.loads(body).get("csp-report", {})
        facts = {
            name: str(report.get(name, ""))[:200] for name in ("effective-directive", "blocked-uri", "line-number")
        }
    except (ValueError, AttributeError):
        return HttpResponse(status=400)
    log.warning("csp report %s", facts)
    return HttpResponse(status=204)
