"""What a region's size costs behind the lane: days that follow a storm of punches, the search for odd ones, the board.

`BENCH=1 python -m tests.benchmarks.following [--quick|--trial] [--only TEXT ...]`. One region of 20,000 people and one
of 300, in turn; every figure is for one punch or one look at the board, so a ratio of 1 says that the size does not
matter.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from psycopg import sql

from infra.local.demo import collect_static
from infra.local.processes import Lifeline
from infra.local.services import CHECKOUT
from tests.benchmarks.cells import Cell, Comparison, asking, chosen, own_directory, say
from tests.benchmarks.fixture_file import ZONE, FilledRegion, read_regions
from tests.benchmarks.report import Measured
from tests.benchmarks.run import Worker
from tests.benchmarks.servers import Servers, running_servers

# One morning: a tap of everybody between 07.05 and 07.35, in the order of time. An office of a hundred people; of each
# hundred, six give its rounded position instead of their own.
STORM: Final = """
    INSERT INTO {table} (id, region_id, employee_id, kind, source, captured_at, received_at, latitude, longitude,
                         accuracy_m, place_error, device, state, key_id, digest)
    SELECT gen_random_uuid(), k.region_id, k.employee_id, 'in', 'phone', at, now() - interval '2 minutes',
           CASE WHEN k.id %% 100 < 6 THEN office ELSE office + round((random() * 0.001)::numeric, 7) END,
           CASE WHEN k.id %% 100 < 6 THEN 124.8421 ELSE 124.8421 + round((random() * 0.001)::numeric, 7) END,
           4 + (random() * 30)::int, '', 'bench', 'accepted', k.id, md5(k.id::text || at::text)
    FROM {keys} k,
         LATERAL (SELECT (%(day)s::date + time '07:05' + random() * interval '30 minutes') AT TIME ZONE 'Asia/Makassar'
                         + k.id * interval '0' AS at, 1.4000 + (k.id / 100) * 0.01 AS office) AS moment
    WHERE k.kind = 'phone' ORDER BY at
"""


@dataclass(frozen=True)
class Setting:
    """How many pairs, and how large the regions are."""

    pairs: int
    large: int
    small: int


FULL: Final = Setting(5, 20_000, 300)
QUICK: Final = Setting(3, 20_000, 300)
TRIAL: Final = Setting(1, 600, 120)


class Bench:
    """The servers, two regions, and a process for each kind of work in each of them."""

    def __init__(self, servers: Servers, setting: Setting, regions: dict[str, FilledRegion]) -> None:
        self.servers = servers
        self.setting = setting
        self.regions = regions
        self._workers: dict[tuple[str, str], Worker] = {}
        self._day: dict[str, date] = {}
        self._come: set[str] = set()

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()

    def cells(self) -> Iterator[Cell]:
        small, large = f"a region of {self.setting.small}", f"{self.setting.large:,} people"
        for name, kind in (("days that follow a storm", "follow"), ("search for odd punches", "score")):
            yield Cell(
                f"{name}, {large}",
                small,
                "CPU ms a punch",
                lambda kind=kind: self.after_a_storm("kecil", kind),  # type: ignore[misc]
                lambda kind=kind: self.after_a_storm("besar", kind),  # type: ignore[misc]
                target=1.15,
                once=lambda kind=kind: self.after_a_storm("besar", kind),  # type: ignore[misc]
            )
        for name, kind in (("board of all OPDs", "board"), ("board of one OPD", "opd"), ("poll of the board", "poll")):
            yield Cell(
                f"{name}, {large}",
                small,
                "CPU ms a look",
                lambda kind=kind: self.looked_at("kecil", kind),  # type: ignore[misc]
                lambda kind=kind: self.looked_at("besar", kind),  # type: ignore[misc]
            )

    def after_a_storm(self, code: str, kind: str) -> Measured:
        """Everybody punches on the next working day; then the work that follows it."""
        worker = self._worker(code, kind)
        self._storm(code)
        measured = worker.measured("cpu_ms")
        if measured.figures["units"] != len(self.regions[code].phones):
            measured.wrong.append(f"{measured.figures['units']} punches of {len(self.regions[code].phones)} were taken")
        return _each(measured)

    def looked_at(self, code: str, kind: str) -> Measured:
        """The board, on a day on which everybody has come."""
        if code not in self._come:
            self._come.add(code)
            self._punch(code, datetime.now(ZoneInfo(ZONE)).date())
            self._worker(code, "follow").once()
        return _each(self._worker(code, kind).measured("cpu_ms"))

    def _worker(self, code: str, kind: str) -> Worker:
        if (code, kind) not in self._workers:
            self._workers[code, kind] = Worker(self.servers, "attendance", code, kind)
            # What other storms left, and what a process reads once.
            self._workers[code, kind].once()
        return self._workers[code, kind]

    def _storm(self, code: str) -> None:
        day = self._day.get(code, datetime.now(ZoneInfo(ZONE)).date() - timedelta(days=40)) + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        self._day[code] = day
        self._punch(code, day)

    def _punch(self, code: str, day: date) -> None:
        schema = self.regions[code].schema
        table, keys = sql.Identifier(schema, "punches_punch"), sql.Identifier(schema, "punches_phonekey")
        with self.servers.superuser("kinerja") as connection:
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
            connection.execute(sql.SQL(STORM).format(table=table, keys=keys), {"day": day})


def _each(measured: Measured) -> Measured:
    """The value for one of the units that were worked on."""
    return Measured(measured.value / measured.figures["units"], measured.figures, measured.wrong)


@contextlib.contextmanager
def bench(servers: Servers, setting: Setting) -> Iterator[Bench]:
    """Fill both regions."""
    told = servers.logs.parent / "regions.json"
    wanted = {"besar": setting.large, "kecil": setting.small}
    regions = [text for code, people in wanted.items() for text in ("--region", f"{code}:{people}")]
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.lane_fixture", *regions, "--out", str(told)],
        cwd=CHECKOUT,
        env=servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local"),
        check=True,
    )
    with servers.superuser("kinerja") as connection:
        connection.execute("VACUUM ANALYZE")
    say(f"fixture in {time.monotonic() - began:.0f} s")
    up = Bench(servers, setting, {region.code: region for region in read_regions(told)})
    try:
        yield up
    finally:
        up.close()


def main() -> None:
    wanted = asking(__doc__, quick="3 pairs", trial="1 pair of small regions").parse_args()
    setting = chosen(wanted, FULL, QUICK, TRIAL)
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(own_directory("following"))
        with Lifeline() as lifeline, collect_static(directory / "logs", lifeline) as finish:
            finish()
        servers = stack.enter_context(running_servers(directory))
        up = stack.enter_context(bench(servers, setting))
        comparison = Comparison(servers, setting.pairs)
        comparison.of(up.cells(), wanted.only)
    comparison.conclude("following-")
    sys.exit(comparison.code)


if __name__ == "__main__":
    main()
