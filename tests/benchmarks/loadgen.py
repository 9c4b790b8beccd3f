"""A bounded HTTP load generator: one process, raw HTTP/1.1 with kept connections, standard library only.

It refuses a target that is not on this machine, and its limits are constants. A virtual user is a cookie jar with
variables; a visit is a list of steps; a step that fails ends that visit and is counted by kind. Modes:

* closed: so many connections, each as fast as the answers come. For capacity; its latency is not a person's.
* open: arrivals on a timetable; latency counts from the moment that was due, so a queue shows.
* once: every user exactly once.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import random
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any, Final, Literal
from urllib.parse import quote_plus, urlsplit

from tests.benchmarks.accounting import machine_seconds, own_seconds, tree_seconds

MOST_CONNECTIONS: Final = 512
LONGEST_SECONDS: Final = 300
MOST_REQUESTS: Final = 500_000
LARGEST_BODY: Final = 5_000_000
# Above this the generator itself disturbs what it measures.
MOST_OWN_CORES: Final = 0.5
DOUBLE_TAP_WITHIN: Final = 0.05

Mode = Literal["closed", "open", "once"]


class NotHere(Exception):
    """The target is not on this machine."""


class TooMuch(Exception):
    """A plan above the limits."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send: a numeric loopback address and a port."""

    address: str
    port: int

    @classmethod
    def at(cls, url: str) -> Target:
        """The target behind a URL. Raises NotHere when any of its addresses is not a loopback address."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NotHere(f"{host}: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        foreign = [address for address in addresses if not ipaddress.ip_address(address).is_loopback]
        if foreign or not addresses:
            raise NotHere(f"{host} is {', '.join(foreign) or 'nowhere'}, not this machine")
        return cls(addresses[0], port)


@dataclass(slots=True)
class VirtualUser:
    """Somebody who sends requests: cookies that the server may change, and variables of the workload."""

    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One request without the lines that the user and connection add. `headers` are whole lines' names and values."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""
    # The workload's own name for what is sent, for its invariants.
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `size` counts head and body in bytes as they came; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a visit and what its answer must be.

    `answered` is told of every good answer; `lost` of every request whose answer nobody read (it may have been done).
    """

    name: str
    request: Callable[[VirtualUser], Request]
    expect: frozenset[int] = frozenset({200})
    contains: bytes = b""
    location: str = ""
    is_measured: bool = True
    think_seconds: float = 0.0
    answered: Callable[[VirtualUser, Request, Response], None] | None = None
    lost: Callable[[VirtualUser, Request], None] | None = None


