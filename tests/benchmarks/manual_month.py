"""An OPD's month by hand after an outage, from the kit to the TPP, on embedded servers (docs/benchmarks.md).

`BENCH=1 python -m tests.benchmarks.manual_month [--people 500] [--days 22]`: the kit's sheet, filled for everybody and
each day, is read with wrong rows in it, then without, approved, sent again, judged, and the month's run computed.
Prints seconds, CPU of the worker and of both servers, and statements of each step; ends with code 0 when every
invariant holds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import Any, Final

from infra.local.services import CHECKOUT
from tests.benchmarks.accounting import machine_seconds
from tests.benchmarks.cells import own_directory
from tests.benchmarks.servers import running_servers

# Issue 5, line 13: from the file that is sent to the TPP, in seconds.
TARGET_S: Final = 300
# What the target counts; the other steps are told beside them.
COUNTED: Final = ("read", "approve", "judge", "run")


def main() -> None:
    if os.environ.get("BENCH") != "1":
        sys.exit("This loads the machine for minutes. Set BENCH=1.")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--days", type=int, default=22)
    wanted = parser.parse_args()
    with ExitStack() as stack:
        directory = stack.enter_context(own_directory("manual"))
        servers = stack.enter_context(running_servers(directory))
        command = [sys.executable, "-m", "tests.benchmarks.workloads.manual_month"]
        command += [str(wanted.people), str(wanted.days), *map(str, servers.pids)]
        environment = servers.environment(
            DJANGO_SETTINGS_MODULE="config.settings.local", FILES_DIR=str(directory / "files")
        )
        before = machine_seconds()
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        used = machine_seconds() - before
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    print(table(told))
    own = sum(step["cpu_s"] + step["servers_cpu_s"] for step in told)
    counted = sum(step["seconds"] for step in told if step["step"] in COUNTED)
    print(f"\n{' + '.join(COUNTED)}: {counted:.1f} s, at most {TARGET_S} wanted")
    print(f"CPU of all steps {own:.0f} s, of the whole machine with the fixture {used:.0f} s")
    wrong = [f"{step['step']}: {words}" for step in told for words in step["wrong"]]
    for words in wrong:
        print(f"WRONG in {words}")
    sys.exit(1 if wrong else 0)


def table(told: list[dict[str, Any]]) -> str:
    """The steps as Markdown."""
    lines = [
        "| Step | What came of it | Seconds | CPU s, worker | CPU s, servers | Statements |",
        "|---|---|---|---|---|---|",
    ]
    for step in told:
        cells = [step["step"], step["what"], step["seconds"], step["cpu_s"], step["servers_cpu_s"], step["statements"]]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
