"""Addresses of a region's pages as an operator's browser reaches them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from control.regions.models import Region


def page_address(request: HttpRequest, region: Region) -> str:
    """The region's own host under the scheme and port of this request."""
    port = request.get_port()
    tail = "" if port in ("80", "443") else f":{port}"
    return f"{request.scheme}://{region.code}.{settings.BASE_DOMAIN}{tail}/"
