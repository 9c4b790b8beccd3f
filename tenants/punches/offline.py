"""What the installed app keeps on the phone to open without a network: its shell, its files, pages of other apps.

An app that stands above this one and has a page that is the same for everybody (nothing of a person in it) adds it here
when it starts; the phone keeps it after the first visit.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override

from kernel.tenancy.state import RegionState

MODULES: Final = ("clock", "key", "outbox", "sender", "punch")
# The pages with which the app opens; when their answer is slow the shell comes instead.
_STARTS: Final = ("home", "attendance-punch")

_pages: list[str] = []


def add_page(url_name: str) -> None:
    """Keep this page, which is the same for everybody, on the phones that have opened it."""
    if url_name not in _pages:
        _pages.append(url_name)


def modules() -> list[str]:
    """The addresses of the punch page's modules, those that others import first."""
    return [static(f"punches/{name}.js") for name in MODULES]


def worker_settings(region: RegionState) -> dict[str, Any]:
    """What the service worker of this release needs to know; see `worker.js`."""
    files = [
        static("kernel/css/kinerja.css"),
        static("kernel/js/app.js"),
        static("kernel/img/mark.svg"),
        *modules(),
    ]
    return {
        "version": _version(
            region, get_language() or settings.LANGUAGE_CODE, tuple(files), static("punches/worker.js")
        ),
        "shell": reverse("punches-shell"),
        "files": files,
        "starts": [reverse(name) for name in _STARTS],
        "pages": [reverse(name) for name in _pages],
        "logout": reverse("account_logout"),
    }


@lru_cache(maxsize=1024)
def _version(region: RegionState, language: str, files: tuple[str, ...], worker: str) -> str:
    """A name for the release on this host: it changes with each file, each word of the shell and the region's name."""
    with override(language):
        shell = render_to_string("tenants/punches/shell.html", shell_context(region))
    told = "\n".join((settings.RELEASE, worker, *files, shell))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def shell_context(region: RegionState) -> dict[str, Any]:
    """What the shell shows. Nothing of it is about a person."""
    return {"region": region, **page_parts()}


def page_parts() -> dict[str, Any]:
    """What a page with the punch button on it hands to its template, beside `card` and `employee`."""
    return {"modules": modules(), "release": settings.RELEASE}


def sends_to(request: HttpRequest, region: RegionState) -> list[str]:
    """Origins besides this host to which its pages may send punches: the lane's own, then the region's other names."""
    lane = settings.PUNCH_LANE_URL.format(scheme=request.scheme, host=request.get_host().partition(":")[0])
    return [*([lane] if lane else []), *other_names(request, region)]


def other_names(request: HttpRequest, region: RegionState) -> list[str]:
    """Origins of the region's other names, reached as this one was."""
    name, _, port = request.get_host().partition(":")
    others = [other for other in region.hosts if other != name.lower()]
    return [f"{request.scheme}://{other}{':' + port if port else ''}" for other in others]
