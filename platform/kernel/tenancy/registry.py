"""The registry of regions as a snapshot in the process: host to region in microseconds, without a query.

One query reads all regions (at most 552 rows). The snapshot lives `TTL_SECONDS`; an operator's change moves a version
in the shared cache, which each process looks at no more than once a second, so a suspension reaches every process at
once also while the snapshot is young. When Redis is away the TTL alone decides. An unknown host is answered from the
snapshot too: a flood of made-up hosts costs no query.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from kernel.tenancy.context import control_scope
from kernel.tenancy.errors import RegionNotLive, UnknownRegion
from kernel.tenancy.state import RegionState

TTL_SECONDS = 30.0
VERSION_LOOK_SECONDS = 1.0
# By then every process that can reach the cache has heard of a change, whichever thread is asked.
HEARD_AFTER_SECONDS = 2 * VERSION_LOOK_SECONDS
VERSION_KEY = "tenancy.registry-version"

_SNAPSHOT_SQL = """
    SELECT r.id, r.code, r.schema_name, r.name, r.short_name, r.time_zone, r.status, r.cell, r.version,
           coalesce(array_agg(d.domain ORDER BY d.domain) FILTER (WHERE d.domain IS NOT NULL), '{}'),
           r.measures
    FROM regions_region r LEFT JOIN regions_domain d ON d.tenant_id = r.id
    GROUP BY r.id
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All regions at one moment."""

    by_host: Mapping[str, RegionState]
    by_code: Mapping[str, RegionState]
    read_at: float
    version: object


_lock = threading.Lock()
_looking = threading.Lock()
_snapshot: Snapshot | None = None
_version_looked_at = 0.0
_version_seen: object = None


def _shared_version() -> object:
    try:
        with control_scope():
            return cache.get(VERSION_KEY)
    except Exception:
        return _version_seen


def _read() -> Snapshot:
    version = _shared_version()
    with control_scope(), connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT_SQL)
        # Django leaves jsonb of a plain cursor as text.
        states = [
            RegionState(*[*columns, tuple(hosts), json.loads(measures)])
            for *columns, hosts, measures in cursor.fetchall()
        ]
    return Snapshot(
        by_host={host: state for state in states for host in state.hosts},
        by_code={state.code: state for state in states},
        read_at=time.monotonic(),
        version=version,
    )


def snapshot() -> Snapshot:
    """The regions as this process knows them, read anew when old or when an operator changed one."""
    global _snapshot, _version_looked_at, _version_seen
    known = _snapshot
    if known is not None and time.monotonic() - known.read_at < TTL_SECONDS:
        _look_for_a_change()
        if _version_seen == known.version:
            return known
    with _lock:
        if _snapshot is None or _snapshot is known:
            _snapshot = _read()
            _version_seen = _snapshot.version
            _version_looked_at = time.monotonic()
        return _snapshot


def _look_for_a_change() -> None:
    """Look at the shared version if that is due. One thread looks.

    The others go on with what was seen a moment ago, so that a cache that hangs holds up one thread, and wait only
    where nobody has looked for longer: the first two requests after a quiet time must not be told different things.
    """
    global _version_looked_at, _version_seen
    since = time.monotonic() - _version_looked_at
    if since < VERSION_LOOK_SECONDS or not _looking.acquire(blocking=since >= HEARD_AFTER_SECONDS):
        return
    try:
        if time.monotonic() - _version_looked_at >= VERSION_LOOK_SECONDS:
            _version_seen = _shared_version()
            _version_looked_at = time.monotonic()
    finally:
        _looking.release()


def forget() -> None:
    """Drop this process's snapshot; the next question reads the registry."""
    global _snapshot
    _snapshot = None


def announce_change() -> None:
    """Tell every process that a region changed. Call it after the change is committed."""
    forget()
    try:
        with control_scope():
            cache.set(VERSION_KEY, time.time_ns(), timeout=None)
    except Exception:
        return


def region_for_host(host: str) -> RegionState | None:
    """The region that this host name (no port, lower case) belongs to, live or not."""
    return snapshot().by_host.get(host)


def region_by_code(code: str) -> RegionState:
    """The region with this code. Raises UnknownRegion."""
    state = snapshot().by_code.get(code)
    if state is None:
        raise UnknownRegion(code)
    return state


def live_region(code: str) -> RegionState:
    """The region with this code, open for pages and jobs. Raises UnknownRegion or RegionNotLive."""
    state = region_by_code(code)
    if not state.is_live:
        raise RegionNotLive(code, state.status)
    return state


def live_regions() -> list[RegionState]:
    """Every live region, by code: what a periodic job fans out over."""
    return sorted((s for s in snapshot().by_code.values() if s.is_live), key=lambda s: s.code)
