"""From where a request comes: its network address and the family of its device, for the audit log.

Kept short on purpose. An IPv4 address is kept as it is; of an IPv6 address only the network (its first 64 bits), since
the rest names one device. Of the browser's long self-description only two words are kept. Nothing of it goes into the
logs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_origin: ContextVar[str] = ContextVar("kd_origin", default="")

# The first that is found counts: most browsers also name the others.
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def current() -> str:
    """The origin of the request that is being answered; "" outside of one."""
    return _origin.get()


@contextlib.contextmanager
def of(request: HttpRequest) -> Iterator[None]:
    """While this is open, `current()` gives the origin of this request."""
    token = _origin.set(described(request))
    try:
        yield
    finally:
        _origin.reset(token)


def described(request: HttpRequest) -> str:
    """`203.0.113.7 · Android, Chrome`; what is not known is left out."""
    return " · ".join(part for part in (address_of(request), family_of(request)) if part)


def family_of(request: HttpRequest) -> str:
    """`Android, Chrome`: system and browser as the request describes itself; what is not known is left out."""
    agent = request.headers.get("User-Agent", "")
    return ", ".join(word for word in (_named(agent, _SYSTEMS), _named(agent, _BROWSERS)) if word)


def address_of(request: HttpRequest) -> str:
    """The client's address as it is kept: of an IPv6 address the network; "" for none that can be read."""
    address = client_of(request)
    if address is None:
        return ""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def network_of(request: HttpRequest) -> str:
    """The provider's network, roughly: 16 bits of an IPv4 address, 32 of an IPv6 one; "" for none."""
    address = client_of(request)
    if address is None:
        return ""
    bits = 32 if isinstance(address, IPv6Address) else 16
    return str(ip_network(f"{address}/{bits}", strict=False))


def client_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The address that the outermost trusted proxy saw, else the peer's own; None for none that can be read.

    What stands further left in X-Forwarded-For was written by the client and counts for nothing. An IPv4 address in
    IPv6 clothes is the IPv4 address.
    """
    text = request.META.get("REMOTE_ADDR", "")
    proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        text = forwarded[-proxies]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _named(agent: str, families: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in families if mark in agent), "")
