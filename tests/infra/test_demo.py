"""The demo's supervisor: what it refuses, what it tells, and that it ends what it started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local import demo
from infra.local.demo import DemoFailed, Program, Stopped
from infra.local.processes import Lifeline, command_of, end_leftover, stop_process
from infra.local.services import CHECKOUT

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)

INTERRUPTED = """
import os, signal, subprocess, sys
from infra.local.processes import Lifeline
class Stopped(BaseException): pass
def stop(number, frame): raise Stopped
signal.signal(signal.SIGTERM, stop)
real = subprocess.Popen.__init__
def interrupted(self, *arguments, **options):
    real(self, *arguments, **options)
    if options.get("start_new_session") and arguments and "sleep" in str(arguments[0]):
        print(self.pid, flush=True)
        os.kill(os.getpid(), signal.SIGTERM)
with Lifeline() as lifeline:
    subprocess.Popen.__init__ = interrupted
    try:
        lifeline.start(["sleep", "600"], stop=signal.SIGTERM, output=subprocess.DEVNULL)
    except Stopped:
        print("stopped", flush=True)
"""


def becomes(condition: Callable[[], bool], patience: float = 15) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_told_with_a_way_out(taken_port: int) -> None:
    with pytest.raises(DemoFailed, match=rf"Port {taken_port} is taken.*make demo PORT="):
        demo.refuse_taken_port(taken_port)


def test_a_free_port_is_accepted(taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    demo.refuse_taken_port(free)


def test_the_program_itself_tells_the_taken_port_before_it_starts_anything(taken_port: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.demo", "--port", str(taken_port), "--data", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"Port {taken_port} is taken")
    assert not (tmp_path / "postgres").exists()


def test_a_second_demo_on_the_same_data_is_refused(tmp_path: Path) -> None:
    first, second = contextlib.ExitStack(), contextlib.ExitStack()
    with first:
        first.enter_context(demo.claim(tmp_path))
        with pytest.raises(DemoFailed, match=f"already running here .process {os.getpid()}"):
            second.enter_context(demo.claim(tmp_path))
    with second:
        second.enter_context(demo.claim(tmp_path))


def test_a_program_that_ends_by_itself_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    with pytest.raises(DemoFailed) as failed:
        demo.refuse_ended([Program("worker", process, log)])
    message = str(failed.value)
    assert message.startswith("worker ended by itself (code 3)")
    assert "line 99" in message
    assert "line 79" not in message


def test_a_failed_command_is_told_with_what_it_said(tmp_path: Path) -> None:
    with Lifeline() as lifeline, pytest.raises(DemoFailed, match="Unknown command: 'no_such_command'"):
        demo.Manage(os.environ, tmp_path, lifeline).run("no_such_command")


def test_what_a_command_prints_is_given_line_by_line(tmp_path: Path) -> None:
    said: list[str] = []
    with Lifeline() as lifeline:
        lines = demo.Manage(os.environ, tmp_path, lifeline).run("version", say=said.append)
    assert lines == said
    assert lines[0].startswith("5.2")


def test_a_stubborn_program_is_killed_with_its_children() -> None:
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); {STUBBORN}"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() + process.stdout.readline() == b"up\nup\n"
    assert stop_process(process, signal.SIGTERM, patience=0.3) == -signal.SIGKILL
    assert process.stdout.read() == b""  # every holder of the pipe is gone
    process.stdout.close()


def test_a_signal_during_a_start_loses_no_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60
    )
    pid, stopped = done.stdout.split()
    assert stopped == "stopped", done.stderr
    assert command_of(int(pid)) == ""


def test_programs_still_running_at_the_end_are_ended() -> None:
    with Lifeline() as lifeline:
        process = lifeline.start(["sleep", "600"], stop=signal.SIGTERM, output=subprocess.DEVNULL)
    assert process.wait(5) == -signal.SIGTERM


def test_the_second_signal_does_not_break_off_the_end() -> None:
    usual = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with pytest.raises(Stopped):
            demo.stop_on_signal(signal.SIGINT, None)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        for name, handler in usual.items():
            signal.signal(name, handler)


def test_a_reset_removes_the_data_and_keeps_what_costs_time(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "evidence").write_text("x")
    (tmp_path / "postgres-template-18").mkdir()
    (tmp_path / "static.stamp").write_text("x")
    demo.reset(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.lock", "postgres-template-18"]


def test_a_command_line_is_read_and_a_gone_process_has_none() -> None:
    process = subprocess.Popen(["sleep", "61"])
    try:
        assert becomes(lambda: command_of(process.pid) == "sleep 61")
    finally:
        process.kill()
        process.wait()
    assert becomes(lambda: command_of(process.pid) == "")


def test_a_pid_file_of_nonsense_is_removed(tmp_path: Path) -> None:
    pid_file = tmp_path / "server.pid"
    pid_file.write_text("not a number\n")
    assert not end_leftover(pid_file, program="x", directory=tmp_path, stop=signal.SIGTERM, patience=1)
    assert not pid_file.exists()
