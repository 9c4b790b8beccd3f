"""Security events at a steady rate, from several regions at once, through the real way.

`python -m tests.benchmarks.workloads.events RATE SECONDS CODE...` gathers five events a request as a web process does,
relays each region's outbox once a second as the sweep does, and answers `ready` when it begins and one JSON line at the
end: how many were told, by whom they can be counted, and how far it fell behind its timetable. A worker of the desk
lane takes them in.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from itertools import cycle
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.db import connections  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from kernel.delivery import outbox  # noqa: E402
from kernel.ids import new_uid  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from kernel.watching import Severity, emit, gathering, names  # noqa: E402

TOGETHER: Final = 5
# Commits that come together are written together; one of the process's eight connections is the relay's.
THREADS: Final = 6
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
    people = [new_uid() for _ in range(500)]
    mark = new_uid().hex[-12:]
    # The first relay of a process imports every task: a running process has done that.
    _relay(codes)
    print("ready", flush=True)
    began = time.perf_counter()
    told, late, ended = [0] * THREADS, [0.0] * THREADS, [0.0] * THREADS

    def tell(place: int) -> None:
        regions, kinds = cycle(codes[place % len(codes) :] + codes[: place % len(codes)]), cycle(KINDS)
        while (now := time.perf_counter() - began) < seconds:
            due = told[place] * THREADS / rate
            if due > now:
                time.sleep(due - now)
            late[place] = max(late[place], now - due)
            number = told[place]
            request = RequestFactory().post(
                "/",
                headers={"user-agent": f"browser {number % 40}"},
                REMOTE_ADDR=f"198.51.{place}.{number % 250}",
            )
            with region_scope(registry.live_region(next(regions))), gathering(request):
                for _ in range(TOGETHER):
                    # Low: what is grave is handed over at once, and nobody is attacked five hundred times a second.
                    emit(
                        next(kinds),
                        severity=Severity.LOW,
                        subject=f"{mark}{number % 700}",
                        person=people[number % 500],
                        rows=3,
                        verdict="clean",
                    )
                    told[place] += 1
        ended[place] = time.perf_counter() - began
        connections.close_all()

    threads = [threading.Thread(target=tell, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(RELAY_SECONDS)
        _relay(codes)
    answer = {"told": sum(told), "mark": mark, "rate": round(sum(told) / max(ended)), "late_s": round(max(late), 2)}
    print(json.dumps(answer), flush=True)


def _relay(codes: list[str]) -> None:
    for code in codes:
        with region_scope(registry.live_region(code)):
            outbox.relay_soon()


if __name__ == "__main__":
    main()
