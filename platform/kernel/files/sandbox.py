"""Parsers run in a child process with limits: a crash there is a refused file, never a dead worker.

The child is kept from file to file (its libraries take 0.3 s to read) and replaced after a number of files, after a
crash, and when it hangs. It is started as a program of its own, not forked: web threads and Celery's worker processes
may each have theirs. Why: docs/adr/inspection-child.md.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

import structlog

from kernel.files.inspection.child import LENGTH, send
from kernel.files.inspection.findings import Finding, Report, Verdict
from kernel.files.inspection.kinds import DOCUMENTS, Kind
from kernel.files.inspection.limits import FILE_CPU_SECONDS, STRUCTURE_CPU_SECONDS
from kernel.files.inspection.pictures import Wanted

log = structlog.get_logger(__name__)

REQUESTS_FOR_ONE_CHILD: Final = 200
# A picture of 40 million pixels made anew; whatever says that it sends more is not well.
MOST_ANSWERED: Final = 256 * 1024 * 1024
# On the clock; the child's own limit is in CPU seconds, so a busy machine refuses nobody's file.
WALL_SECONDS: Final = 20.0
START_SECONDS: Final = 30.0
# Between the end of a child's line and its own.
END_SECONDS: Final = 5.0


class ChildBusy(Exception):
    """Other files are being looked at, or no child starts; this one can wait for the scan lane."""


class ChildLost(Exception):
    """The child crashed, ran out of memory or of time over this file; `in_time` tells the last from the others."""

    def __init__(self, why: str, *, in_time: bool = True) -> None:
        super().__init__(why)
        self.in_time = in_time


class _Child:
    """One running child, used by one thread at a time."""

    def __init__(self) -> None:
        roots = [str(Path(__file__).resolve().parents[2])]
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "kernel.files.inspection.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Nothing of the installation's secrets goes along.
            env={"PYTHONPATH": os.pathsep.join(roots), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        self.asked = 0
        try:
            _say_if_on_network(self._expect(START_SECONDS)[0])
        except ChildLost:
            self.end()
            raise

    @property
    def _out(self) -> IO[bytes]:
        if self._process.stdout is None:
            raise ChildLost("no line")
        return self._process.stdout

    def ask(self, head: dict[str, Any], content: bytes, wall: float) -> tuple[dict[str, Any], bytes]:
        """Send one request and wait for its answer. Raises ChildLost."""
        self.asked += 1
        try:
            if self._process.stdin is None:
                raise ChildLost("no line")
            send(self._process.stdin, head, content)
        except OSError as error:
            raise ChildLost("line broken") from error
        return self._expect(wall)

    def _expect(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        until = time.monotonic() + seconds
        head: dict[str, Any] = json.loads(self._read(LENGTH.unpack(self._read(LENGTH.size, until))[0], until))
        return head, self._read(head["size"], until)

    def _read(self, size: int, until: float) -> bytes:
        """Exactly so many bytes, without the buffer of the stream: the clock decides how long."""
        if size > MOST_ANSWERED:
            raise ChildLost("answer too large")
        number, parts, missing = self._out.fileno(), bytearray(), size
        while missing:
            ready, _, _ = select.select([number], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise ChildLost("time", in_time=False)
            part = os.read(number, min(missing, 1 << 20))
            if not part:
                raise self._ended()
            parts += part
            missing -= len(part)
        return bytes(parts)

    def _ended(self) -> ChildLost:
        try:
            code = self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildLost("closed its line")
        return ChildLost(f"ended {code}", in_time=code != -signal.SIGPROF)

    def end(self) -> None:
        """Stop it for good."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._close_line()
        self._process.wait()

    def leave_to_parent(self) -> None:
        """In a forked process: let go of the line, so that the child ends when its own parent does."""
        self._close_line()
        self._process.returncode = 0

    def _close_line(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


@cache
def _warn() -> None:
    log.warning("inspection_child_on_network", reason="no namespace without network here")


def _say_if_on_network(said: dict[str, Any]) -> None:
    """Once for each process."""
    if not said["is_cut_off"]:
        _warn()


@dataclass(slots=True)
class _Place:
    """Where this process keeps its child. A forked worker must not share its parent's line."""

    lock: threading.Lock
    child: _Child | None = None
    owner: int = 0


_place = _Place(threading.Lock())
os.register_at_fork(after_in_child=lambda: _forget())


def _forget() -> None:
    """In a process that was just forked: the child is the parent's."""
    if _place.child is not None:
        _place.child.leave_to_parent()
    _place.lock, _place.child, _place.owner = threading.Lock(), None, 0


def close() -> None:
    """End the kept child; the next file starts another one."""
    with _place.lock:
        _drop()


atexit.register(close)


def _drop() -> None:
    if _place.child is not None and _place.owner == os.getpid():
        _place.child.end()
    _place.child = None


@contextlib.contextmanager
def _kept_child(patience: float) -> Iterator[_Child]:
    if not _place.lock.acquire(timeout=patience):
        raise ChildBusy
    try:
        if _place.child is not None and (_place.child.asked >= REQUESTS_FOR_ONE_CHILD or _place.owner != os.getpid()):
            _drop()
        if _place.child is None:
            try:
                _place.child, _place.owner = _Child(), os.getpid()
            except (ChildLost, OSError) as error:
                # That says nothing about the file.
                log.error("inspection_child_not_started", reason=str(error))
                raise ChildBusy from error
        try:
            yield _place.child
        except ChildLost:
            _drop()
            raise
    finally:
        _place.lock.release()


def ask(head: dict[str, Any], content: bytes, *, patience: float) -> tuple[dict[str, Any], bytes]:
    """One question about some bytes; `head["seconds"]` is its limit of CPU time. Raises ChildBusy and ChildLost."""
    with _kept_child(patience) as child:
        try:
            return child.ask(head, content, WALL_SECONDS)
        except ChildLost as lost:
            log.warning("inspection_child_lost", reason=str(lost), ask=head["ask"], size=len(content))
            raise


def inspect(
    content: bytes,
    name: str,
    *,
    allowed: frozenset[Kind] = DOCUMENTS,
    wanted: Wanted | None = None,
    patience: float = 60.0,
) -> Report:
    """Look at a file in the child process, in the order of `inspection.order`.

    `patience` is how many seconds to wait while the child looks at another file. Raises ChildBusy after it.
    """
    head = {
        "ask": "look",
        "name": name,
        "allowed": sorted(allowed),
        "wanted": None if wanted is None else asdict(wanted),
        "seconds": STRUCTURE_CPU_SECONDS,
    }
    with contextlib.ExitStack() as stack:
        child = stack.enter_context(_kept_child(patience))
        try:
            answer, body = child.ask(head, content, WALL_SECONDS)
        except ChildLost as lost:
            _drop()
            log.warning("inspection_child_lost", reason=str(lost), ask="look", size=len(content))
            return Report(findings=[Finding("child", "too_complex", Verdict.REJECT)], steps=["child"])
        report = Report(
            kind=answer["kind"],
            findings=[Finding.from_json(said) for said in answer["findings"]],
            steps=answer["steps"],
            made=body if answer["made"] else None,
            facts=answer["facts"],
        )
        if report.verdict.is_refused:
            return report
        report.steps.append("words")
        left = FILE_CPU_SECONDS - answer["spent"]
        said = {"ask": "words", "name": name, "kind": report.kind, "seconds": left}
        try:
            answer, _body = child.ask(said, content if report.made is None else b"", WALL_SECONDS)
            report.add(Finding.from_json(row) for row in answer["findings"])
        except ChildLost as lost:
            _drop()
            log.warning("inspection_child_lost", reason=str(lost), ask="words", size=len(content))
            # A long report on a busy machine is a person's to look at; what breaks the reader is nobody's report.
            report.add(
                [
                    Finding("words", "too_complex", Verdict.REJECT)
                    if lost.in_time
                    else Finding("words", "words_unreadable", Verdict.REVIEW)
                ]
            )
    return report
