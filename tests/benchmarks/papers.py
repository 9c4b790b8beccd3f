"""What the papers of a month cost: seconds and peak of memory of the worker, on embedded servers (docs/benchmarks.md).

`BENCH=1 python -m tests.benchmarks.papers [--slips 6000] [--rows 20000] [--list 3000]`: so many slips as PDF by the job
in the background, so many people in one XLSX, and one OPD's list of so many as PDF. 0 leaves one out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack

from infra.local.services import CHECKOUT
from tests.benchmarks.cells import own_directory
from tests.benchmarks.servers import running_servers


def main() -> None:
    if os.environ.get("BENCH") != "1":
        sys.exit("This loads the machine for minutes. Set BENCH=1.")
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("slips", 6000), ("rows", 20000), ("list", 3000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    wanted = parser.parse_args()
    small, large = max(wanted.slips, wanted.list), wanted.rows
    with ExitStack() as stack:
        directory = stack.enter_context(own_directory("papers"))
        servers = stack.enter_context(running_servers(directory))
        environment = servers.environment(DJANGO_SETTINGS_MODULE="config.settings.local")
        regions = json.loads(
            _told(["tests.benchmarks.fixture", "--only-payroll", *map(str, {small, large} - {0})], environment)
        )
        for people, what, number in (
            (small, "run", 0),
            (small, "list", wanted.list),
            (large, "run", 0),
            (large, "recap", wanted.rows),
            (small, "slips", wanted.slips),
        ):
            if people and (number or what == "run"):
                region = regions[str(people)]
                words = [region["code"], region["runner"], region["month"], what, str(number)]
                print(_told(["tests.benchmarks.workloads.papers", *words], environment), flush=True)


def _told(module: list[str], environment: Mapping[str, str]) -> str:
    """The last line that the module prints."""
    command = [sys.executable, "-m", *module]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    main()
