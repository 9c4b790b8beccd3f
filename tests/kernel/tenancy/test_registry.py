"""What a process knows of the regions, and how soon it knows better."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest
from django.db import connection

from control.regions.models import Region
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope
from kernel.tenancy.state import RegionState
from tests.containment import READ_ONLY


def test_who_asks_while_another_thread_looks_for_a_change_is_not_told_what_was_before(
    fresh_region: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry.snapshot()
    with control_scope():
        Region.objects.filter(pk=fresh_region.number).update(measures=READ_ONLY)
    registry.announce_change()
    # As in a process that has heard nothing for ten seconds.
    monkeypatch.setattr(registry, "_snapshot", known)
    monkeypatch.setattr(registry, "_version_seen", known.version)
    monkeypatch.setattr(registry, "_version_looked_at", time.monotonic() - 10)
    looking, go_on = threading.Event(), threading.Event()
    shared_version = registry._shared_version

    def slow_version() -> object:
        looking.set()
        go_on.wait(20)
        return shared_version()

    monkeypatch.setattr(registry, "_shared_version", slow_version)

    def ask() -> bool:
        try:
            return registry.region_by_code(fresh_region.code).is_read_only
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        first = pool.submit(ask)
        assert looking.wait(20)
        second = pool.submit(ask)
        wait([second], timeout=0.3)
        go_on.set()
        assert (first.result(timeout=60), second.result(timeout=60)) == (True, True)


def test_a_cache_that_hangs_holds_up_one_thread_and_no_other(
    fresh_region: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.snapshot()
    looking, go_on = threading.Event(), threading.Event()

    def hanging_version() -> object:
        looking.set()
        go_on.wait(20)
        return registry._version_seen

    monkeypatch.setattr(registry, "_shared_version", hanging_version)
    monkeypatch.setattr(registry, "HEARD_AFTER_SECONDS", 60.0)
    monkeypatch.setattr(registry, "_version_looked_at", time.monotonic() - 30)
    with ThreadPoolExecutor(max_workers=1) as pool:
        first = pool.submit(registry.region_by_code, fresh_region.code)
        assert looking.wait(20)
        assert registry.region_by_code(fresh_region.code).code == fresh_region.code
        assert not first.done()
        go_on.set()
        assert first.result(timeout=60).code == fresh_region.code


def test_without_redis_a_measure_reaches_a_process_that_knows_the_region_otherwise_within_half_a_minute(
    fresh_region: RegionState, monkeypatch: pytest.MonkeyPatch, redis_away: None
) -> None:
    registry.forget()
    elsewhere = registry.snapshot()
    with control_scope():
        Region.objects.filter(pk=fresh_region.number).update(measures=READ_ONLY)
    registry.announce_change()

    def other_process(seconds: float) -> bool:
        """What a process says that read the registry just before the measure and hears nothing for so long."""
        read_at = time.monotonic() - seconds
        monkeypatch.setattr(registry, "_snapshot", replace(elsewhere, read_at=read_at))
        monkeypatch.setattr(registry, "_version_seen", elsewhere.version)
        monkeypatch.setattr(registry, "_version_looked_at", read_at)
        return registry.region_by_code(fresh_region.code).is_read_only

    assert registry.TTL_SECONDS <= 30
    assert not other_process(registry.TTL_SECONDS - 5)
    assert other_process(registry.TTL_SECONDS)
