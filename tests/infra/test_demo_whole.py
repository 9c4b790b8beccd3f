"""The demo as a person sees it: started twice from nothing, looked at, and stopped."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from infra.local.accounts import remove_directory
from infra.local.demo import reset
from infra.local.first_visit import Visitor
from infra.local.services import CHECKOUT


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="kinerja-demo-"))
    path.chmod(0o711)
    yield path
    reset(path)
    remove_directory(path)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def start(directory: Path, port: int) -> tuple[subprocess.Popen[str], list[str]]:
    """The running demo and all that it printed until it was ready, in an environment with nothing in it."""
    demo = subprocess.Popen(
        [sys.executable, "-m", "infra.local.demo", "--port", str(port), "--data", str(directory)],
        cwd=CHECKOUT,
        env={"PATH": os.defpath, "HOME": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert demo.stdout is not None
    said: list[str] = []
    for line in demo.stdout:
        said.append(line.rstrip())
        if "Ctrl-C stops everything" in line:
            return demo, said
    raise AssertionError("\n".join(said))


def status(port: int, host: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def first_visit(port: int, said: list[str]) -> tuple[int, str]:
    """Somebody signs in with what the demo printed, punches, and reads the slip of the finished month."""
    text = "\n".join(said)
    password = re.search(r"Password of everybody: (\S+)", text)
    nip = re.search(r"manado\.localhost: .*ASN (\d{18})", text)
    assert password is not None, text
    assert nip is not None, text
    visitor = Visitor(port, "manado.localhost")
    visitor.sign_in(nip[1], password[1])
    receipt, slip = visitor.punch(), visitor.newest_slip()
    assert slip["is_locked"]
    gross = sum(Decimal(line["amount"]) for line in slip["lines"] if line["column"] == "gross")
    assert gross == Decimal(slip["gross"])
    return receipt, slip["net"]


def programs_of(directory: Path) -> list[str]:
    """Command lines of running programs that name the directory or the demo's environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (entry / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(directory) in command or f"FILES_DIR={directory}" in environment:
            found.append(command)
    return found


def stop(demo: subprocess.Popen[str], directory: Path, how: signal.Signals) -> None:
    demo.send_signal(how)
    rest = demo.communicate(timeout=90)[0]
    assert demo.returncode == 0, rest
    end = time.monotonic() + 10
    while programs_of(directory) and time.monotonic() < end:
        time.sleep(0.1)
    assert programs_of(directory) == []


def test_the_demo_starts_from_nothing_shows_its_regions_and_keeps_them(directory: Path, port: int) -> None:
    demo, said = start(directory, port)
    text = "\n".join(said)
    for address in (
        f"http://localhost:{port}",
        f"http://manado.localhost:{port}",
        f"http://banjarmasin.localhost:{port}",
    ):
        assert address in text
    assert status(port, "localhost", "/readyz") == 200
    for host in ("localhost", "manado.localhost", "banjarmasin.localhost"):
        assert status(port, host, "/masuk/") == 200, host
    assert status(port, "nowhere.localhost", "/masuk/") == 404
    assert len(programs_of(directory)) > 5
    receipt, net = first_visit(port, said)
    stop(demo, directory, signal.SIGINT)

    demo, said = start(directory, port)
    again = first_visit(port, said)
    # The same data: receipts go on counting, and the locked slip is the one of the first start.
    assert again == (receipt + 1, net)
    stop(demo, directory, signal.SIGTERM)