@dataclass(frozen=True, slots=True)
class Manners:
    """How phones behave: shares of visits on a new connection, tapped twice within 50 ms, and left after sending."""

    new_connection: float = 0.0
    double_tap: float = 0.0
    leave: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load. `rate` is arrivals a second (open mode). Raises TooMuch above the limits."""

    mode: Mode
    connections: int
    seconds: float
    rate: float = 0.0
    warm_up: int = 0
    manners: Manners = Manners()
    seed: int = 1
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not 1 <= self.connections <= MOST_CONNECTIONS:
            raise TooMuch(f"{self.connections} connections; 1 to {MOST_CONNECTIONS}")
        if not 0 < self.seconds <= LONGEST_SECONDS:
            raise TooMuch(f"{self.seconds} seconds; up to {LONGEST_SECONDS}")
        if self.mode == "open" and not 0 < self.rate * self.seconds <= MOST_REQUESTS:
            raise TooMuch(f"{self.rate} a second for {self.seconds} s; up to {MOST_REQUESTS} requests")
        if self.warm_up > MOST_REQUESTS:
            raise TooMuch(f"{self.warm_up} warm-up requests; up to {MOST_REQUESTS}")


@dataclass(slots=True)
class StepOutcome:
    """What became of one step: latencies of the good answers in seconds, and errors by kind."""

    latencies: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    size: int = 0

    @property
    def ok(self) -> int:
        return len(self.latencies)

    def milliseconds(self, share: float) -> float | None:
        """The latency that this share of the good answers did not exceed."""
        if not self.latencies:
            return None
        ordered = sorted(self.latencies)
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


@dataclass(slots=True)
class Outcome:
    """A finished load. CPU figures are of the process trees that were named."""

    steps: dict[str, StepOutcome]
    seconds: float
    # After the last arrival until the last answer (open mode).
    drained_seconds: float
    cpu_seconds: float
    # The same for each process tree, in the order in which they were named.
    cpu_parts: tuple[float, ...]
    own_cores: float
    other_cores: float
    left: int = 0
    resent: int = 0

    @property
    def ok(self) -> int:
        return sum(step.ok for step in self.steps.values())

    @property
    def errors(self) -> Counter[str]:
        return sum(
            (Counter({f"{name}: {kind}": n for kind, n in s.errors.items()}) for name, s in self.steps.items()),
            Counter(),
        )

    @property
    def per_second(self) -> float:
        return self.ok / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """CPU milliseconds of the server side for each good answer."""
        return 1000 * self.cpu_seconds / self.ok if self.ok else None

    @property
    def is_own_load_small(self) -> bool:
        return self.own_cores <= MOST_OWN_CORES

    def figures(self) -> dict[str, Any]:
        """For a JSON line."""
        return {
            "seconds": round(self.seconds, 2),
            "ok": self.ok,
            "left": self.left,
            "resent": self.resent,
            "errors": dict(self.errors),
            "per_second": round(self.per_second, 1),
            "cpu_ms": None if self.cpu_ms is None else round(self.cpu_ms, 3),
            "cpu_ms_parts": [round(1000 * part / max(1, self.ok), 3) for part in self.cpu_parts],
            "drained_seconds": round(self.drained_seconds, 2),
            "own_cores": round(self.own_cores, 2),
            "other_cores": round(self.other_cores, 2),
            "steps": {
                name: {
                    "ok": step.ok,
                    "p50_ms": step.milliseconds(0.50),
                    "p95_ms": step.milliseconds(0.95),
                    "p99_ms": step.milliseconds(0.99),
                    "max_ms": step.milliseconds(1.0),
                    "bytes": round(step.size / step.ok) if step.ok else None,
                }
                for name, step in self.steps.items()
            },
        }


def form(path: str, fields: Mapping[str, str], *, tag: str = "", headers: Mapping[str, str] | None = None) -> Request:
    """A POST of URL-encoded fields."""
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items()).encode()
    return Request("POST", path, headers or {}, body, "application/x-www-form-urlencoded", tag)


def multipart(
    path: str, fields: Mapping[str, str], *, tag: str = "", headers: Mapping[str, str] | None = None
) -> Request:
    """A POST of fields as a browser sends FormData."""
    boundary = "----kinerja7MA4YWxkTrZu0gW"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = ("".join(parts) + f"--{boundary}--\r\n").encode()
    return Request("POST", path, headers or {}, body, f"multipart/form-data; boundary={boundary}", tag)


def in_json(path: str, value: Any, *, tag: str = "", headers: Mapping[str, str] | None = None) -> Request:
    """A POST of JSON."""
    return Request("POST", path, headers or {}, json.dumps(value).encode(), "application/json", tag)


def encode(request: Request, user: VirtualUser) -> bytes:
    """The bytes on the wire. Raises TooMuch for a body above the limit."""
    if len(request.body) > LARGEST_BODY:
        raise TooMuch(f"a body of {len(request.body)} bytes; up to {LARGEST_BODY}")
    lines = [f"{request.method} {request.path} HTTP/1.1", f"Host: {user.host}", "Accept: */*"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if user.cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in user.cookies.items()))
    if request.content_type:
        lines.append(f"Content-Type: {request.content_type}")
    if request.body or request.method != "GET":
        lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin1") + request.body


class Connection:
    """One connection, opened when it is needed and kept while the server keeps it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.resent = 0
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def exchange(self, data: bytes, timeout: float) -> Response:
        """Send and read the answer. A kept connection that the server had closed meanwhile is opened anew, once."""
        async with asyncio.timeout(timeout):
            if self._writer is not None:
                try:
                    return await self._exchange(data)
                except (ConnectionError, asyncio.IncompleteReadError):
                    self.resent += 1
            await self._open()
            return await self._exchange(data)

    async def send_and_leave(self, data: bytes) -> None:
        """Send and close without reading, as a phone does that loses its network."""
        await self._open()
        if self._writer is not None:
            self._writer.write(data)
            await self._writer.drain()
        self.close()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _open(self) -> None:
        self.close()
        self._reader, self._writer = await asyncio.open_connection(self.target.address, self.target.port, limit=1 << 20)

    async def _exchange(self, data: bytes) -> Response:
        if self._reader is None or self._writer is None:
            raise ConnectionError("not open")
        try:
            self._writer.write(data)
            return await self._read(self._reader)
        except BaseException:
            self.close()
            raise

    async def _read(self, reader: asyncio.StreamReader) -> Response:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        status = int(first.split(b" ", 2)[1])
        headers: dict[str, str] = {}
        cookies: list[str] = []
        for line in lines:
            name, _, value = line.decode("latin1").partition(":")
            if name.lower() == "set-cookie":
                cookies.append(value.strip().partition(";")[0])
            elif name:
                headers[name.lower()] = value.strip()
        body = await self._body(reader, status, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, tuple(cookies), body, len(head) + len(body))

    async def _body(self, reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]) -> bytes:
        if status in (204, 304):
            return b""
        if "chunked" in headers.get("transfer-encoding", "").lower():
            parts: list[bytes] = []
            while True:
                length = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
                part = await reader.readexactly(length + 2)
                if length == 0:
                    return b"".join(parts)
                parts.append(part[:-2])
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        whole = await reader.read(-1)
        self.close()
        return whole


