"""Benchmarks on the embedded servers: floors and product in turn, as ratios of one run (docs/benchmarks.md).

`BENCH=1 python -m tests.benchmarks.run [--quick] [--only NAME ...]`. Ends with code 0 when every answer was the planned
one and every invariant holds; whether a target is met is printed and does not change the code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

import psycopg

from infra.local.demo import collect_static, web_command
from infra.local.processes import Lifeline
from infra.local.services import CHECKOUT
from kernel.periods import Month
from tests.benchmarks import invariants, loadgen
from tests.benchmarks.accounting import machine_seconds, own_seconds, tree_megabytes, tree_seconds
from tests.benchmarks.cells import Cell, Comparison, asking, chosen, own_directory, say
from tests.benchmarks.fixture_file import Fixture
from tests.benchmarks.floors.database import ApprovalFloor, MonthRunFloor, PointsFloor, insert_rate
from tests.benchmarks.floors.month_run import SameFactsFloor
from tests.benchmarks.loadgen import Outcome, Plan, Request, Step, Target, VirtualUser
from tests.benchmarks.report import Measured
from tests.benchmarks.servers import Servers, running_servers, web_server
from tests.benchmarks.workloads import inbox, page, punch

FLOOR_PEOPLE: Final = 600
FLOOR_APPLICATION: Final = "tests.benchmarks.floors.django_app:application"
PRODUCT_APPLICATION: Final = "config.wsgi:application"
# One floor run is shorter than the clock of the process tables can tell.
FLOOR_RUNS: Final = 20

StepOf = Callable[[punch.Ledger], Step]


@dataclass(frozen=True)
class Setting:
    """How much is measured: pairs of each cell, seconds of a measurement, and the size of the fixture."""

    pairs: int
    seconds: float
    open_seconds: float
    regions: int
    people: int
    small: int
    months: int
    # People of the region whose month holds eighty activities of each.
    busy: int
    # People of the regions whose month is computed, 22 days and 60 activities of each.
    payroll: tuple[int, ...]
    connections: int = 32
    warm_up: int = 200


FULL: Final = Setting(
    pairs=5,
    seconds=10,
    open_seconds=30,
    regions=12,
    people=1000,
    small=60,
    months=2,
    busy=6000,
    payroll=(1000, 6000, 20000),
)
QUICK: Final = Setting(
    pairs=3, seconds=4, open_seconds=4, regions=6, people=1000, small=40, months=1, busy=1000, payroll=(1000, 6000)
)
TRIAL: Final = Setting(
    pairs=1, seconds=1, open_seconds=1, regions=3, people=120, small=20, months=1, busy=200, payroll=(200,)
)


@dataclass(frozen=True)
class Bench:
    """Everything that is up while the cells are measured."""

    servers: Servers
    setting: Setting
    fixture: Fixture
    floor_port: int
    floor_pid: int
    floor_users: list[VirtualUser]
    port: int
    pid: int
    month_runs: dict[int, Worker]
    points: Worker
    stacks: list[inbox.Stack]

    def http_cells(self) -> Iterator[Cell]:
        """W1 in closed and open mode, W3's list, W5's first page."""
        checkin, table = floor_checkin(), Step("page", lambda user: Request("GET", "/page"), contains=b"</table>")
        closed = Plan("closed", self.setting.connections, self.setting.seconds, warm_up=self.setting.warm_up)
        phones = Plan(
            "closed",
            self.setting.connections,
            self.setting.seconds,
            warm_up=self.setting.warm_up,
            manners=punch.PHONES,
        )
        arriving = Plan(
            "open", 128, self.setting.open_seconds, rate=100, warm_up=self.setting.warm_up, manners=punch.PHONES
        )
        yield self._punch_cell("W1 punch, page", punch.by_page, checkin, closed, phones)
        yield self._punch_cell("W1 punch, API", punch.by_api, checkin, closed, phones)
        yield Cell(
            "W1 punch, page, 100 arrivals a second",
            "Django check-in, ORM",
            "p95 ms",
            lambda: self.floor(checkin, arriving, value=p95),
            lambda: self.punching(punch.by_page, arriving, value=p95),
        )
        yield Cell(
            "W3 list of own activities",
            "Django page of 60 rows",
            "CPU ms",
            lambda: self.floor(table, closed),
            lambda: self.reading(page.own_list(), closed),
            target=2.0,
            once=lambda: self.once(page.own_list()),
        )
        yield Cell(
            "W5 first page",
            "Django page of 60 rows",
            "CPU ms",
            lambda: self.floor(table, closed),
            lambda: self.reading(page.home(), closed),
            target=2.0,
            once=lambda: self.once(page.home()),
            most_statements=15,
        )

    def run_cells(self) -> Iterator[Cell]:
        """W6 for each number of people: against the same totals by one statement over the same facts; once against a
        statement of that shape over tables made for it; and what it does to those who punch meanwhile."""
        month = Month.parse(self.fixture.month)
        for people, region in self.fixture.payroll.items():
            name = f"W6 run of {people:,} people"
            worker = self.month_runs[people]
            floor = SameFactsFloor(
                self.servers.url("kinerja"), region.schema, str(month.first_day), str(month.end), people
            )
            runs = max(3, FLOOR_RUNS * 1000 // people) if people > 1000 else FLOOR_RUNS
            yield Cell(
                name,
                "one statement, same facts",
                "CPU ms",
                lambda floor=floor, runs=runs: self.run_floor(floor, "cpu_ms", runs),  # type: ignore[misc]
                lambda floor=floor, worker=worker: self.month_run(worker, "cpu_ms", floor),  # type: ignore[misc]
                target=25.0,
                once=worker.once,
                most_statements=200,
            )
            yield Cell(
                f"{name}, wall",
                "one statement, same facts",
                "seconds",
                lambda floor=floor, runs=runs: self.run_floor(floor, "seconds", runs),  # type: ignore[misc]
                lambda floor=floor, worker=worker: self.month_run(worker, "seconds", floor),  # type: ignore[misc]
                target=25.0,
            )
        # Each worker has a name of its own: the cells are measured later, by what the names stand for then.
        fewest, smallest = next(iter(self.month_runs.items()))
        shape = MonthRunFloor(self.servers.url("floor"), fewest)
        yield Cell(
            f"W6 run of {fewest:,} people, bare tables",
            "one statement, tables of its own",
            "CPU ms",
            lambda: self.run_floor(shape, "cpu_ms", FLOOR_RUNS),
            lambda: smallest.measured("cpu_ms"),
        )
        most, largest = list(self.month_runs.items())[-1]
        arriving = Plan("open", 128, self.setting.open_seconds, rate=50, warm_up=50, manners=punch.PHONES)
        yield Cell(
            f"W1, 50 arrivals a second, beside a run of {most:,} people",
            "the same without the run",
            "p95 ms",
            lambda: self.punching(punch.by_page, arriving, value=p95),
            lambda: self.punching_beside(largest, arriving),
            target=2.0,
        )

    def month_run(self, worker: Worker, key: str, floor: SameFactsFloor) -> Measured:
        """A run, and whether everybody's totals are those of the floor."""
        measured = worker.measured(key)
        return Measured(measured.value, measured.figures, [*measured.wrong, *floor.differences()])

    def punching_beside(self, worker: Worker, plan: Plan) -> Measured:
        """Punches while the month is computed again and again."""
        over = threading.Event()

        def compute() -> None:
            while not over.is_set():
                worker.once()

        beside = threading.Thread(target=compute)
        beside.start()
        try:
            return self.punching(punch.by_page, plan, value=p95)
        finally:
            over.set()
            beside.join()

    def busy_cells(self) -> Iterator[Cell]:
        """W3, W4 and W5 where everybody's month is full."""
        table = Step("page", lambda user: Request("GET", "/page"), contains=b"</table>")
        closed = Plan("closed", 8, self.setting.seconds, warm_up=40)
        region = self.fixture.busy
        staff = punch.phones([region])
        chiefs = inbox.approvers(region, self.stacks)
        size = f"{self.setting.busy * 80:,} activities"
        pages = {
            f"W3 list of a full month, {size}": (page.own_list(self.fixture.month), staff, 2.0),
            f"W5 first page of a superior, {size}": (page.home(), chiefs, 2.0),
            f"Inbox, first page, {size}": (inbox.first_page(), chiefs, None),
        }
        for name, (step, users, target) in pages.items():
            yield Cell(
                name,
                "Django page of 60 rows",
                "CPU ms",
                lambda: self.floor(table, closed),
                lambda step=step, users=users: self.visiting(step, users, closed),  # type: ignore[misc]
                target=target,
                once=lambda step=step, users=users: self._ours(step, users[:1], Plan("once", 1, 10)),  # type: ignore[misc]
            )
        approvals = ApprovalFloor(self.servers.url("floor"))
        yield Cell(
            "W4 approval of 200",
            "two statements",
            "CPU ms",
            lambda: self.worked_floor(approvals.once, "cpu_ms"),
            self.approving,
            target=60.0,
            once=lambda: self._approve(1),
            most_statements=25,
        )
        month = Month.parse(self.fixture.month)
        sums = PointsFloor(self.servers.url("kinerja"), region.schema, str(month.first_day), str(month.end))
        yield Cell(
            f"Points of a month, {size}",
            "one statement",
            "CPU ms",
            lambda: self.worked_floor(sums.once, "cpu_ms"),
            lambda: self.points.measured("cpu_ms"),
            once=self.points.once,
        )

    def visiting(self, step: Step, users: Sequence[VirtualUser], plan: Plan) -> Measured:
        return _measured(self._ours(step, users, plan), cpu_ms, [])

    def approving(self) -> Measured:
        """Superiors who have not been measured yet approve 200 each."""
        each = max(1, len(self.stacks) // (2 * self.setting.pairs))
        chosen, outcome = self._approve(each)
        with psycopg.connect(self.servers.url("kinerja")) as connection:
            wrong = inbox.wrong_after(connection, self.fixture.busy, chosen)
        return _measured(outcome, cpu_ms, wrong)

    def _approve(self, number: int) -> tuple[list[inbox.Stack], Outcome]:
        chosen = [self.stacks.pop() for _ in range(min(number, len(self.stacks)))]
        users = inbox.approvers(self.fixture.busy, chosen)
        return chosen, self._ours(inbox.approve(), users, Plan("once", 1, 120))

    def worked_floor(self, once: Callable[[int], dict[str, float]], key: str) -> Measured:
        told = [once(self.servers.pids[0]) for _ in range(FLOOR_RUNS // 2)]
        # CPU in steps of 10 ms says nothing about one run: the mean over all of them does.
        return Measured(sum(run[key] for run in told) / len(told), {"runs": told})

    def _punch_cell(self, name: str, step_of: StepOf, checkin: Step, floor: Plan, phones: Plan) -> Cell:
        return Cell(
            name,
            "Django check-in, ORM",
            "CPU ms",
            lambda: self.floor(checkin, floor),
            lambda: self.punching(step_of, phones),
            target=2.0,
            once=lambda: self.once(step_of(punch.Ledger())),
            most_statements=12,
        )

    def floor(self, step: Step, plan: Plan, value: Callable[[Outcome], float] | None = None) -> Measured:
        outcome = loadgen.run(
            Target("127.0.0.1", self.floor_port),
            [step],
            self.floor_users,
            plan,
            roots=[self.floor_pid, *self.servers.pids],
        )
        return _measured(outcome, value or cpu_ms, [])

    def reading(self, step: Step, plan: Plan) -> Measured:
        outcome = self._ours(step, punch.phones(self.fixture.regions), plan)
        return _measured(outcome, cpu_ms, [])

    def punching(self, step_of: StepOf, plan: Plan, value: Callable[[Outcome], float] | None = None) -> Measured:
        ledger = punch.Ledger()
        outcome = self._ours(step_of(ledger), punch.phones(self.fixture.regions), plan)
        with psycopg.connect(self.servers.url("kinerja")) as connection:
            schemas = [region.schema for region in self.fixture.regions]
            wrong = _once_it_is_still(lambda: invariants.punches(connection, schemas, ledger))
        return _measured(outcome, value or cpu_ms, wrong)

    def good_morning(self) -> float:
        """Everybody opens the punch page once, so that sessions stand where a running day has them; seconds."""
        users = punch.phones(self.fixture.regions)
        step = Step("punch page", lambda user: Request("GET", "/absen/"))
        outcome = self._ours(step, users, Plan("once", 16, 300))
        if outcome.ok != len(users):
            raise RuntimeError(f"{outcome.ok} of {len(users)} pages came: {dict(outcome.errors)}")
        return outcome.seconds

    def once(self, step: Step) -> Outcome:
        """One unit, for its statements, by somebody who was here before."""
        users = punch.phones(self.fixture.regions)[:1]
        return self._ours(step, users, Plan("once", 1, 10))

    def run_floor(self, floor: MonthRunFloor | SameFactsFloor, key: str, runs: int) -> Measured:
        postgres = self.servers.pids[0]
        told = [floor.once(postgres) for _ in range(runs)]
        # CPU in steps of 10 ms says nothing about one run: the mean over all of them does.
        value = median(run["seconds"] for run in told)
        if key == "cpu_ms":
            value = sum(run["cpu_ms"] for run in told) / len(told)
        return Measured(value, {"runs": told})

    def _ours(self, step: Step, users: Sequence[VirtualUser], plan: Plan) -> Outcome:
        target = Target("127.0.0.1", self.port)
        return loadgen.run(target, [step], users, plan, roots=[self.pid, *self.servers.pids])


class Worker:
    """A process that does one unit of work for each line that it is sent, and its answers so far."""

    def __init__(self, servers: Servers, module: str, *arguments: str) -> None:
        self.servers = servers
        self.told: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.benchmarks.workloads.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local"),
        )

    def once(self) -> dict[str, Any]:
        """One unit, and the other cores' use of the machine meanwhile."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process has no pipes")
        roots = [self._process.pid, *self.servers.pids]
        postgres = self.servers.pids[0]
        cpu, busy, own, began = tree_seconds(roots), machine_seconds(), own_seconds(), time.perf_counter()
        postgres_cpu = tree_seconds([postgres])
        self._process.stdin.write("run\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the worker ended by itself; its words are above")
        took = time.perf_counter() - began
        told: dict[str, Any] = json.loads(answer)
        others = machine_seconds() - busy - (tree_seconds(roots) - cpu) - (own_seconds() - own)
        told["other_cores"] = round(max(0.0, others) / took, 2)
        told["postgres_cpu_ms"] = round(1000 * (tree_seconds([postgres]) - postgres_cpu), 1)
        told["cpu_ms"] = round(told["cpu_ms"] + told["postgres_cpu_ms"], 1)
        self.told.append(told)
        return told

    def measured(self, key: str) -> Measured:
        told = self.once()
        return Measured(told[key], told, invariants.runs(self.told))

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()


def cpu_ms(outcome: Outcome) -> float:
    """CPU milliseconds for each good answer; not a number when there was none."""
    return outcome.cpu_ms or float("nan")


def p95(outcome: Outcome) -> float:
    first = next(iter(outcome.steps.values()))
    return first.milliseconds(0.95) or float("nan")


def floor_checkin() -> Step:
    chance = Random(7)  # noqa: S311

    def request(user: VirtualUser) -> Request:
        fields = {
            "csrfmiddlewaretoken": "a" * 32,
            "place": "3",
            "lat": "-3.32",
            "lon": "114.59",
            "accuracy": "12",
            # A day of its own for each: a repeat would be a cheaper path.
            "number": str(chance.randrange(1_000_000)),
        }
        return loadgen.form("/checkin", fields)

    return Step("check-in", request, contains=b"ok")


def _measured(outcome: Outcome, value: Callable[[Outcome], float], wrong: list[str]) -> Measured:
    figures = outcome.figures()
    if not outcome.is_own_load_small:
        figures["void"] = "the generator itself used more than half a core"
    return Measured(value(outcome), figures, [*invariants.answers(outcome), *wrong])


def _once_it_is_still(look: Callable[[], list[str]]) -> list[str]:
    """What phones sent that then went away may still be under way: look again before calling it wrong."""
    wrong = look()
    for _ in range(10):
        if not wrong:
            break
        time.sleep(0.2)
        wrong = look()
    return wrong


@contextlib.contextmanager
def bench(servers: Servers, setting: Setting) -> Iterator[Bench]:
    """Fill both databases and start both web servers."""
    with servers.superuser() as connection:
        connection.execute("CREATE DATABASE floor OWNER kinerja")
    floor_environment = servers.environment("floor")
    cookies = _output(
        [sys.executable, "-m", "tests.benchmarks.floors.django_app", str(FLOOR_PEOPLE)], floor_environment
    )
    floor_users = [VirtualUser("localhost", json.loads(line)) for line in cookies.splitlines()]
    environment = servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
    told = servers.logs.parent / "fixture.json"
    began = time.monotonic()
    _output(
        [sys.executable, "-m", "tests.benchmarks.fixture", "--out", str(told)]
        + [
            text
            for name in ("regions", "people", "small", "months", "busy")
            for text in (f"--{name}", str(getattr(setting, name)))
        ]
        + ["--payroll", *(str(people) for people in setting.payroll)],
        environment,
    )
    fixture = Fixture.read(told)
    with servers.superuser("kinerja") as connection:
        connection.execute("VACUUM ANALYZE")
    say(f"fixture {fixture.digest} in {time.monotonic() - began:.0f} s")
    with contextlib.ExitStack() as stack:
        floor_port, floor_pid = stack.enter_context(
            web_server(servers, "floor", FLOOR_APPLICATION, floor_environment, ready="/hello")
        )
        port, pid = stack.enter_context(web_server(servers, "web", PRODUCT_APPLICATION, environment, ready="/readyz"))
        month_runs = {
            people: Worker(servers, "run", region.code, region.runner, fixture.month)
            for people, region in fixture.payroll.items()
        }
        for worker in month_runs.values():
            stack.callback(worker.close)
        points = Worker(servers, "points", fixture.busy.code, fixture.month)
        stack.callback(points.close)
        with psycopg.connect(servers.url("kinerja")) as connection:
            stacks = inbox.stacks(connection, fixture.busy)
        up = Bench(servers, setting, fixture, floor_port, floor_pid, floor_users, port, pid, month_runs, points, stacks)
        say(f"everybody has opened the page in {up.good_morning():.0f} s")
        yield up


def flush_microseconds(directory: Path, tries: int = 200) -> float:
    """The median time of writing 8 kB and flushing it to the disk under `directory`."""
    took = []
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        for _ in range(tries):
            began = time.perf_counter()
            os.pwrite(file.fileno(), b"x" * 8192, 0)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return round(1e6 * median(took), 1)


def about(servers: Servers, setting: Setting, fixture: Fixture) -> dict[str, Any]:
    """What was measured, for each JSON line."""
    digest = hashlib.sha256(json.dumps(web_command(0, PRODUCT_APPLICATION)[1:]).encode())
    for path in sorted((CHECKOUT / "platform/config/settings").glob("*.py")):
        digest.update(path.read_bytes())
    if servers.services.postgres is not None:
        digest.update(json.dumps(servers.services.postgres.settings, sort_keys=True).encode())
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": _output(["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty"], dict(os.environ)).strip(),
        "settings": digest.hexdigest()[:16],
        "fixture": fixture.digest,
        "connections": setting.connections,
        "cores": os.cpu_count(),
        "flush_us": flush_microseconds(servers.logs),
    }


def side_floors(servers: Servers, seconds: float) -> list[str]:
    """Floors that nothing of ours is compared with directly, in words."""
    told = [
        insert_rate(servers.url("floor"), clients=clients, seconds=seconds, server=servers.pids[0])
        for clients in (1, 8)
    ]
    environment = servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
    rate = _output([sys.executable, "-m", "tests.benchmarks.floors.hashes"], environment).strip()
    return [
        *(
            f"one-row inserts, {run['clients']:.0f} client(s): {run['per_second']:.0f} a second, "
            f"{run['cpu_ms']:.3f} ms CPU of the database each"
            for run in told
        ),
        f"password hashes of the platform's cost on {os.cpu_count()} cores: {rate} a second",
    ]


def _output(command: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def main() -> None:
    wanted = asking(__doc__, quick="3 pairs of 4 s", trial="1 pair of 1 s").parse_args()
    setting = chosen(wanted, FULL, QUICK, TRIAL)
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(own_directory("bench"))
        with Lifeline() as lifeline, collect_static(directory / "logs", lifeline) as finish:
            finish()
        servers = stack.enter_context(running_servers(directory))
        up = stack.enter_context(bench(servers, setting))
        said = about(servers, setting, up.fixture)
        say(json.dumps(said))
        comparison = Comparison(servers, setting.pairs, lambda: {**said, "web_mb": round(tree_megabytes([up.pid]), 1)})
        comparison.of([*up.http_cells(), *up.busy_cells(), *up.run_cells()], wanted.only)
        floors = side_floors(servers, setting.seconds)
    file = comparison.conclude("")
    print("\n".join(floors))
    print(f"Disk flush of 8 kB: {said['flush_us']} microseconds. Lines: {file.relative_to(CHECKOUT)}")
    sys.exit(comparison.code)


if __name__ == "__main__":
    main()
