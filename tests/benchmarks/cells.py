"""Cells, measured in turn with what they are compared with, and what becomes of them: the frame of the benchmarks."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from infra.local.accounts import remove_directory
from infra.local.services import LOCAL
from tests.benchmarks.report import CellResult, Measured, ratio_table, wall_table
from tests.benchmarks.servers import Servers

RESULTS: Final = Path(__file__).parent / "results"

S = TypeVar("S")


@dataclass(frozen=True)
class Cell:
    """One comparison. Both sides give the value that is compared; `once` is one unit of ours, for its statements."""

    name: str
    floor_name: str
    unit: str
    floor: Callable[[], Measured]
    ours: Callable[[], Measured]
    target: float | None = None
    once: Callable[[], object] | None = None
    most_statements: int | None = None


@dataclass
class Comparison:
    """So many pairs of each cell, floor and ours in turn. `about` is told with each pair."""

    servers: Servers
    pairs: int
    about: Callable[[], Mapping[str, Any]] = dict
    results: list[CellResult] = field(default_factory=list)
    _lines: list[dict[str, Any]] = field(default_factory=list)

    def of(self, cells: Iterable[Cell], only: Sequence[str]) -> None:
        """Measure the cells whose name has one of the texts; all of them for none."""
        for cell in cells:
            if not only or any(text in cell.name for text in only):
                self.results.append(self._measured(cell))

    def conclude(self, name: str) -> Path:
        """Write a JSON line for each pair, print the tables; gives the file."""
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{name}{time.strftime('%Y-%m-%dT%H%M%SZ', time.gmtime())}.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in self._lines))
        print(f"\n{ratio_table(self.results)}\n\n{wall_table(self.results)}\n")
        return file

    @property
    def code(self) -> int:
        """What the benchmark ends with: 0 when every answer was the planned one and every invariant held."""
        return 1 if any(result.wrong for result in self.results) else 0

    def _measured(self, cell: Cell) -> CellResult:
        statements = None
        if cell.once is not None:
            cell.once()
            statements = len(self.servers.statements_of(cell.once))
            most = f" (at most {cell.most_statements})" if cell.most_statements is not None else ""
            say(f"{cell.name}: {statements} statements counted by the server{most}")
        pairs = []
        for number in range(1, self.pairs + 1):
            floor = cell.floor()
            ours = cell.ours()
            ratio = ours.value / floor.value
            pairs.append((floor, ours))
            self._lines.append(
                {
                    **self.about(),
                    "cell": cell.name,
                    "pair": number,
                    "unit": cell.unit,
                    "floor": floor.value,
                    "ours": ours.value,
                    "ratio": ratio,
                    "statements": statements,
                    "floor_figures": floor.figures,
                    "our_figures": ours.figures,
                    "wrong": [*floor.wrong, *ours.wrong],
                }
            )
            say(f"{cell.name}, {cell.unit}: {floor.value:.3g} and {ours.value:.3g}, ratio {ratio:.2f}")
        result = CellResult(cell.name, cell.floor_name, cell.unit, cell.target, pairs, statements, cell.most_statements)
        for words in result.wrong:
            say(f"WRONG in {cell.name}: {words}")
        return result


def asking(about: str | None, *, quick: str, trial: str) -> argparse.ArgumentParser:
    """The arguments that all have. Ends the program where nobody has allowed the load."""
    if os.environ.get("BENCH") != "1":
        sys.exit("This loads the machine for minutes. Set BENCH=1.")
    parser = argparse.ArgumentParser(description=about)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--quick", action="store_true", help=quick)
    chosen.add_argument("--trial", action="store_true", help=f"{trial}: whether everything works")
    parser.add_argument("--only", nargs="*", default=[], metavar="TEXT", help="cells whose name has this text")
    return parser


def chosen(wanted: argparse.Namespace, full: S, quick: S, trial: S) -> S:
    """The setting that the arguments name."""
    return quick if wanted.quick else trial if wanted.trial else full


@contextlib.contextmanager
def own_directory(name: str) -> Iterator[Path]:
    """A directory for the servers of one run, with one for logs in it; gone at the end."""
    LOCAL.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=LOCAL))
    try:
        (directory / "logs").mkdir()
        yield directory
    finally:
        remove_directory(directory / "postgres")
        shutil.rmtree(directory, ignore_errors=True)


def say(text: str) -> None:
    """A line of progress with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)
