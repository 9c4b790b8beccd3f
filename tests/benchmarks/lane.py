"""The punch lane under load: signed events of many regions and the Django ORM floor in turn (docs/benchmarks.md).

`BENCH=1 python -m tests.benchmarks.lane [--quick|--trial] [--regions N] [--only TEXT ...]`. W1 with double taps and
aborts, W9 with its replay, the logs that machines kept, punches beside a full heavy lane, and flatness over history,
people and regions. Ends with code 0 when every answer was the planned one and every invariant holds; whether a target
is met is printed and does not change the code.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg

from infra.local.demo import WEB_THREADS, WEB_WORKERS
from infra.local.processes import stop_process
from infra.local.services import CHECKOUT
from tests.benchmarks import invariants, loadgen
from tests.benchmarks.cells import Cell, Comparison, asking, chosen, own_directory, say
from tests.benchmarks.fixture_file import FilledRegion, read_regions
from tests.benchmarks.lane_history import write_history
from tests.benchmarks.loadgen import Outcome, Plan, Step, Target, VirtualUser
from tests.benchmarks.report import Measured
from tests.benchmarks.run import (
    FLOOR_APPLICATION,
    FLOOR_PEOPLE,
    _measured,
    _once_it_is_still,
    _output,
    cpu_ms,
    floor_checkin,
    p95,
)
from tests.benchmarks.servers import Servers, running_servers, web_server
from tests.benchmarks.workloads.machines import Doors, LogLedger, bursts, floor_hall
from tests.benchmarks.workloads.punch import PHONES, Ledger
from tests.benchmarks.workloads.signed import Signers, after_an_outage, one_punch, phones, sent_again

ONE: Final = Plan("once", 1, 10)
LANE_APPLICATION: Final = "config.wsgi_lane:application"
# Each thread of the lane has one.
CONNECTIONS: Final = WEB_WORKERS * WEB_THREADS
# Requests by chance for each connection and region: PostgreSQL plans a foreign key's question anew five times before it
# keeps the plan, and fifteen by chance are more than five for 99 in 100.
CONTACTS: Final = 15
# Security events beside the punches, from so many regions; they begin so long before the punches and end after them.
EVENTS_A_SECOND: Final = 500
EVENT_REGIONS: Final = 12
EVENTS_LEAD_S: Final = 3
EVENTS_PATIENCE_S: Final = 30


@dataclass(frozen=True)
class Setting:
    """How much is measured, and how large the regions are."""

    pairs: int
    seconds: float
    open_seconds: float
    regions: int
    large: int
    small: int
    months: int
    batches: int


FULL: Final = Setting(5, 10, 30, regions=40, large=20_000, small=300, months=24, batches=60)
QUICK: Final = Setting(3, 5, 10, regions=12, large=3_000, small=120, months=12, batches=40)
TRIAL: Final = Setting(1, 2, 3, regions=3, large=200, small=40, months=1, batches=10)


@dataclass
class Bench:
    """Everything that is up. `regions` are by name: large, fresh (as many people, no history), small ones."""

    servers: Servers
    setting: Setting
    regions: dict[str, FilledRegion]
    lane: tuple[int, int]
    floor_lane: tuple[int, int]
    floor_users: list[VirtualUser]
    signers: Signers
    doors: Doors
    _met: set[str] = field(default_factory=set)

    def cells(self) -> Iterator[Cell]:
        plan = Plan("closed", 32, self.setting.seconds, warm_up=200, manners=PHONES)
        plain = Plan("closed", 32, self.setting.seconds, warm_up=200)
        calm = Plan("open", 128, self.setting.open_seconds, rate=50, warm_up=50, manners=PHONES)
        large, fresh = self.regions["large"], self.regions["fresh"]
        small = [region for name, region in self.regions.items() if name.startswith("small")]
        everybody = list(self.regions.values())
        yield Cell(
            "W1 signed punch, lane",
            "Django check-in, ORM",
            "CPU ms",
            lambda: self.floor(floor_checkin(), plain),
            lambda: self.punching(everybody, plan),
            target=2.0,
            once=lambda: self.one_event(large),
            most_statements=12,
        )
        yield Cell(
            "W9, 30 events after an outage",
            "one signed punch",
            "CPU ms",
            lambda: self.punching(everybody, plain),
            self.catching_up,
            target=6.0,
            once=lambda: self.one_phone_after_an_outage(large),
            most_statements=20,
        )
        yield Cell(
            "ADMS burst, 1,000 lines of a machine",
            "Django view with one bulk insert",
            "CPU ms",
            self.floor_bursts,
            self.machine_bursts,
            once=lambda: self.one_burst(large),
            most_statements=12,
        )
        yield Cell(
            "W1, 50 arrivals a second, heavy lane full",
            "the same, heavy lane empty",
            "p95 ms",
            lambda: self.punching(everybody, calm, value=p95),
            lambda: self.punching_beside_heavy(calm),
            target=2.0,
        )
        yield Cell(
            f"W1, 50 arrivals a second, {EVENTS_A_SECOND} security events a second taken in",
            "the same without events",
            "p95 ms",
            lambda: self.punching(everybody, calm, value=p95),
            lambda: self.punching_beside_events(calm),
            target=2.0,
        )
        months, people = self.setting.months, self.setting.large
        yield self._flat(f"W1, {months} months of history to none", [fresh], [large], plain)
        yield self._flat(f"W1, a region of {people:,} to one of {self.setting.small}", small[:1], [fresh], plain)
        # To a region of many phones, and long: what PostgreSQL does once a minute falls into all that is measured.
        long = replace(plain, seconds=6 * plain.seconds)
        yield self._flat(f"W1, {len(small)} regions to one", [fresh], small, long)
        yield Cell(
            f"W1, first punches of a lane that has just started, {len(small)} regions",
            "a lane that runs",
            "CPU ms",
            lambda: self.first_punches(small),
            lambda: self.first_punches_of_a_new_lane(small),
        )

    def _flat(self, name: str, few: Sequence[FilledRegion], many: Sequence[FilledRegion], plan: Plan) -> Cell:
        return Cell(
            name,
            "the smaller",
            "CPU ms",
            lambda: self.punching(few, plan),
            lambda: self.punching(many, self.met_by_all(many, plan)),
            target=1.15,
        )

    def met_by_all(self, regions: Sequence[FilledRegion], plan: Plan) -> Plan:
        """The plan for regions that the lane has served for hours: in the warm-up each connection meets each of them.

        Only the first time; afterwards they are known.
        """
        new = {region.code for region in regions} - self._met
        self._met |= new
        return replace(plan, warm_up=max(plan.warm_up, CONTACTS * CONNECTIONS * len(new))) if new else plan

    def floor(self, step: Step, plan: Plan) -> Measured:
        port, pid = self.floor_lane
        roots = [pid, *self.servers.pids]
        outcome = loadgen.run(Target("127.0.0.1", port), [step], self.floor_users, plan, roots=roots)
        return _measured(outcome, cpu_ms, [])

    def punching(
        self,
        regions: Sequence[FilledRegion],
        plan: Plan,
        value: Callable[[Outcome], float] = cpu_ms,
    ) -> Measured:
        """Signed punches, one each; then every receipt is looked up."""
        ledger = Ledger()
        users = phones(list(regions), seed=random.randrange(1 << 30))  # noqa: S311
        outcome = self._load(one_punch(ledger, self.signers), users, plan)
        return _measured(outcome, value, self._wrong(ledger))

    def first_punches(self, regions: Sequence[FilledRegion], lane: tuple[int, int] | None = None) -> Measured:
        """As many punches of each region as the lane has connections, by different phones, without warm-up."""
        ledger = Ledger()
        few = [replace(region, phones=region.phones[:CONNECTIONS]) for region in regions]
        users = phones(few, seed=random.randrange(1 << 30))  # noqa: S311
        outcome = self._load(one_punch(ledger, self.signers), users, Plan("once", 32, 300), lane)
        return _measured(outcome, cpu_ms, self._wrong(ledger))

    def first_punches_of_a_new_lane(self, regions: Sequence[FilledRegion]) -> Measured:
        """The same, where no process and no connection has met any region."""
        with _lane(self.servers, "new-lane") as lane:
            return self.first_punches(regions, lane)

    def catching_up(self) -> Measured:
        """Phones with thirty events each, once; then the same requests again, which may add nothing."""
        ledger, sent = Ledger(), {}  # type: ignore[var-annotated]
        users = phones(list(self.regions.values()), seed=random.randrange(1 << 30))[: self.setting.batches]  # noqa: S311
        once = Plan("once", min(8, len(users)), 120)
        outcome = self._load(after_an_outage(ledger, self.signers, sent), users, once)
        wrong = self._wrong(ledger)
        again = self._load(sent_again(ledger, self.signers, sent), users, once)
        wrong = [*wrong, *invariants.answers(again), *self._wrong(ledger)]
        return _measured(outcome, cpu_ms, wrong)

    def one_event(self, region: FilledRegion) -> None:
        """A single request of a single phone, nothing looked up after it: for counting statements."""
        self._load(one_punch(Ledger(), self.signers), phones([region], seed=1)[:1], ONE)

    def one_phone_after_an_outage(self, region: FilledRegion) -> None:
        """A single request with thirty events."""
        self._load(after_an_outage(Ledger(), self.signers, {}), phones([region], seed=1)[:1], ONE)

    def floor_bursts(self) -> Measured:
        """What the machines send, parsed and inserted by the thinnest view."""
        step, users = bursts(self.doors, [floor_hall()], self.setting.batches, LogLedger())
        port, pid = self.floor_lane
        plan = Plan("once", min(8, len(users)), 120)
        return _measured(
            loadgen.run(Target("127.0.0.1", port), [step], users, plan, roots=[pid, *self.servers.pids]), cpu_ms, []
        )

    def machine_bursts(self) -> Measured:
        """Machines of all regions push what they kept, once; then the same again, which may add nothing."""
        ledger = LogLedger()
        step, users = bursts(self.doors, list(self.regions.values()), self.setting.batches, ledger)
        plan = Plan("once", min(8, len(users)), 120)
        outcome = self._load(step, users, plan)
        wrong = self._wrong_lines(ledger)
        again = self._load(step, users, plan)
        wrong = [*wrong, *invariants.answers(again), *self._wrong_lines(ledger)]
        return _measured(outcome, cpu_ms, wrong)

    def one_burst(self, region: FilledRegion) -> None:
        """A single request of a thousand lines."""
        self._load(*bursts(self.doors, [region], 1, LogLedger()), ONE)

    def punching_beside_heavy(self, plan: Plan) -> Measured:
        """Punches while a worker of the heavy lane judges whole months of the large region again and again."""
        environment = self.servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
        worker = [sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--queues", "heavy"]
        worker += ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        with (self.servers.logs / "heavy.log").open("ab") as log:
            process = self.servers.lifeline.start(
                worker, stop=signal.SIGTERM, output=log, cwd=CHECKOUT, environment=environment
            )
        over = threading.Event()
        feed = [sys.executable, "-m", "tests.benchmarks.workloads.heavy", self.regions["large"].code]

        def fill() -> None:
            while not over.is_set():
                subprocess.run(feed, cwd=CHECKOUT, env=environment, check=True)
                over.wait(10)

        feeding = threading.Thread(target=fill)
        feeding.start()
        try:
            time.sleep(12)
            return self.punching(list(self.regions.values()), plan, value=p95)
        finally:
            over.set()
            feeding.join()
            stop_process(process, signal.SIGTERM, 5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            self.servers.lifeline.release(process)

    def punching_beside_events(self, plan: Plan) -> Measured:
        """Punches while events of several regions are told, taken in by a worker and read by every detection."""
        environment = self.servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
        worker = [sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--queues", "desk"]
        worker += ["--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        with (self.servers.logs / "desk.log").open("ab") as log:
            process = self.servers.lifeline.start(
                worker, stop=signal.SIGTERM, output=log, cwd=CHECKOUT, environment=environment
            )
        codes = [region.code for region in self.regions.values()][:EVENT_REGIONS]
        seconds = plan.seconds + 2 * EVENTS_LEAD_S
        telling = [
            sys.executable,
            "-m",
            "tests.benchmarks.workloads.events",
            str(EVENTS_A_SECOND),
            str(seconds),
            *codes,
        ]
        try:
            time.sleep(8)
            teller = subprocess.Popen(telling, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT, env=environment)
            if teller.stdout is None or teller.stdout.readline() != "ready\n":
                raise RuntimeError("the events did not begin; the words are above")
            time.sleep(EVENTS_LEAD_S)
            measured = self.punching(list(self.regions.values()), plan, value=p95)
            # What the platform logs meanwhile stands before it.
            *said, last = teller.communicate(timeout=120)[0].splitlines()
            for line in said[:5]:
                say(line)
            told = json.loads(last)
            began = time.monotonic()
            wrong = self._events_not_taken_in(told)
            while wrong and time.monotonic() - began < EVENTS_PATIENCE_S:
                wrong = _once_it_is_still(lambda: self._events_not_taken_in(told))
            figures = {"events_told": told["told"], "events_a_second": told["rate"], "events_late_s": told["late_s"]}
            say(f"{figures}, all taken in {time.monotonic() - began:.1f} s after the last")
            if told["rate"] < 0.9 * EVENTS_A_SECOND:
                wrong.append(f"only {told['rate']} events a second were told")
            return Measured(measured.value, {**measured.figures, **figures}, [*measured.wrong, *wrong])
        finally:
            stop_process(process, signal.SIGTERM, 5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            self.servers.lifeline.release(process)

    def _events_not_taken_in(self, told: dict[str, Any]) -> list[str]:
        with psycopg.connect(self.servers.url("kinerja")) as connection:
            found = connection.execute(
                "SELECT count(*) FROM public.watch_securityevent WHERE subject LIKE %s", [f"{told['mark']}%"]
            ).fetchone()
        count = found[0] if found else 0
        return [] if count == told["told"] else [f"{told['told']} events were told and {count} taken in"]

    def _load(
        self, step: Step, users: Sequence[VirtualUser], plan: Plan, lane: tuple[int, int] | None = None
    ) -> Outcome:
        port, pid = lane or self.lane
        return loadgen.run(Target("127.0.0.1", port), [step], users, plan, roots=[pid, *self.servers.pids])

    def _wrong_lines(self, ledger: LogLedger) -> list[str]:
        with psycopg.connect(self.servers.url("kinerja")) as connection:
            return invariants.machine_lines(connection, ledger)

    def _wrong(self, ledger: Ledger) -> list[str]:
        schemas = [region.schema for region in self.regions.values()]
        with psycopg.connect(self.servers.url("kinerja")) as connection:
            return _once_it_is_still(lambda: invariants.punches(connection, schemas, ledger))


@contextlib.contextmanager
def bench(servers: Servers, setting: Setting) -> Iterator[Bench]:
    """Fill both databases and start both servers."""
    with servers.superuser() as connection:
        connection.execute("CREATE DATABASE floor OWNER kinerja")
    floor_environment = servers.environment("floor")
    cookies = _output(
        [sys.executable, "-m", "tests.benchmarks.floors.django_app", str(FLOOR_PEOPLE)], floor_environment
    )
    environment = servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
    told = servers.logs.parent / "regions.json"
    wanted = {"large": setting.large, "fresh": setting.large}
    wanted |= {f"small{n:03d}": setting.small for n in range(setting.regions - 2)}
    regions = [text for code, people in wanted.items() for text in ("--region", f"{code}:{people}")]
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.lane_fixture", *regions, "--out", str(told)],
        cwd=CHECKOUT,
        env=environment,
        check=True,
    )
    found = {region.code: region for region in read_regions(told)}
    with servers.superuser("kinerja") as connection:
        for code, region in found.items():
            # One month at least: a table that doubles in an hour is analysed again and again, and then every connection
            # reads its catalogue anew.
            months = {"large": setting.months, "fresh": 0}.get(code, min(setting.months, 1))
            found[code] = write_history(connection, region, months)
            # What a punch reads; hundreds of regions have tens of thousands of other tables.
            for table in ("punches_punch", "punches_phonekey", "employees_employee"):
                connection.execute(f'VACUUM ANALYZE "{region.schema}"."{table}"')
        connection.execute("CHECKPOINT")
    say(f"fixture in {time.monotonic() - began:.0f} s")
    with (
        web_server(servers, "floor", FLOOR_APPLICATION, floor_environment, ready="/hello") as floor_lane,
        _lane(servers, "lane") as lane,
    ):
        users = [VirtualUser("localhost", json.loads(line)) for line in cookies.splitlines()]
        yield Bench(servers, setting, found, lane, floor_lane, users, Signers(), Doors())


def _lane(servers: Servers, name: str) -> contextlib.AbstractContextManager[tuple[int, int]]:
    environment = servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
    return web_server(servers, name, LANE_APPLICATION, environment, ready="/readyz")


def main() -> None:
    parser = asking(__doc__, quick="3 pairs of 5 s", trial="1 pair of 2 s")
    for name, help_text in (
        ("regions", "how many regions in all"),
        ("large", "people of the large region, and of the one without history"),
        ("small", "people of each other region"),
        ("months", "months of history of the large region"),
    ):
        parser.add_argument(f"--{name}", type=int, help=help_text)
    wanted = parser.parse_args()
    sizes = {name: getattr(wanted, name) for name in ("regions", "large", "small", "months")}
    setting = replace(
        chosen(wanted, FULL, QUICK, TRIAL), **{name: size for name, size in sizes.items() if size is not None}
    )
    with contextlib.ExitStack() as stack:
        servers = stack.enter_context(running_servers(stack.enter_context(own_directory("lane"))))
        up = stack.enter_context(bench(servers, setting))
        comparison = Comparison(servers, setting.pairs)
        comparison.of(up.cells(), wanted.only)
    comparison.conclude("lane-")
    sys.exit(comparison.code)


if __name__ == "__main__":
    main()
