"""`make demo`: the whole platform on one machine, from servers to two regions with a month of work in them.

Starts PostgreSQL and Redis, migrates, loads the demo regions, then runs the web server, a Celery worker and beat until
Ctrl-C. Data stay in `.local/` (or `--data`); `--reset` removes them. Nothing outlives this process, however it ends.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from infra.local.accounts import remove_directory
from infra.local.compile_messages import WrongTranslation, compile_messages
from infra.local.postgres_server import ServerFailed
from infra.local.processes import Lifeline, command_of, stop_process, tail
from infra.local.services import (
    CHECKOUT,
    LOCAL,
    KeptServices,
    fresh_log,
    kept_postgres,
    kept_redis,
    kept_services,
)

SETTINGS = "config.settings.local"
REGIONS = ("manado", "banjarmasin")
QUEUES = "punch,entry,heavy,scan,desk"
KEPT_ON_RESET = ("environment.lock", "demo.lock", "postgres-template")

WEB_WORKERS = min(os.cpu_count() or 1, 2)
WEB_THREADS = 4
# Granian counts connections here, idle ones too, not requests: below what the browsers keep open it would lock out
# the next one. The threads bound the work; this bounds the waiting line, and the read timeout clears idle connections.
WEB_CONNECTIONS = 256
WEB_IDLE_MILLISECONDS = 10_000
# The punch lane listens on the port behind the web server's.
LANE_BEHIND = 1

STOP_PATIENCE = 15.0


class DemoFailed(Exception):
    """The demo cannot go on; the text is for the person at the terminal."""


class Stopped(BaseException):
    """Ctrl-C, or a polite kill."""


@dataclass(frozen=True)
class Program:
    """A started program that should run until the end."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def main() -> None:
    arguments = parse_arguments()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop_on_signal)
    try:
        if arguments.reset:
            reset(arguments.data)
        else:
            run(arguments.port, arguments.data)
    except (DemoFailed, ServerFailed, WrongTranslation) as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
    except Stopped:
        print("Stopped; the data are kept (`make demo-reset` removes them).", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="Run the whole platform on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="the port of the web server (8000)")
    parser.add_argument("--data", type=Path, default=LOCAL, metavar="DIRECTORY", help="where data and logs are kept")
    parser.add_argument("--reset", action="store_true", help="stop a running demo and remove all that it stored")
    return parser.parse_args()


def stop_on_signal(number: int, frame: FrameType | None) -> None:
    # Once is enough: a second signal must not break off the orderly end.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


def run(port: int, directory: Path = LOCAL) -> None:
    """Start everything, tell where it is, and stay until something ends."""
    began = time.monotonic()
    with claim(directory):
        refuse_taken_port(port)
        refuse_taken_port(port + LANE_BEHIND)
        with contextlib.ExitStack() as stack:
            lifeline = stack.enter_context(Lifeline())
            logs = directory / "logs"
            collecting = stack.enter_context(collect_static(logs, lifeline))
            with step("PostgreSQL and Redis"):
                services = stack.enter_context(kept_services(directory))
            environment = {
                "FILES_DIR": str(directory / "files"),
                **os.environ,
                **services.urls.environment,
                "DJANGO_SETTINGS_MODULE": SETTINGS,
                "PUNCH_LANE_URL": f"{{scheme}}://{{host}}:{port + LANE_BEHIND}",
                "PUNCH_PROBE_URL": f"http://127.0.0.1:{port + LANE_BEHIND}",
            }
            stack.enter_context(told_to_manage_py(directory, services))
            with step("Translations"):
                compile_messages()
            command = Manage(environment, logs, lifeline)
            command.as_step("Database", "migrate_platform")
            command.as_step("Regions and their months", "load_demo")
            with step("Static files"):
                collecting()
            programs = start_programs(port, directory, environment, lifeline, stack)
            with step("Web server, punch lane, worker and beat"):
                logins = command.run("load_demo", "--print-logins")
                wait_for_web(port, programs)
                wait_for_web(port + LANE_BEHIND, programs, name="lane")
                wait_for_worker(programs)
            print_addresses(port, logins, logs, time.monotonic() - began)
            watch(programs, services)


@contextlib.contextmanager
def claim(directory: Path) -> Iterator[None]:
    """One demo at a time for a directory. The kernel gives the claim back however this process ends."""
    (directory / "logs").mkdir(parents=True, exist_ok=True)
    with (directory / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise DemoFailed(f"The demo is already running here (process {lock.read().strip()}).") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def refuse_taken_port(port: int) -> None:
    """Raises `DemoFailed` when another program listens on the port."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family) as probe:
            probe.settimeout(1)
            if probe.connect_ex((address, port)) == 0:
                raise DemoFailed(f"Port {port} is taken by another program. Stop it, or choose: make demo PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoFailed(f"Port {port} cannot be used ({error.strerror}). Choose: make demo PORT=8001") from error


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done and, after it, how many seconds it took."""
    began = time.monotonic()
    print(f"  {name} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed" if not isinstance(sys.exception(), Stopped) else "", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


@dataclass(frozen=True)
class Manage:
    """Runs `manage.py` commands to their end, with their errors in a log."""

    environment: Mapping[str, str]
    logs: Path
    lifeline: Lifeline

    def as_step(self, name: str, *arguments: str) -> None:
        """With what it says below the step's name."""
        began = time.monotonic()
        print(f"  {name} ...", flush=True)
        self.run(*arguments, say=lambda line: print(f"    {line}", flush=True))
        print(f"  {name}: {time.monotonic() - began:.1f} s", flush=True)

    def run(self, *arguments: str, say: Callable[[str], None] | None = None) -> list[str]:
        """The lines that it printed; `say` gets each as it comes. Raises `DemoFailed` with the end of the errors."""
        log = fresh_log(self.logs / f"{arguments[0]}.log")
        said: list[str] = []
        with log.open("wb") as errors:
            process = self.lifeline.start(
                [sys.executable, "manage.py", *arguments],
                stop=signal.SIGTERM,
                output=subprocess.PIPE,
                errors=errors,
                cwd=CHECKOUT,
                environment={**self.environment, "PYTHONUNBUFFERED": "1"},
            )
            try:
                for line in process.stdout or ():
                    said.append(line.decode(errors="replace").rstrip())
                    if say is not None:
                        say(said[-1])
                process.wait()
            finally:
                stop_process(process, signal.SIGTERM, STOP_PATIENCE)
                self.lifeline.release(process)
                if process.stdout is not None:
                    process.stdout.close()
        if process.returncode != 0:
            raise DemoFailed(f"manage.py {arguments[0]} failed. The end of {log}:\n{tail(log)}")
        return said


@contextlib.contextmanager
def collect_static(logs: Path, lifeline: Lifeline) -> Iterator[Callable[[], None]]:
    """Start collecting the static files, unless none has changed; what is given waits for the end."""
    LOCAL.mkdir(exist_ok=True)
    stamp = LOCAL / "static.stamp"
    wanted = static_stamp()
    if stamp.exists() and stamp.read_text() == wanted and (CHECKOUT / "static-built").is_dir():
        yield lambda: None
        return
    log = fresh_log(logs / "collectstatic.log")
    with log.open("wb") as output:
        process = lifeline.start(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity", "0"],
            stop=signal.SIGTERM,
            output=output,
            cwd=CHECKOUT,
            environment=os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS},
        )

    def finish() -> None:
        if process.wait() != 0:
            raise DemoFailed(f"manage.py collectstatic failed. The end of {log}:\n{tail(log)}")
        stamp.write_text(wanted)

    try:
        yield finish
    finally:
        stop_process(process, signal.SIGTERM, STOP_PATIENCE)
        lifeline.release(process)


def static_stamp() -> str:
    """Changes when a static file of ours changes, or any package."""
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    for root in ("platform", "tenants", "api", "billing", "templates"):
        for path in sorted((CHECKOUT / root).glob("**/static/**/*")):
            if path.is_file():
                digest.update(f"{path}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


@contextlib.contextmanager
def told_to_manage_py(directory: Path, services: KeptServices) -> Iterator[None]:
    """While the demo runs, `manage.py` in another terminal finds its servers (for the usual directory)."""
    path = directory / "services.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in services.urls.environment.items()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def start_programs(
    port: int, directory: Path, environment: Mapping[str, str], lifeline: Lifeline, stack: contextlib.ExitStack
) -> list[Program]:
    """Beat, worker, web, lane: started in this order, stopped in the opposite one."""
    binaries = Path(sys.executable).parent
    commands = {
        "beat": [
            *(str(binaries / "celery"), "--app", "config.celery", "beat"),
            *("--schedule", str(directory / "beat-schedule"), "--pidfile", ""),
        ],
        "worker": [
            *(str(binaries / "celery"), "--app", "config.celery", "worker"),
            *("--queues", QUEUES, "--concurrency", "2", "--without-gossip", "--without-mingle"),
        ],
        "web": web_command(port, "config.wsgi:application"),
        "lane": web_command(port + LANE_BEHIND, "config.wsgi_lane:application"),
    }
    programs = []
    for name, command in commands.items():
        log = fresh_log(directory / "logs" / f"{name}.log")
        with log.open("wb") as output:
            process = lifeline.start(
                command,
                stop=signal.SIGTERM,
                output=output,
                cwd=CHECKOUT,
                environment={**environment, "PYTHONUNBUFFERED": "1"},
            )
        program = Program(name, process, log)
        stack.callback(stop_program, program, lifeline)
        programs.append(program)
    return programs


def web_command(port: int, application: str) -> list[str]:
    """The web server as the demo runs it, for a WSGI application (`module:name`) on a loopback port."""
    return [
        *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS), "--no-ws"),
        *("--backpressure", str(WEB_CONNECTIONS), "--http1-header-read-timeout", str(WEB_IDLE_MILLISECONDS)),
        *("--workers-kill-timeout", "5", application),
    ]


