"""Saying that something happened: gathered while a request or a task runs, written in one message when it is over.

Written apart from the work's own transaction: an action that was refused and rolled back is exactly what must be seen.
The message stands in the outbox of the side where it happened, so a region's schema stays by itself; the relay puts the
region's code on it, and nothing inside the message can name another one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.http import HttpRequest

from kernel import clock, origin
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope, region_or_none, region_scope
from kernel.tenancy.state import RegionState
from kernel.watching import flood, names
from kernel.watching.cleaning import LONGEST_SUBJECT, clean_facts, one_line
from kernel.watching.names import KINDS, Severity
from kernel.watching.prints import agent_print

log = structlog.get_logger(__name__)

# The operators' side takes them in (`control.watch`); a task is known by its name alone.
TAKE_IN: Final = "control.watch.tasks.take_in"
# Of one request or task. A file with ten thousand bad rows is one finding, not ten thousand.
MOST_AT_ONCE: Final = 200
# From here on nobody waits for the next sweep.
AT_ONCE_FROM: Final = Severity.MEDIUM

Event = dict[str, Any]


@dataclass(slots=True)
class Gathering:
    """The events of one request or task, and where they come from."""

    request: HttpRequest | None = None
    # Name of the task or command; "" in a request.
    work: str = ""
    events: list[tuple[RegionState | None, Event]] = field(default_factory=list)
    left_out: int = 0
    # Rows about people in the file that it hands out (`note_rows`).
    rows: int = 0


_open: ContextVar[Gathering | None] = ContextVar("kd_watching", default=None)


def emit(
    name: str,
    /,
    *,
    severity: Severity | None = None,
    subject: str = "",
    person: UUID | None = None,
    region: str = "",
    **facts: Any,
) -> None:
    """Say that something happened. Never raises, and never changes what the caller does.

    `subject` names what it happened to (a uid, a digest); `person` who did it, when that is not the signed-in person of
    the request. `region` (a code) counts on the operators' side only, for what an operator or the platform did to a
    region; a region's own events carry their region by themselves. Facts are flat: texts, numbers, yes or no, lists of
    texts; what looks like a secret, NIP or NIK is blotted out, and all of it is at most 2 KB.
    """
    try:
        _emit(name, severity, subject, person, region, facts)
    except Exception:
        log.exception("security_event_lost", name=name)


def emit_on_commit(name: str, /, *, subject: str = "", person: UUID | None = None, **facts: Any) -> None:
    """As `emit`, for what was done: nothing is said when the transaction that is open is rolled back."""
    try:
        side = region_or_none()
        event = _event(name, None, subject, person, "", facts)
        if event is not None:
            transaction.on_commit(partial(_gather, side, event), robust=True)
    except Exception:
        log.exception("security_event_lost", name=name)


def note_rows(count: int) -> None:
    """Say that so many rows about people were written into a file that is being made."""
    gathered = _open.get()
    if gathered is not None:
        gathered.rows += count


def _emit(
    name: str, severity: Severity | None, subject: str, person: UUID | None, region: str, facts: dict[str, Any]
) -> None:
    event = _event(name, severity, subject, person, region, facts)
    if event is not None:
        _gather(region_or_none(), event)


def _event(
    name: str, severity: Severity | None, subject: str, person: UUID | None, region: str, facts: dict[str, Any]
) -> Event | None:
    kind = KINDS.get(name)
    if kind is None:
        log.error("security_event_unknown", name=name)
        return None
    gathered = _open.get()
    event: Event = {
        "uid": str(new_uid()),
        "at": clock.now().isoformat(),
        "name": kind.name,
        "severity": str(severity or kind.severity),
        "subject": one_line(str(subject), LONGEST_SUBJECT),
        "facts": clean_facts(facts),
    }
    who = person or _person_of(gathered.request if gathered is not None else None)
    if who is not None:
        event["person"] = str(who)
    if region and region_or_none() is None:
        event["region"] = region
    return event


def _gather(side: RegionState | None, event: Event) -> None:
    if not flood.may_send(_label(side), event["name"]):
        return
    gathered = _open.get()
    if gathered is None:
        _write_all(Gathering(events=[(side, event)]))
    elif len(gathered.events) >= MOST_AT_ONCE:
        gathered.left_out += 1
    else:
        gathered.events.append((side, event))


def _person_of(request: HttpRequest | None) -> UUID | None:
    # Whom the request has asked for already; asking here would cost it a query.
    return getattr(getattr(request, "_cached_user", None), "uid", None)


def _label(side: RegionState | None) -> str:
    return "control" if side is None else side.code


@contextlib.contextmanager
def gathering(request: HttpRequest | None = None, *, work: str = "") -> Iterator[Gathering]:
    """While this is open, events are gathered; at its end they are written, also when the work failed.

    Goes outside of the work's transaction and inside of its scope.
    """
    gathered = Gathering(request, work)
    token = _open.set(gathered)
    try:
        yield gathered
    finally:
        _open.reset(token)
        try:
            _tell_left_out(gathered)
            if gathered.events:
                _write_all(gathered)
        except Exception:
            log.exception("security_events_lost", count=len(gathered.events))


def _tell_left_out(gathered: Gathering) -> None:
    side = region_or_none()
    left_out = flood.take_left_out(_label(side))
    if gathered.left_out:
        left_out["*"] = gathered.left_out
    for name, count in left_out.items():
        event = {
            "uid": str(new_uid()),
            "at": clock.now().isoformat(),
            "name": names.EVENTS_LEFT_OUT,
            "severity": str(Severity.LOW),
            "subject": name,
            "facts": {"count": count},
        }
        gathered.events.append((side, event))


def _write_all(gathered: Gathering) -> None:
    """One message for each side; nearly always there is one."""
    source = _source(gathered)
    sides: dict[str, tuple[RegionState | None, list[Event]]] = {}
    for side, event in gathered.events:
        sides.setdefault(_label(side), (side, []))[1].append(event)
    for side, events in sides.values():
        try:
            with contextlib.ExitStack() as stack:
                if side is None:
                    stack.enter_context(control_scope())
                elif side is not region_or_none():
                    stack.enter_context(region_scope(side))
                _write(events, source)
        except Exception:
            # The person's answer stands; what could not be kept is in the log, with all that was to be kept.
            log.exception("security_events_lost", region=_label(side), events=events, source=source)


def _write(events: list[Event], source: dict[str, str]) -> None:
    from kernel.delivery import outbox

    urgent = any(Severity(event["severity"]).rank >= AT_ONCE_FROM.rank for event in events)
    with transaction.atomic():
        (outbox.send if urgent else outbox.keep)(TAKE_IN, events=[{**event, **source} for event in events])


def _source(gathered: Gathering) -> dict[str, str]:
    """Where all events of a gathering come from; what is not known is left out."""
    bound = structlog.contextvars.get_contextvars()
    source = {
        "request_id": str(bound.get("request_id") or bound.get("task_id") or ""),
        "work": gathered.work or str(bound.get("task") or ""),
    }
    request = gathered.request
    if request is not None:
        agent = request.headers.get("User-Agent", "")
        match = request.resolver_match
        source |= {
            "ip": origin.address_of(request),
            "agent": agent_print(agent),
            "agent_family": origin.family_of(request),
            "route": one_line(match.view_name, 80) if match is not None else "",
            "method": one_line(request.method or "", 10),
        }
    return {name: text for name, text in source.items() if text}