class Load:
    """One load being run."""

    def __init__(self, target: Target, steps: Sequence[Step], users: Sequence[VirtualUser], plan: Plan) -> None:
        self.target = target
        self.steps = steps
        self.users = users
        self.plan = plan
        self.chance = random.Random(plan.seed)  # noqa: S311
        self.sent = 0
        self.left = 0
        self.resent = 0
        self.is_counted = False
        self.found: dict[str, StepOutcome] = {}

    async def run(self, roots: Sequence[int]) -> Outcome:
        await self._warm_up()
        self.is_counted = True
        parts = {root: tree_seconds([root]) for root in roots}
        busy, own, began = machine_seconds(), own_seconds(), time.perf_counter()
        modes: dict[Mode, Callable[[float], Awaitable[float]]] = {
            "closed": self._closed,
            "open": self._open,
            "once": self._once,
        }
        last_arrival = await modes[self.plan.mode](began)
        ended = time.perf_counter()
        seconds = ended - began
        parts = {root: tree_seconds([root]) - before for root, before in parts.items()}
        cpu, busy, own = sum(parts.values()), machine_seconds() - busy, own_seconds() - own
        return Outcome(
            steps=self.found,
            seconds=seconds,
            drained_seconds=ended - last_arrival,
            cpu_seconds=cpu,
            cpu_parts=tuple(parts.values()),
            own_cores=own / seconds,
            other_cores=max(0.0, busy - cpu - own) / seconds,
            left=self.left,
            resent=self.resent,
        )

    async def _warm_up(self) -> None:
        # From the end of the list: the first users of a `once` run must not have been here.
        turns = iter(range(self.plan.warm_up))
        users = cycle(reversed(self.users))

        async def one() -> None:
            with self._connection() as connection:
                for _ in turns:
                    await self._visit(connection, next(users))

        await asyncio.gather(*(one() for _ in range(min(8, self.plan.connections))))

    async def _closed(self, began: float) -> float:
        users = cycle(self.users)
        until = began + self.plan.seconds

        async def one() -> None:
            with self._connection() as connection:
                while time.perf_counter() < until:
                    await self._visit(connection, next(users))

        await asyncio.gather(*(one() for _ in range(self.plan.connections)))
        return until

    async def _once(self, began: float) -> float:
        waiting = iter(self.users)
        until = began + self.plan.seconds

        async def one() -> None:
            with self._connection() as connection:
                while time.perf_counter() < until and (user := next(waiting, None)) is not None:
                    await self._visit(connection, user)

        await asyncio.gather(*(one() for _ in range(self.plan.connections)))
        return time.perf_counter()

    async def _open(self, began: float) -> float:
        users = cycle(self.users)
        with contextlib.ExitStack() as stack:
            free = [stack.enter_context(self._connection()) for _ in range(self.plan.connections)]
            places = asyncio.Semaphore(self.plan.connections)

            async def arrival(user: VirtualUser, due: float) -> None:
                async with places:
                    connection = free.pop()
                    try:
                        await self._visit(connection, user, due)
                    finally:
                        free.append(connection)

            arrivals: list[asyncio.Task[None]] = []
            due = began
            for number in count():
                due = began + number / self.plan.rate
                if due >= began + self.plan.seconds:
                    break
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                arrivals.append(asyncio.create_task(arrival(next(users), due)))
            await asyncio.gather(*arrivals)
            return due

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        connection = Connection(self.target)
        try:
            yield connection
        finally:
            self.resent += connection.resent
            connection.close()

    async def _visit(self, connection: Connection, user: VirtualUser, due: float | None = None) -> None:
        manners = self.plan.manners
        if self.is_counted and self.chance.random() < manners.new_connection:
            connection.close()
        for step in self.steps:
            if self.sent >= MOST_REQUESTS:
                return
            request = step.request(user)
            data = encode(request, user)
            if self.is_counted and self.chance.random() < manners.leave:
                await self._leave(step, request, data, user)
                return
            if self.is_counted and self.chance.random() < manners.double_tap:
                is_good, _ = await asyncio.gather(
                    self._take(step, request, data, connection, user, due),
                    self._tap_again(step, request, data, user),
                )
            else:
                is_good = await self._take(step, request, data, connection, user, due)
            due = None
            if not is_good:
                return
            if step.think_seconds:
                await asyncio.sleep(self.chance.uniform(0.5, 1.5) * step.think_seconds)

    async def _leave(self, step: Step, request: Request, data: bytes, user: VirtualUser) -> None:
        self.sent += 1
        self.left += 1
        with self._connection() as connection, contextlib.suppress(OSError):
            await connection.send_and_leave(data)
        if step.lost is not None:
            step.lost(user, request)

    async def _tap_again(self, step: Step, request: Request, data: bytes, user: VirtualUser) -> None:
        await asyncio.sleep(self.chance.uniform(0, DOUBLE_TAP_WITHIN))
        with self._connection() as connection:
            await self._take(step, request, data, connection, user, None, " (second tap)")

    async def _take(
        self,
        step: Step,
        request: Request,
        data: bytes,
        connection: Connection,
        user: VirtualUser,
        due: float | None,
        suffix: str = "",
    ) -> bool:
        began = time.perf_counter() if due is None else due
        self.sent += 1
        size, wrong = 0, ""
        try:
            response = await connection.exchange(data, self.plan.timeout)
        except Exception as error:  # every failure is counted by its kind, none is hidden
            connection.close()
            wrong = type(error).__name__
            if step.lost is not None:
                step.lost(user, request)
        else:
            took = time.perf_counter() - began
            size = response.size
            wrong = _wrong(step, response)
            _keep_cookies(user, response.cookies)
            if step.answered is not None and not wrong:
                step.answered(user, request, response)
        if self.is_counted and step.is_measured:
            outcome = self.found.setdefault(step.name + suffix, StepOutcome())
            if wrong:
                outcome.errors[wrong] += 1
            else:
                outcome.latencies.append(took)
                outcome.size += size
        elif wrong:
            self.found.setdefault(step.name + " (not measured)", StepOutcome()).errors[wrong] += 1
        return not wrong


def _wrong(step: Step, response: Response) -> str:
    if response.status not in step.expect:
        return f"status {response.status}"
    if step.contains not in response.body:
        return f"body without {step.contains.decode()}"
    if step.location not in response.headers.get("location", ""):
        return f"location {response.headers.get('location', '')}"
    return ""


def _keep_cookies(user: VirtualUser, cookies: Sequence[str]) -> None:
    for cookie in cookies:
        name, _, value = cookie.partition("=")
        if value in ("", '""'):
            user.cookies.pop(name, None)
        else:
            user.cookies[name] = value


def run(
    target: Target, steps: Sequence[Step], users: Sequence[VirtualUser], plan: Plan, *, roots: Sequence[int] = ()
) -> Outcome:
    """Run the load and say what became of it. `roots` are the processes whose CPU time counts as the server's."""
    return asyncio.run(Load(target, steps, users, plan).run(roots))
