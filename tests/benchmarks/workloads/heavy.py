"""Work for the heavy lane: the days of a whole region, judged again and again.

`python -m tests.benchmarks.workloads.heavy CODE [TASKS]` puts so many tasks into the heavy queue.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from kernel import clock  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.attendance.tasks import compute_period  # noqa: E402

TASKS = 8
DAYS = 31


def main() -> None:
    code, *more = sys.argv[1:]
    region = registry.live_region(code)
    with region_scope(region):
        last = clock.today(region.time_zone)
        for _ in range(int(more[0]) if more else TASKS):
            compute_period.apply_async(kwargs={"first": str(last - timedelta(days=DAYS)), "last": str(last)})


if __name__ == "__main__":
    main()
