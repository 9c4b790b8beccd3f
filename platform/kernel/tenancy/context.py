"""The region context: one immutable value in a context variable, no default.

The database backend, the cache keys, file paths, logs and the row fence all read it here. A new thread starts
without it (`kernel.tenancy.threads` hands it over), a task and a request open it, and nothing else does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from typing_extensions import override

from kernel.tenancy.errors import NoRegion
from kernel.tenancy.state import CONTROL_NUMBER, CONTROL_SCHEMA, NO_SCHEMA, RegionState


class _Control:
    """The operator side, schema `public`."""

    @override
    def __repr__(self) -> str:
        return "<control>"


CONTROL = _Control()

_scope: ContextVar[RegionState | _Control | None] = ContextVar("region_scope", default=None)


@contextmanager
def region_scope(state: RegionState) -> Iterator[RegionState]:
    """Within the block, every statement, cache key and file belongs to this region."""
    token = _scope.set(state)
    try:
        yield state
    finally:
        _scope.reset(token)


@contextmanager
def control_scope() -> Iterator[None]:
    """Within the block, code works on the operator side."""
    token = _scope.set(CONTROL)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def no_scope() -> Iterator[None]:
    """Within the block, neither side is open: every statement on a table fails."""
    token = _scope.set(None)
    try:
        yield
    finally:
        _scope.reset(token)


def current_region() -> RegionState:
    """The open region. Raises NoRegion outside of one, also on the operator side."""
    scope = _scope.get()
    if isinstance(scope, RegionState):
        return scope
    raise NoRegion(f"this code needs a region; the scope is {scope!r}")


def region_or_none() -> RegionState | None:
    """The open region, or None on the operator side and outside of any scope."""
    scope = _scope.get()
    return scope if isinstance(scope, RegionState) else None


def is_control() -> bool:
    """Whether the operator side is open."""
    return _scope.get() is CONTROL


def scope_label() -> str:
    """For cache keys and logs: `r.<code>` or `control`. Raises NoRegion when nothing is open."""
    scope = _scope.get()
    if isinstance(scope, RegionState):
        return f"r.{scope.code}"
    if scope is CONTROL:
        return "control"
    raise NoRegion("neither a region nor the operator side is open")


def scope_number() -> int:
    """The row fence's constant: the region's number, 0 on the operator side. Raises NoRegion when nothing is open."""
    scope = _scope.get()
    if isinstance(scope, RegionState):
        return scope.number
    if scope is CONTROL:
        return CONTROL_NUMBER
    raise NoRegion("a fenced row needs a region or the operator side")


def scope_schema() -> str:
    """The only schema on the search path; a schema that does not exist when nothing is open."""
    scope = _scope.get()
    if isinstance(scope, RegionState):
        return scope.schema_name
    if scope is CONTROL:
        return CONTROL_SCHEMA
    return NO_SCHEMA
