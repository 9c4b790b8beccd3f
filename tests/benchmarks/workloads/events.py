"""Security events at a steady rate, from several regions at once, through the real way.

`python -m tests.benchmarks.workloads.events RATE SECONDS CODE...` gathers five events a request as a web process does,
relays each region's outbox once a second as the sweep does, and answers `ready` when it begins and one JSON line at the
end: how many were told, by whom they can be counted, and how far it fell behind its timetable. A worker of the desk lane takes them in.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import cycle
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.test import RequestFactory  # noqa: E402

from kernel.delivery import outbox  # noqa: E402
from kernel.ids import new_uid  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from kernel.watching import Severity, emit, gathering, names  # noqa: E402

TOGETHER: Final = 5
RELAY_SECONDS: Final = 1.0
# Ten kinds, so that the bound of one process on each kind does not set the rate; most bring no alert about.
KINDS: Final = (
    names.AUTHN_LOGIN_SUCCESS,
    names.SESSION_CREATED,
    names.AUTHN_LOGIN_FAIL,
    names.AUTHZ_FAIL,
    names.EXPORT_COMPLETED,
    names.INPUT_VALIDATION_FAIL,
    names.HONEYPOT_HIT,
    names.SESSION_EXPIRED,
    names.JUDOL_TEXT_FLAGGED,
    names.UPLOAD_VALIDATION,
)


def main() -> None:
    rate, seconds, codes = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    regions = cycle([registry.live_region(code) for code in codes])
    kinds, people = cycle(KINDS), [new_uid() for _ in range(500)]
    mark = new_uid().hex[-12:]
    # The first relay of a process imports every task: a running process has done that.
    _relay(codes)
    print("ready", flush=True)
    began = time.perf_counter()
    told, relayed, late = 0, 0.0, 0.0
    while (now := time.perf_counter() - began) < seconds:
        due = told / rate
        if due > now:
            time.sleep(due - now)
        late = max(late, now - due)
        request = RequestFactory().post(
            "/", headers={"user-agent": f"browser {told % 40}"}, REMOTE_ADDR=f"198.51.{told % 200}.{told % 250}"
        )
        with region_scope(next(regions)), gathering(request):
            for _ in range(TOGETHER):
                # Low: what is grave is handed over at once, and nobody is attacked five hundred times a second.
                emit(
                    next(kinds),
                    severity=Severity.LOW,
                    subject=f"{mark}{told % 700}",
                    person=people[told % 500],
                    rows=3,
                    verdict="clean",
                )
                told += 1
        if now - relayed >= RELAY_SECONDS:
            relayed = now
            _relay(codes)
    _relay(codes)
    took = time.perf_counter() - began
    print(json.dumps({"told": told, "mark": mark, "rate": round(told / took), "late_s": round(late, 2)}), flush=True)


def _relay(codes: list[str]) -> None:
    for code in codes:
        with region_scope(registry.live_region(code)):
            outbox.relay_soon()


if __name__ == "__main__":
    main()
