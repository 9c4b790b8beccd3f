"""The load generator tells the truth: it stays on this machine, counts refusals, and shows a queue as latency."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import pytest

from tests.benchmarks import loadgen
from tests.benchmarks.loadgen import Manners, NotHere, Plan, Request, Response, Step, Target, TooMuch, VirtualUser

DELAY = 0.1


class SlowServer:
    """Answers one request after another, each after a tenth of a second; wants the token `right`."""

    def __init__(self) -> None:
        self.port = 0
        self.seen: list[bytes] = []
        self.connections = 0
        self._up = threading.Event()

    async def serve(self) -> None:
        self._loop, self._end, self._turn = asyncio.get_running_loop(), asyncio.Event(), asyncio.Lock()
        listening = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        self._up.set()
        await self._end.wait()
        # Who went away in the middle of an answer leaves its handler at work, or a connection still coming in, which a
        # server that is closed by then would not close (Python 3.11 asserts in `_attach`): first no new ones.
        self._loop.remove_reader(listening.sockets[0].fileno())
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        listening.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.startswith(b"Content-Len")), 0)
                body = await reader.readexactly(length)
                self.seen.append(body)
                async with self._turn:
                    await asyncio.sleep(DELAY)
                status = b"200 OK" if body == b"token=right" else b"403 Forbidden"
                writer.write(b"HTTP/1.1 %s\r\nContent-Length: 2\r\nSet-Cookie: seen=yes; Path=/\r\n\r\nok" % status)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def wait_until_up(self) -> None:
        assert self._up.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)


@pytest.fixture
def server() -> Iterator[SlowServer]:
    slow = SlowServer()
    thread = threading.Thread(target=lambda: asyncio.run(slow.serve()))
    thread.start()
    slow.wait_until_up()
    yield slow
    slow.stop()
    thread.join()


def target(server: SlowServer) -> Target:
    return Target.at(f"http://127.0.0.1:{server.port}")


def posting(token: str) -> Step:
    return Step("post", lambda user: loadgen.form("/", {"token": token}), contains=b"ok")


def people(number: int = 3) -> list[VirtualUser]:
    return [VirtualUser("a.localhost") for _ in range(number)]


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1:8000", "http://[2001:db8::1]:80", "http://0.0.0.0:8000", "http:///x"]
)
def test_an_address_that_is_not_this_machine_is_refused(url: str) -> None:
    with pytest.raises(NotHere):
        Target.at(url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"connections": 513},
        {"connections": 0},
        {"seconds": 301.0},
        {"mode": "open", "rate": 2000.0, "seconds": 300.0},
        {"mode": "open", "rate": 0.0},
        {"warm_up": 500_001},
    ],
)
def test_a_plan_above_the_limits_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TooMuch):
        Plan(**{"mode": "closed", "connections": 1, "seconds": 1.0, **wrong})  # type: ignore[arg-type]


def test_a_body_above_the_limit_is_refused() -> None:
    with pytest.raises(TooMuch):
        loadgen.encode(Request("POST", "/", body=b"x" * 5_000_001), VirtualUser("a.localhost"))


def test_a_refused_token_gives_errors_and_nothing_served(server: SlowServer) -> None:
    outcome = loadgen.run(target(server), [posting("wrong")], people(), Plan("once", 3, 30))
    assert outcome.ok == 0
    assert outcome.errors == {"post: status 403": 3}
    assert outcome.cpu_ms is None


def test_a_body_that_lacks_the_expected_words_is_an_error(server: SlowServer) -> None:
    step = Step("post", lambda user: loadgen.form("/", {"token": "right"}), contains=b"receipt")
    outcome = loadgen.run(target(server), [step], people(1), Plan("once", 1, 30))
    assert outcome.ok == 0
    assert outcome.errors == {"post: body without receipt": 1}


def test_a_server_that_takes_a_tenth_of_a_second_has_that_latency(server: SlowServer) -> None:
    outcome = loadgen.run(target(server), [posting("right")], people(5), Plan("once", 1, 30))
    assert outcome.ok == 5
    assert (outcome.steps["post"].milliseconds(0.5) or 0) >= 100 * 0.99


def test_above_capacity_the_latency_grows_with_the_queue(server: SlowServer) -> None:
    # 30 arrivals a second for one that serves 10: the last has waited for twenty others, however fast the machine is.
    outcome = loadgen.run(target(server), [posting("right")], people(), Plan("open", 64, 1.0, rate=30))
    latencies = outcome.steps["post"].latencies
    assert outcome.ok == 30
    assert max(latencies) >= 30 * DELAY - 1.0 - 0.05
    assert latencies[-1] > latencies[0]
    assert outcome.drained_seconds >= 30 * DELAY - 1.0 - 0.05


def test_each_user_comes_exactly_once_in_once_mode(server: SlowServer) -> None:
    def numbered(user: VirtualUser) -> Request:
        return Request("POST", "/", body=user.variables["n"].encode())

    users = [VirtualUser("a.localhost", variables={"n": str(n)}) for n in range(8)]
    loadgen.run(target(server), [Step("n", numbered, frozenset({403}))], users, Plan("once", 4, 30))
    assert sorted(server.seen) == [b"%d" % n for n in range(8)]


def test_a_double_tap_sends_the_same_bytes_twice(server: SlowServer) -> None:
    told: list[Request] = []

    def note(user: VirtualUser, request: Request, response: Response) -> None:
        told.append(request)

    step = Step("post", lambda user: loadgen.form("/", {"token": "right"}, tag="1"), answered=note)
    plan = Plan("once", 1, 30, manners=Manners(double_tap=1.0))
    outcome = loadgen.run(target(server), [step], people(1), plan)
    assert server.seen == [b"token=right"] * 2
    assert [request.tag for request in told] == ["1", "1"]
    assert outcome.steps["post (second tap)"].ok == 1


def test_who_leaves_after_sending_is_counted_apart(server: SlowServer) -> None:
    lost: list[Request] = []
    step = Step("post", lambda user: loadgen.form("/", {"token": "right"}), lost=lambda user, sent: lost.append(sent))
    outcome = loadgen.run(target(server), [step], people(2), Plan("once", 1, 30, manners=Manners(leave=1.0)))
    assert (outcome.ok, outcome.left, len(lost)) == (0, 2, 2)
    assert not outcome.errors


def test_new_connections_are_opened_as_often_as_the_manners_say(server: SlowServer) -> None:
    plan = Plan("once", 1, 30, manners=Manners(new_connection=1.0))
    loadgen.run(target(server), [posting("right")], people(4), plan)
    assert server.connections == 4


def test_warm_up_is_not_counted_and_cookies_are_kept(server: SlowServer) -> None:
    users = people(2)
    outcome = loadgen.run(target(server), [posting("right")], users, Plan("once", 1, 30, warm_up=2))
    assert outcome.ok == 2
    assert len(server.seen) == 4
    assert users[0].cookies == {"seen": "yes"}


def test_a_server_that_is_away_is_an_error_of_every_visit() -> None:
    outcome = loadgen.run(Target("127.0.0.1", 1), [posting("right")], people(2), Plan("once", 1, 30))
    assert outcome.ok == 0
    assert sum(outcome.errors.values()) == 2
