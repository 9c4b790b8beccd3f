"""Fetching a page of a stranger's server without becoming its tool.

Every address is resolved once, all its answers are checked, and the connection goes to the address that was checked
(a name that answers differently a moment later changes nothing); each redirect begins anew. Time, size and redirects
are bounded in all. Why an own fetcher: docs/adr/own-page-fetcher.md. Source: security note, 3.4 and 5.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin

from typing_extensions import override

from control.pages.addresses import Loopback, PublicDNS, Refused, Resolver, Target, read_target, resolve

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_REDIRECTS: Final = 5
MAX_SECONDS: Final = 10.0
PACE_SECONDS: Final = 1.0
_PIECE: Final = 65_536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on the way: what was asked, what came, and where it pointed (absolute, "" for the last)."""

    url: str
    status: int
    location: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a visitor got. `failure` is "" or a stable reason: those of `Refused`, and connection, timeout,
    certificate, encoding, redirects, protocol. With a failure, `hops` say how far it came and `body` is empty."""

    url: str
    hops: tuple[Hop, ...] = ()
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_cut: bool = False
    failure: str = ""
    # The URL that failed: the first one, or the target of a redirect.
    failed_at: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, "" when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class _OutOfTime(Exception):
    pass


@dataclass(slots=True)
class Deadline:
    """Seconds that are left for everything together."""

    seconds: float = MAX_SECONDS
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds left. Raises when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise _OutOfTime
        return left


class Pace:
    """At most one request a second to a host from this process; waiting counts against nobody's deadline."""

    def __init__(self, seconds: float = PACE_SECONDS, sleep: Callable[[float], None] = time.sleep) -> None:
        self._seconds, self._sleep = seconds, sleep
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str) -> None:
        """Return when the host may be asked again."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next.get(host, now))
            self._next = {name: at for name, at in self._next.items() if at > now}
            self._next[host] = turn + self._seconds
        if turn > now:
            self._sleep(turn - now)


class _TimedReader(io.RawIOBase):
    """A socket's bytes; each read may take what is left of the deadline, so that a trickle ends too."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._socket, self._deadline = connected, deadline

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)


class _TimedSocket:
    """What `http.client` needs of a socket."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = connected, deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket, self._deadline))

    def sendall(self, data: Any) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def close(self) -> None:
        """Nothing: `http.client` closes as soon as it has the headers, and the body is still to be read. Whoever opened
        the connection ends it."""


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address; the host's name is only said (Host, SNI), never looked up again."""

    def __init__(self, target: Target, connected: socket.socket, deadline: Deadline) -> None:
        super().__init__(target.host, target.port)
        self.sock = _TimedSocket(connected, deadline)

    @override
    def connect(self) -> None:
        raise http.client.NotConnected


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How pages are fetched. Tests hand in a resolver and name the one server on loopback that may be reached."""

    resolver: Resolver = field(default_factory=PublicDNS)
    loopback: Loopback | None = None
    pace: Pace = field(default_factory=Pace)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    connect: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection
    seconds: float = MAX_SECONDS

    def fetch(self, url: str, headers: Mapping[str, str], *, most_bytes: int = MAX_BYTES) -> Fetched:
        """The page at `url` as a visitor with these headers gets it, after at most five redirects by status.

        Redirects by script or by a meta element are not followed: what they would do is judged from the page. Never
        raises for what the other side does.
        """
        hops: list[Hop] = []
        seen = url
        # Waiting for the host's turn is not the host's slowness: a deadline begins behind it, and each wait adds to it.
        deadline = Deadline(self.seconds)
        try:
            while True:
                target = read_target(seen, loopback=self.loopback)
                answer = self._ask(target, headers, deadline, most_bytes)
                location = answer.header("Location") if answer.status in _REDIRECTS else ""
                if not location:
                    return Fetched(
                        seen,
                        (*hops, Hop(seen, answer.status)),
                        answer.status,
                        answer.headers,
                        answer.body,
                        answer.is_cut,
                    )
                following = urljoin(seen, location)
                hops.append(Hop(seen, answer.status, following))
                seen = following
                if len(hops) > MAX_REDIRECTS:
                    return Fetched(url, tuple(hops), failure="redirects", failed_at=seen)
        except Refused as error:
            failure = error.reason
        except (_OutOfTime, TimeoutError):
            failure = "timeout"
        except ssl.SSLError as error:
            failure = "certificate" if isinstance(error, ssl.SSLCertVerificationError) else "connection"
        except _Undecodable:
            failure = "encoding"
        except OSError:
            failure = "connection"
        except (http.client.HTTPException, ValueError):
            failure = "protocol"
        return Fetched(url, tuple(hops), failure=failure, failed_at=seen)

    def _ask(self, target: Target, headers: Mapping[str, str], deadline: Deadline, most_bytes: int) -> Fetched:
        address = resolve(target, self.resolver, seconds=deadline.left(), loopback=self.loopback)
        if not target.is_loopback:
            begun = time.monotonic()
            self.pace.wait(target.host)
            deadline.ends += time.monotonic() - begun
        with closing(self._connected(target, address, deadline)) as connected:
            connection = _Pinned(target, connected, deadline)
            connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", target.authority)
            for name, value in {"Accept-Encoding": "gzip", **headers, "Connection": "close"}.items():
                connection.putheader(name, value)
            connection.endheaders()
            with connection.getresponse() as response:
                said = tuple((name, value) for name, value in response.getheaders())
                is_moved = response.status in _REDIRECTS and response.headers.get("Location")
                body, is_cut = (b"", False) if is_moved else _read(response, most_bytes)
                return Fetched(target.url, (), response.status, said, body, is_cut)

    def _connected(self, target: Target, address: str, deadline: Deadline) -> socket.socket:
        connected = self.connect((address, target.port), deadline.left())
        try:
            if target.scheme == "https":
                connected.settimeout(deadline.left())
                return self.tls.wrap_socket(connected, server_hostname=target.host)
        except BaseException:
            connected.close()
            raise
        return connected


class _Undecodable(Exception):
    pass


def _read(response: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
    """The body, unpacked, and whether it was cut at the limit. What is packed is unpacked within the same limit."""
    encoding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if response.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return b"", False
    if encoding in ("gzip", "x-gzip", "deflate"):
        # 32: the header says whether it is gzip or zlib.
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    elif encoding in ("identity", ""):
        unpacker = None
    else:
        raise _Undecodable
    taken, packed = bytearray(), 0
    is_broken = False
    while len(taken) <= most and packed <= most and not is_broken:
        try:
            piece = response.read(_PIECE)
        except http.client.IncompleteRead as error:
            piece, is_broken = error.partial, True
        if not piece:
            break
        packed += len(piece)
        try:
            taken += unpacker.decompress(piece, most + 1 - len(taken)) if unpacker else piece
        except zlib.error as error:
            raise _Undecodable from error
    return bytes(taken[:most]), is_broken or max(len(taken), packed) > most
