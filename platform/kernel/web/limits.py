"""How often a public page may be asked from one network address. Without the cache nothing is limited."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest

from kernel import clock, origin


def is_within(request: HttpRequest, name: str, *, most: int, seconds: int) -> bool:
    """Count this request under the name; False when its address asked more than `most` times in this window."""
    window = int(clock.now().timestamp()) // seconds
    key = f"limit.{name}.{origin.address_of(request)}.{window}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) <= most
    except ValueError:
        # The cache is away, or dropped the key between the two.
        return True
