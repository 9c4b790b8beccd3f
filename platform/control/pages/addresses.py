"""Where the fetcher may connect to: public web servers under a plain name, nothing else.

Pure but for the resolver, which callers hand in. Source: security note, 5 (SSRF); RFC 6890 and its registries.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import SplitResult, quote, urlsplit

import dns.exception
import dns.rdatatype
import dns.resolver
from typing_extensions import override

PORTS: Final = {"http": 80, "https": 443}
MAX_URL: Final = 2_000
# A name as the web uses it; an underscore stands in some old ones.
_LABEL: Final = re.compile(r"\A[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
# A last label like this makes the C library read the whole as a number: 2130706433, 0x7f.1, 0177.0.0.01.
_NUMBER: Final = re.compile(r"\A(?:[0-9]+|0x[0-9a-f]*)\Z")
# Globally routed by the registry and all the same not for us: relays of 6to4, a cloud's metadata and host agent.
_NEVER: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2002::/16",
        "2001::/32",
        "64:ff9b:1::/48",
        "::/96",
        "::ffff:0:0/96",
        "fec0::/10",
        "5f00::/16",
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """An address that is not contacted. `reason` is stable: scheme, credentials, host, port, name, address, long."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Resolver(Protocol):
    """Who says at which addresses a name is."""

    def addresses(self, host: str, *, seconds: float) -> Sequence[str]:
        """All addresses of the name, none when there are none. Raises Refused("name") when nobody can say."""
        ...


@dataclass(frozen=True, slots=True)
class PublicDNS:
    """The name servers of the machine, asked anew each time: an answer that was kept could be another's by now."""

    resolver: Callable[[], dns.resolver.Resolver] = dns.resolver.Resolver

    def addresses(self, host: str, *, seconds: float) -> Sequence[str]:
        """IPv4 and IPv6 addresses of the name."""
        try:
            found = self.resolver().resolve_name(host, lifetime=seconds)
        except (dns.exception.DNSException, OSError) as error:
            raise Refused("name") from error
        return tuple(found.addresses())


@dataclass(frozen=True, slots=True)
class Loopback:
    """The one server on this machine that an examination lets the fetcher reach: an exact host and port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Loopback | None:
        """`127.0.0.1:8099`, `localhost:8099` or `[::1]:8099`; None for an empty text. Raises ValueError for the rest,
        so that a slip cannot open another address."""
        if not text:
            return None
        parts = urlsplit(f"//{text}")
        named = cls(parts.hostname or "", parts.port or 0)
        if named.host not in ("localhost", "127.0.0.1", "::1") or not named.port or str(named) != text:
            raise ValueError(f"not one loopback host and port: {text}")
        return named

    @property
    def address(self) -> str:
        """What a connection is made to."""
        return "127.0.0.1" if self.host == "localhost" else self.host

    @override
    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked for once its host is resolved."""

    scheme: str
    host: str
    port: int
    path: str
    is_loopback: bool = False

    @property
    def authority(self) -> str:
        """What the Host header says."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def read_target(url: str, *, loopback: Loopback | None = None) -> Target:
    """The parts of a URL that may be fetched. Raises Refused."""
    if len(url) > MAX_URL or any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in url):
        raise Refused("long" if len(url) > MAX_URL else "host")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise Refused("host") from error
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise Refused("scheme")
    if "@" in parts.netloc:
        raise Refused("credentials")
    wanted = PORTS[scheme] if port is None else port
    if loopback is not None and (host, wanted) == (loopback.host, loopback.port):
        return Target(scheme, host, wanted, _path(parts), is_loopback=True)
    if wanted != PORTS[scheme]:
        raise Refused("port")
    return Target(scheme, read_host(host), wanted, _path(parts))


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    return path + (f"?{quote(parts.query, safe='/?%:@!$&()*+,;=-._~[]')}" if parts.query else "")


def read_host(host: str) -> str:
    """The name as DNS takes it, in lower case, or a public address as its registry writes it. Raises Refused.

    What a C library would read as a number (decimal, octal, hexadecimal, short forms) is refused, also when it is
    written in letters that a browser folds to digits.
    """
    folded = unicodedata.normalize("NFKC", host).replace("\u3002", ".").strip().lower().rstrip(".")
    if not folded or len(folded) > 253:
        raise Refused("host")
    if ":" in folded:
        return str(checked_address(folded))
    if not folded.isascii():
        try:
            folded = folded.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise Refused("host") from error
    labels = folded.split(".")
    if _NUMBER.match(labels[-1]):
        return str(checked_address(folded))
    if len(labels) < 2 or not all(_LABEL.match(label) for label in labels):
        raise Refused("host")
    return folded


def checked_address(text: str) -> IPAddress:
    """The address, when it is a public one of a single machine. Raises Refused("address")."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise Refused("address") from error
    if getattr(address, "scope_id", None):
        raise Refused("address")
    judged: IPAddress = address
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
        # A network without IPv4 reaches every IPv4 server so: what counts is which one.
        judged = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    is_public = judged.is_global and not judged.is_multicast and not judged.is_unspecified
    if not is_public or any(judged in network for network in _NEVER if network.version == judged.version):
        raise Refused("address")
    return address


def resolve(target: Target, resolver: Resolver, *, seconds: float, loopback: Loopback | None = None) -> str:
    """The one address that is connected to, after ALL of the name's addresses were found public. Raises Refused."""
    if target.is_loopback and loopback is not None:
        return loopback.address
    try:
        literal = ipaddress.ip_address(target.host)
    except ValueError:
        pass
    else:
        return str(checked_address(str(literal)))
    found = [checked_address(text) for text in resolver.addresses(target.host, seconds=seconds)]
    if not found:
        raise Refused("name")
    # IPv4 first: a machine without IPv6 would otherwise wait for nothing.
    return str(min(found, key=lambda address: (address.version, found.index(address))))
