"""Real web servers on loopback, and a small internet that leads public addresses to them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

from control.pages.addresses import Loopback, Refused
from control.pages.fetching import Fetcher, Pace


@dataclass(frozen=True)
class Asked:
    """What a visitor sent."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What a server answers. `raw` replaces everything, bytes as they are, one piece after the other."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    raw: Callable[[], Iterator[bytes]] | None = None


Site = Callable[[Asked], Reply]


@contextmanager
def serving(site: Site, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that answers as `site` says, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = site(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            try:
                if reply.raw is not None:
                    for piece in reply.raw():
                        self.wfile.write(piece)
                        self.wfile.flush()
                    return
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                # The visitor had enough and went.
                pass

        @override
        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Internet:
    """Names that answer one after the other with these addresses, and where a connection to an address ends."""

    names: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    ports: Mapping[tuple[str, int], int] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def addresses(self, host: str, *, seconds: float) -> Sequence[str]:
        answers = self.names.get(host)
        if answers is None:
            raise Refused("name")
        self.looked_up.append(host)
        return answers[min(self.looked_up.count(host), len(answers)) - 1]

    def connect(self, where: tuple[str, int], seconds: float) -> socket.socket:
        self.connected.append(where)
        if where not in self.ports:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self.ports[where]), seconds)

    def fetcher(
        self, *, seconds: float = 5.0, loopback: Loopback | None = None, tls: ssl.SSLContext | None = None
    ) -> Fetcher:
        """A fetcher that knows this internet alone."""
        return Fetcher(
            resolver=self,
            loopback=loopback,
            pace=Pace(0),
            connect=self.connect,
            seconds=seconds,
            tls=tls or ssl.create_default_context(),
        )
