"""`manage.py scan_file`: JSON lines in, JSON lines out."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings

from tests.kernel.files.inspection import documents, hostile


def scan(*lines: object, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    said = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "manage.py", "scan_file", *options],
        input="".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
        cwd=settings.BASE_DIR,
        # Neither database nor broker is to be had: the command needs none.
        env={**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in said.stdout.splitlines()]


def asked(name: str, content: bytes, **more: object) -> dict[str, object]:
    return {"id": name, "filename": name, "bytes": base64.b64encode(content).decode(), **more}


def test_verdicts_come_in_the_order_of_the_lines_and_a_bad_line_stops_nothing() -> None:
    paper, picture = documents.pdf(), documents.jpeg()
    answers = scan(
        asked("surat.pdf", paper),
        asked("foto.jpg", picture, context={"served": True}),
        asked("foto.jpg", hostile.HTML),
        "not JSON",
        '{"id": 6, "filename": "\\ud800.pdf", "bytes": "YQ=="}',
        {"id": 7, "filename": "a.pdf"},
        asked("a.pdf", b"", bytes="***"),
        asked("tabel.csv", b"nip;nama\n1;Ani\n"),
        asked("tabel.csv", b"nip;nama\n1;Ani\n", context="import"),
        asked("surat.pdf", paper),
    )
    assert [answer.get("verdict") for answer in answers] == [
        "accept", "clean", "quarantine", None, "reject", None, None, "reject", "accept", "accept",
    ]  # fmt: skip
    assert answers[0]["served_sha256"] == hashlib.sha256(paper).hexdigest()
    served = base64.b64decode(answers[1]["served"])
    assert served != picture
    assert answers[1]["served_sha256"] == hashlib.sha256(served).hexdigest()
    assert answers[2]["served_sha256"] is None
    assert answers[2]["reasons"] == ["kind:markup"]
    assert [answer["error"] for answer in answers if "error" in answer] == [
        "not JSON",
        "bytes is missing",
        "bytes is not base64",
    ]
    assert answers[0] == answers[9]


def test_what_the_log_says_of_a_lost_child_stays_out_of_the_answers() -> None:
    name, bomb = next((name, content) for label, name, content in hostile.files_of("bombs") if label == "page-pdf")
    assert [answer["verdict"] for answer in scan(asked(name, bomb), asked("surat.pdf", documents.pdf()))] == [
        "reject",
        "accept",
    ]