def stop_program(program: Program, lifeline: Lifeline) -> None:
    if program.process.poll() is None:
        print(f"  Stopping {program.name}", flush=True)
    stop_process(program.process, signal.SIGTERM, STOP_PATIENCE)
    # What a crashed program left of its group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.process.pid, signal.SIGKILL)
    lifeline.release(program.process)


def wait_for_web(port: int, programs: list[Program], patience: float = 60, name: str = "web") -> None:
    """Until `/readyz` says yes. Raises `DemoFailed` when a program ends or it takes too long."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        refuse_ended(programs)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
            with connection.getresponse() as answer:
                if answer.status == 200:
                    return
        time.sleep(0.1)
    web = next(program for program in programs if program.name == name)
    raise DemoFailed(f"The {name} server is not ready after {patience:.0f} s. The end of {web.log}:\n{tail(web.log)}")


def wait_for_worker(programs: list[Program], patience: float = 60) -> None:
    """Until it says that it is ready. Raises `DemoFailed` when a program ends or it takes too long."""
    worker = next(program for program in programs if program.name == "worker")
    end = time.monotonic() + patience
    while b" ready." not in worker.log.read_bytes():
        refuse_ended(programs)
        if time.monotonic() > end:
            raise DemoFailed(
                f"The worker is not ready after {patience:.0f} s. The end of {worker.log}:\n{tail(worker.log)}"
            )
        time.sleep(0.1)


def refuse_ended(programs: list[Program]) -> None:
    for program in programs:
        code = program.process.poll()
        if code is not None:
            raise DemoFailed(
                f"{program.name} ended by itself (code {code}). The end of {program.log}:\n{tail(program.log)}"
            )


def print_addresses(port: int, logins: list[str], logs: Path, seconds: float) -> None:
    print(f"\nReady after {seconds:.0f} s.\n")
    print(f"  Operators     http://localhost:{port}")
    for region in REGIONS:
        print(f"  {region.capitalize():13} http://{region}.localhost:{port}")
    print()
    for line in logins:
        print(f"  {line}")
    print(f"\nLogs are in {os.path.relpath(logs)}. Ctrl-C stops everything and keeps the data.", flush=True)


def watch(programs: list[Program], services: KeptServices) -> None:
    """Stay until a signal, or until something ends by itself."""
    servers = (("PostgreSQL", services.postgres), ("Redis", services.redis))
    watched = [
        *programs,
        *(
            Program(name, server.process, server.log)
            for name, server in servers
            if server is not None and server.process is not None
        ),
    ]
    while True:
        refuse_ended(watched)
        time.sleep(0.3)


def reset(directory: Path = LOCAL) -> None:
    """Stop a demo that runs here, and remove what it stored. Servers given by environment variables are not touched."""
    stop_running_demo(directory)
    with claim(directory):
        kept_redis(directory).end_leftover()
        kept_postgres(directory).end_leftover()
        for path in sorted(directory.iterdir()):
            if path.name.startswith(KEPT_ON_RESET):
                continue
            if path.is_symlink() or path.is_dir():
                remove_directory(path)
            else:
                path.unlink()
    print("The demo's data are removed; `make demo` starts over.")


def stop_running_demo(directory: Path, patience: float = 90) -> None:
    """Ask a demo of this directory to stop and wait until it has."""
    lock = directory / "demo.lock"
    if not lock.exists():
        return
    end = time.monotonic() + patience
    asked = False
    with lock.open() as handle:
        while time.monotonic() < end:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                handle.seek(0)
                pid = handle.read().strip()
                if not asked and pid and "infra.local.demo" in command_of(int(pid)):
                    print(f"Stopping the running demo (process {pid})", flush=True)
                    os.kill(int(pid), signal.SIGTERM)
                    asked = True
            time.sleep(0.2)
    raise DemoFailed("The running demo does not stop; end it with Ctrl-C in its terminal first.")


if __name__ == "__main__":
    main()
