"""Where requests meet the measures that contain an incident (`kernel.measures`): what is refused, what goes on.

Two things hold whatever stands: a punch is taken, and a region under no measure pays nothing for all this. The measures
travel with the region, so nothing here asks the database. A view says itself what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from kernel import origin
from kernel.measures import ExportsOff, Measure
from kernel.tenancy.state import RegionState
from kernel.web import errors

Answer = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Signing in and out must work while a region is read-only, or nobody could read; with a one-time password that includes
# choosing one's own.
ALWAYS_WRITABLE: Final = frozenset({"/masuk/", "/keluar/", "/tampilan/", "/csp-report/", "/sandi/ganti/"})


def open_in_read_only(view: View) -> View:
    """Decorator, outermost: the view works in a region that may only be read.

    Without it people could not punch, or the region could not answer to the incident.
    """
    view.open_in_read_only = True  # type: ignore[attr-defined]
    return view


def for_everybody(view: View) -> View:
    """Decorator, outermost: a page for people without an account, which search engines find."""
    view.is_for_everybody = True  # type: ignore[attr-defined]
    return view


def leaves_always(view: View) -> View:
    """Decorator, outermost: what this view hands out leaves the region also while exports are off."""
    view.leaves_always = True  # type: ignore[attr-defined]
    return view


def refusal_of(request: HttpRequest, region: RegionState) -> Answer | None:
    """What answers in place of the view under the measures that stand; None lets the request pass."""
    terms = region.terms_of(Measure.NETWORKS_BLOCKED)
    if terms is not None and _is_within(request, terms["networks"]) and not _is_of_the_lane(request):
        return partial(errors.network_blocked, terms=terms)
    if (
        region.is_read_only
        and request.method not in SAFE_METHODS
        and request.path not in ALWAYS_WRITABLE
        and not _is_marked(request, "open_in_read_only")
    ):
        return errors.read_only
    terms = region.terms_of(Measure.PUBLIC_PAGES_OFF)
    if terms is not None and _is_marked(request, "is_for_everybody"):
        return partial(errors.public_page_off, terms=terms)
    return None


def is_held_back(request: HttpRequest, region: RegionState, response: HttpResponseBase) -> bool:
    """Whether this answer is a file that does not leave the region now."""
    if region.terms_of(Measure.EXPORTS_OFF) is None:
        return False
    match = request.resolver_match
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    return is_file and not (match is not None and getattr(match.func, "leaves_always", False))


def held_back(request: HttpRequest, region: RegionState, response: HttpResponse) -> HttpResponse:
    """The answer itself, or a page that says why this file does not leave the region now.

    Looks at what is about to go out and not at who made it: a view that hands out a new list is held back too.
    """
    terms = region.terms_of(Measure.EXPORTS_OFF)
    if terms is None or not is_held_back(request, region, response):
        return response
    page = errors.exports_off(request, ExportsOff(str(terms["reason"])).message())
    # The file is closed with the page: closing its answer here would end the request before its time.
    page._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]
    page.headers["X-Request-Id"] = response.headers["X-Request-Id"]
    return page


def _is_marked(request: HttpRequest, mark: str) -> bool:
    try:
        view = resolve(request.path_info, settings.REGION_URLCONF).func
    except Resolver404:
        return False
    return bool(getattr(view, mark, False))


def _is_of_the_lane(request: HttpRequest) -> bool:
    # Signed punches and the lines of machines carry their own proof. Behind one address of a government stand
    # thousands: whoever is blocked there must not cost the others their day.
    try:
        resolve(request.path_info, settings.LANE_URLCONF)
    except Resolver404:
        return False
    return True


def _is_within(request: HttpRequest, networks: Sequence[str]) -> bool:
    address = origin.client_of(request)
    return address is not None and any(address in network for network in _read(tuple(networks)))


@lru_cache(maxsize=64)
def _read(networks: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in networks)
