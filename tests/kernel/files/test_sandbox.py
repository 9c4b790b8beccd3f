"""The child process: what is too much for it is a refused file, and the next file gets another child."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from kernel.files import sandbox
from kernel.files.inspection import child, limits
from kernel.files.inspection.findings import Verdict
from kernel.files.sandbox import ChildBusy
from tests.kernel.files.inspection import documents


@pytest.fixture(autouse=True)
def child_ends() -> Iterator[None]:
    yield
    sandbox.close()


def kept_child() -> Any:
    child = sandbox._place.child
    assert child is not None
    return child


def heads_said(monkeypatch: pytest.MonkeyPatch, *, spent: float) -> list[dict[str, Any]]:
    """What the child is asked, while it says that each step took so many seconds."""
    said: list[dict[str, Any]] = []
    ask = sandbox._Child.ask

    def listen(child: Any, head: dict[str, Any], content: bytes, wall: float) -> tuple[dict[str, Any], bytes]:
        said.append(head)
        answer, body = ask(child, head, content, wall)
        return {**answer, "spent": spent}, body

    monkeypatch.setattr(sandbox._Child, "ask", listen)
    return said


def test_a_child_that_dies_over_a_file_refuses_it_and_the_next_file_passes() -> None:
    sandbox.inspect(documents.pdf(), "surat.pdf")
    kept_child()._process.kill()
    lost = sandbox.inspect(documents.pdf(), "surat.pdf")
    assert [(finding.code, finding.verdict) for finding in lost.findings] == [("too_complex", Verdict.REJECT)]
    assert sandbox.inspect(documents.pdf(), "surat.pdf").verdict is Verdict.ACCEPT


def test_a_file_that_takes_too_long_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "STRUCTURE_CPU_SECONDS", 0.02)
    picture = documents.png(documents.picture(3000, 3000))
    assert sandbox.inspect(picture, "foto.png").findings[0].code == "too_complex"


def test_words_that_cannot_be_read_in_time_ask_for_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    said = heads_said(monkeypatch, spent=limits.FILE_CPU_SECONDS - 0.001)
    report = sandbox.inspect(documents.pdf("Laporan kegiatan pegawai. " * 400, pages=120), "laporan.pdf")
    assert (report.verdict, report.findings[0].code) == (Verdict.REVIEW, "words_unreadable")
    assert said[1]["seconds"] == pytest.approx(0.001)


def test_a_child_that_dies_over_the_words_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = sandbox._Child.ask

    def die_over_words(child: Any, head: dict[str, Any], content: bytes, wall: float) -> tuple[dict[str, Any], bytes]:
        if head["ask"] == "words":
            child._process.kill()
        return ask(child, head, content, wall)

    monkeypatch.setattr(sandbox._Child, "ask", die_over_words)
    report = sandbox.inspect(documents.pdf(), "surat.pdf")
    assert [(finding.code, finding.verdict) for finding in report.findings] == [("too_complex", Verdict.REJECT)]


def test_both_steps_share_one_budget_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    said = heads_said(monkeypatch, spent=0.75)
    assert sandbox.inspect(documents.pdf(), "surat.pdf").verdict is Verdict.ACCEPT
    assert [head["ask"] for head in said] == ["look", "words"]
    assert said[0]["seconds"] < limits.FILE_CPU_SECONDS
    assert said[1]["seconds"] == limits.FILE_CPU_SECONDS - 0.75


def test_the_child_says_how_much_time_a_step_took() -> None:
    head = {"ask": "words", "name": "laporan.pdf", "kind": "pdf", "seconds": 2.0}
    with sandbox._kept_child(1.0) as child:
        answer, _body = child.ask(head, documents.pdf("Laporan kegiatan pegawai. " * 400, pages=40), 20.0)
    assert 0 < answer["spent"] < 2


def test_the_child_is_replaced_after_a_number_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "REQUESTS_FOR_ONE_CHILD", 1)
    sandbox.inspect(documents.pdf(), "surat.pdf")
    first = kept_child()._process.pid
    sandbox.inspect(documents.pdf(), "surat.pdf")
    assert kept_child()._process.pid != first


def test_the_child_gets_neither_memory_nor_files_nor_secrets_beyond_its_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-the-child")
    sandbox.close()
    sandbox.inspect(documents.pdf(), "surat.pdf")
    pid = kept_child()._process.pid
    limits = {line[:26].strip(): line[26:].split() for line in Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]}
    assert int(limits["Max data size"][1]) < 600 * 1024 * 1024
    assert limits["Max file size"][:2] == ["0", "0"]
    assert int(limits["Max open files"][1]) <= 32
    assert b"not-for-the-child" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_the_child_has_no_network_but_a_loopback_that_is_down_and_no_rights() -> None:
    sandbox.inspect(documents.pdf(), "surat.pdf")
    if sandbox._warn.cache_info().currsize:
        pytest.skip("this kernel or container gives no namespace")
    about = Path(f"/proc/{kept_child()._process.pid}")
    devices = [line.split(":")[0].strip() for line in (about / "net/dev").read_text().splitlines()[2:]]
    assert devices == ["lo"]
    assert (about / "net/route").read_text().splitlines()[1:] == []
    assert "CapEff:\t0000000000000000" in (about / "status").read_text()


def test_where_the_kernel_gives_no_namespace_the_log_says_so_once() -> None:
    sandbox._warn.cache_clear()
    with capture_logs() as logged:
        sandbox._say_if_on_network({"is_cut_off": True})
        sandbox._say_if_on_network({"is_cut_off": False})
        sandbox._say_if_on_network({"is_cut_off": False})
    assert [entry["event"] for entry in logged] == ["inspection_child_on_network"]
    sandbox._warn.cache_clear()


def test_while_no_child_starts_files_wait_and_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.close()
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        with pytest.raises(ChildBusy):
            sandbox.inspect(documents.pdf(), "surat.pdf")
    assert sandbox.inspect(documents.pdf(), "surat.pdf").verdict is Verdict.ACCEPT


def test_while_the_child_looks_at_another_file_this_one_can_wait() -> None:
    with sandbox._kept_child(1.0):
        busy: list[BaseException] = []

        def ask() -> None:
            try:
                sandbox.inspect(documents.pdf(), "surat.pdf", patience=0.01)
            except ChildBusy as error:
                busy.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert len(busy) == 1


def test_a_forked_process_has_no_part_in_its_parents_child() -> None:
    sandbox.inspect(documents.pdf(), "surat.pdf")
    reading, writing = os.pipe()
    forked = os.fork()
    if not forked:
        os.write(writing, b"none" if sandbox._place.child is None else b"kept")
        os._exit(0)
    os.waitpid(forked, 0)
    assert os.read(reading, 4) == b"none"
    os.close(reading)
    os.close(writing)
    assert sandbox.inspect(documents.pdf(), "surat.pdf").verdict is Verdict.ACCEPT


def test_what_libraries_print_does_not_reach_the_line() -> None:
    assert child.LENGTH.size == 4
    assert sandbox.inspect(b"%PDF-1.7 rusak", "surat.pdf").verdict is Verdict.REJECT
