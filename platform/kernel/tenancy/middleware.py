"""From the host name to the open region, and nothing else in between."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator

import sentry_sdk
import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from kernel import origin
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.web import containment, errors

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


class RegionMiddleware:
    """Opens the region (or the operator side) that the host names, for the length of the request.

    An unknown host is a plain 404 and a region that is not live a plain 503; neither touches a schema. Sets
    `request.region` (RegionState or None), `request.request_id` and the URL conf.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        request.region = None  # type: ignore[attr-defined]
        try:
            host = request.get_host().rsplit(":", 1)[0].lower()
        except DisallowedHost:
            return self._numbered(request, errors.unknown_host(request))
        if host in settings.OPERATOR_HOSTS:
            request.urlconf = "config.urls_operator"
            with control_scope(), self._labelled(request, "control"):
                return self._logged(request, self.get_response)
        region = registry.region_for_host(host)
        if region is None:
            return self._numbered(request, errors.unknown_host(request))
        if not region.is_live:
            return self._numbered(request, errors.suspended(request))
        request.region = region  # type: ignore[attr-defined]
        request.urlconf = settings.REGION_URLCONF
        with region_scope(region), self._labelled(request, region.code):
            refusal = containment.refusal_of(request, region) if region.measures else None
            response = self._logged(request, refusal or self.get_response)
            return containment.held_back(request, region, response) if region.measures else response

    @contextlib.contextmanager
    def _labelled(self, request: HttpRequest, label: str) -> Iterator[None]:
        request_id = request.request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(region=label, request_id=request_id), origin.of(request):
            sentry_sdk.set_tag("region", label)
            sentry_sdk.set_tag("request_id", request_id)
            yield

    def _logged(self, request: HttpRequest, answer: GetResponse) -> HttpResponse:
        began = time.monotonic()
        response = answer(request)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=int((time.monotonic() - began) * 1000),
        )
        return self._numbered(request, response)

    @staticmethod
    def _numbered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response
