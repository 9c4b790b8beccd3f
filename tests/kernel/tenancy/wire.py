"""Two programs between a client and PostgreSQL: a relay that fails statements on purpose, and a transaction pooler.

Protocol: PostgreSQL documentation, chapter "Frontend/Backend Protocol". Only what a Django connection sends is spoken.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
import threading
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

import psycopg
from django.conf import settings
from typing_extensions import override

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
REPORTED = ("server_version", "server_encoding", "client_encoding", "DateStyle", "integer_datetimes", "TimeZone")


def message(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack("!I", len(payload) + 4) + payload


READY_IDLE = message(b"Z", b"I")


def error_response(sqlstate: str, text: str) -> bytes:
    """What the server sends when a statement fails."""
    fields = {b"S": "ERROR", b"V": "ERROR", b"C": sqlstate, b"M": text}
    return message(b"E", b"".join(kind + value.encode() + b"\0" for kind, value in fields.items()) + b"\0")


def server_address() -> dict[str, Any]:
    """Where the suite's PostgreSQL is, as psycopg takes it."""
    database = settings.DATABASES["default"]
    return {
        "host": database["HOST"],
        "port": database["PORT"] or 5432,
        "user": database["USER"],
        "password": database["PASSWORD"] or None,
        "dbname": database["NAME"],
    }


class _Server(ABC):
    """An asyncio server on a local port, in a thread of its own."""

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the proxy did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        # A connection that broke off in the middle can no longer be closed by the loop that has ended.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._clients: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        started.set()
        await self._stop.wait()
        server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._guarded(self.talk(reader, writer), writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    @staticmethod
    async def _guarded(talk: Coroutine[Any, Any, None], writer: asyncio.StreamWriter) -> None:
        try:
            await talk
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @abstractmethod
    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...

    @staticmethod
    async def startup(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """The client's start-up packet; encryption is declined."""
        while True:
            head = await reader.readexactly(8)
            length, code = struct.unpack("!II", head)
            rest = await reader.readexactly(length - 8)
            if code not in (SSL_REQUEST, GSS_REQUEST):
                return head + rest
            writer.write(b"N")

    @staticmethod
    async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
        head = await reader.readexactly(5)
        return head[:1], await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


class Relay(_Server):
    """Passes everything on, remembers each simple statement, and answers those that `fails` picks with an error.

    To the client that is what a cancel, a timeout or a full disk looks like: the statement did not happen. Only for
    statements outside of a transaction.
    """

    def __init__(self, fails: Callable[[str], bool] = lambda statement: False) -> None:
        self.fails = fails
        self.statements: list[str] = []
        self.failed: list[str] = []

    @override
    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = server_address()
        if address["host"].startswith("/"):
            path = f"{address['host']}/.s.PGSQL.{address['port']}"
            from_server, to_server = await asyncio.open_unix_connection(path)
        else:
            from_server, to_server = await asyncio.open_connection(address["host"], address["port"])
        to_server.write(await self.startup(reader, writer))
        back = asyncio.ensure_future(self._pass_back(from_server, writer))
        try:
            while True:
                kind, payload = await self.read_message(reader)
                statement = payload[:-1].decode() if kind == b"Q" else ""
                if statement:
                    self.statements.append(statement)
                if statement and self.fails(statement):
                    self.failed.append(statement)
                    writer.write(error_response("57014", "canceling statement due to user request") + READY_IDLE)
                else:
                    to_server.write(message(kind, payload))
        finally:
            back.cancel()
            to_server.close()

    @staticmethod
    async def _pass_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)


class TransactionPoolerProxy(_Server):
    """Gives each transaction the next of its server connections, as a pooler in transaction mode may."""

    def __init__(self, servers: int = 3) -> None:
        self.servers = servers

    @override
    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.startup(reader, writer)
        # psycopg does the server's authentication; the protocol is spoken on a copy of its socket.
        connections = [psycopg.connect(**server_address(), autocommit=True) for _ in range(self.servers)]
        ring = [
            await asyncio.open_connection(sock=socket.socket(fileno=os.dup(connection.fileno())))
            for connection in connections
        ]
        try:
            parameters = b"".join(
                message(b"S", f"{name}\0{connections[0].info.parameter_status(name)}\0".encode()) for name in REPORTED
            )
            made_up = struct.pack("!II", 1, 1)
            writer.write(message(b"R", struct.pack("!I", 0)) + parameters + message(b"K", made_up) + READY_IDLE)
            turn, is_idle = 0, True
            while True:
                kind, payload = await self.read_message(reader)
                if kind == b"X":
                    return
                if is_idle:
                    turn = (turn + 1) % self.servers
                from_server, to_server = ring[turn]
                to_server.write(message(kind, payload))
                is_idle = False
                if kind in (b"Q", b"S"):
                    is_idle = await self._answer(from_server, writer)
        finally:
            for _, to_server in ring:
                to_server.close()
            for connection in connections:
                connection.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Pass on until the server is ready; whether it is outside of a transaction then."""
        while True:
            kind, payload = await self.read_message(reader)
            writer.write(message(kind, payload))
            if kind == b"Z":
                return payload == b"I"
