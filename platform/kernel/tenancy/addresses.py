"""Addresses of a region's pages outside of a request: a task and a command reverse names as the region's host does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import get_urlconf, set_urlconf

REGION_URLS = "config.urls_region"


@contextmanager
def region_addresses() -> Iterator[None]:
    """Within the block, `reverse` knows the region host's names."""
    previous = get_urlconf()
    set_urlconf(REGION_URLS)
    try:
        yield
    finally:
        set_urlconf(previous)
