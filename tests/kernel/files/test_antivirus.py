"""Asking a clamd: a server of the test's own speaks its protocol; the real one where it is installed."""

from __future__ import annotations

import shutil
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from kernel.files import antivirus
from kernel.files.antivirus import AntivirusAway
from tests.kernel.files.inspection.hostile import EICAR


class Clamd(socketserver.StreamRequestHandler):
    """INSTREAM and VERSION as clamd(8) describes them; it knows one signature."""

    @override
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zVERSION\0":
            self.wfile.write(b"ClamAV 1.4.6/1\0")
            return
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        if len(content) > 1_000_000:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        else:
            self.wfile.write(b"stream: Uji.Coba FOUND\0" if EICAR in content else b"stream: OK\0")


@pytest.fixture
def clamd(settings: Any) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()
        thread.join()


def test_without_one_nothing_is_asked_and_the_console_says_so(settings: Any) -> None:
    settings.CLAMD = ""
    assert antivirus.look(EICAR) == []
    assert antivirus.state_words() == "tidak dipasang"


def test_what_it_finds_is_quarantined_and_the_rest_passes(clamd: None) -> None:
    assert antivirus.look(b"x" * 200_000) == []
    (found,) = antivirus.look(b"x" * 70_000 + EICAR)
    assert (found.step, found.verdict, found.detail) == ("antivirus", "quarantine", "Uji.Coba")
    assert antivirus.state_words() == "ClamAV 1.4.6/1"


def test_an_answer_that_is_none_lets_no_file_pass(clamd: None, settings: Any) -> None:
    with pytest.raises(AntivirusAway):
        antivirus.look(b"x" * 1_100_000)
    settings.CLAMD = "127.0.0.1:1"
    with pytest.raises(AntivirusAway):
        antivirus.look(b"x")
    assert "tidak menjawab" in antivirus.state_words()


@pytest.mark.skipif(shutil.which("clamd") is None, reason="clamd is not installed")
def test_the_real_daemon_understands_us(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "db").mkdir()
    # A signature of the test's own: the marker in hex.
    (tmp_path / "db" / "own.ndb").write_text(f"Uji.Coba:0:*:{b'penanda-uji-antivirus'.hex()}\n")
    (tmp_path / "clamd.conf").write_text(
        f"DatabaseDirectory {tmp_path}/db\nLocalSocket {tmp_path}/clamd.ctl\nForeground yes\n"
    )
    with subprocess.Popen(["clamd", f"--config-file={tmp_path}/clamd.conf"]) as daemon:  # noqa: S603, S607
        until = time.monotonic() + 30
        while not (tmp_path / "clamd.ctl").exists() and time.monotonic() < until:
            time.sleep(0.1)
        settings.CLAMD = str(tmp_path / "clamd.ctl")
        assert antivirus.look(b"berkas biasa") == []
        assert antivirus.look(b"penanda-uji-antivirus")[0].detail == "Uji.Coba.UNOFFICIAL"
        daemon.terminate()
