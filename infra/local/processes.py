"""Processes that must not outlive their starter, and questions about processes that did.

Standard library only. Run as a script it is the watcher behind `Lifeline`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, TypedDict


class RunAs(TypedDict, total=False):
    """What `subprocess` needs to start a program under another account."""

    user: int
    group: int
    extra_groups: list[int]


class Lifeline:
    """Starts programs, and ends them, newest first, if this process dies without doing so itself.

    A small watcher reads a pipe whose other end only this process has: however this process ends, even by SIGKILL,
    the pipe closes and the watcher acts.
    """

    def __init__(self) -> None:
        self._started: dict[int, subprocess.Popen[bytes]] = {}
        reading, writing = os.pipe()
        self._pipe = os.fdopen(writing, "w")
        with os.fdopen(reading) as commands:
            self._watcher = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__],
                stdin=commands,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )

    def start(
        self,
        command: Sequence[str | Path],
        *,
        stop: signal.Signals,
        output: IO[bytes] | int,
        errors: IO[bytes] | int = subprocess.STDOUT,
        text: IO[bytes] | int = subprocess.DEVNULL,
        cwd: Path = Path("/"),
        environment: Mapping[str, str] | None = None,
        run_as: RunAs | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, out of reach of the terminal's Ctrl-C.

        It is sent `stop` when this process is gone. A signal that arrives meanwhile is handled after the start, so
        that there is no moment in which nobody knows the program.
        """
        with _signals_deferred():
            process = subprocess.Popen(
                command,
                stdin=text,
                stdout=output,
                stderr=errors,
                cwd=cwd,
                env=environment,
                start_new_session=True,
                **(run_as or {}),
            )
            self._started[process.pid] = process
            self._tell(f"hold {process.pid} {int(stop)}")
        return process

    def release(self, process: subprocess.Popen[bytes]) -> None:
        """`process` has ended; its number may belong to somebody else soon."""
        self._started.pop(process.pid, None)
        self._tell(f"release {process.pid}")

    def discard(self, directory: Path) -> None:
        """Remove `directory` once the held processes are gone."""
        self._tell(f"discard {directory}")

    def close(self) -> None:
        """End the watcher. What is still running is ended by it first."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe.close()
        while self._watcher.poll() is None:
            for process in self._started.values():
                process.poll()  # a child that nobody has asked about counts as running
            time.sleep(0.005)

    def __enter__(self) -> Lifeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._pipe.write(line + "\n")
            self._pipe.flush()


def stop_process(process: subprocess.Popen[bytes], first: signal.Signals, patience: float) -> int:
    """End a child and what it started: `first`, `patience` seconds to obey, then SIGKILL to its whole group.

    Returns the exit code; a child that has already ended is left as it is.
    """
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
    return process.returncode


def command_of(pid: int) -> str:
    """The command line of a running process with its words separated by spaces, or "" when there is none."""
    proc = Path("/proc")
    if (proc / "self" / "cmdline").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    listing = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return listing.stdout.strip()


def end_leftover(pid_file: Path, *, program: str, directory: Path, stop: signal.Signals, patience: float) -> bool:
    """Stop a server that a killed starter left running, and remove its pid file. True when there was one.

    `pid_file` has the number in its first line. After a restart of the machine that number may belong to any
    process, so the command line must name both the program and the directory before anything is sent.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        pid_file.unlink(missing_ok=True)
        return False

    def is_ours() -> bool:
        command = command_of(pid)
        return program in command and str(directory) in command

    found = is_ours()
    if found:
        os.kill(pid, stop)
        _wait_until(lambda: not is_ours(), patience)
        if is_ours():
            os.kill(pid, signal.SIGKILL)
            _wait_until(lambda: not is_ours(), 10)
    pid_file.unlink(missing_ok=True)
    return found


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, or "" when it was never written."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


@contextlib.contextmanager
def _signals_deferred() -> Iterator[None]:
    """Hold back what handlers do. The mask is left alone: a program that is started inherits it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    usual = {
        name: signal.signal(name, lambda number, frame: arrived.append(number))
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if callable(signal.getsignal(name))
    }
    try:
        yield
    finally:
        for name, handler in usual.items():
            signal.signal(name, handler)
        for number in arrived:
            signal.raise_signal(number)


def _wait_until(condition: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and not condition():
        time.sleep(0.02)


def _group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def _watch() -> None:
    """Read what to hold until the pipe closes, then end it."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    held: dict[int, int] = {}
    discarded: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "hold":
            group, stop = rest.split()
            held[int(group)] = int(stop)
        elif word == "release":
            held.pop(int(rest), None)
        elif word == "discard":
            discarded.append(rest)
    for group, stop in reversed(held.items()):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, stop)
            _wait_until(partial(_group_is_gone, group), 10)
            os.killpg(group, signal.SIGKILL)
    for directory in discarded:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    _watch()
