"""`scan_text`: JSON lines in, JSON lines out."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kernel.judol.management.commands.scan_text import answers


def _scan(tmp_path: Path, *lines: bytes) -> list[dict[str, Any]]:
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    out = StringIO()
    call_command("scan_text", str(tmp_path / "in.jsonl"), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _line(**asked: object) -> bytes:
    return json.dumps(asked).encode()


def test_each_line_is_answered_with_verdict_score_reasons_and_time(tmp_path: Path) -> None:
    spam, office, page = _scan(
        tmp_path,
        _line(id="a", kind="user_text", text="main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor"),
        _line(id=2, kind="user_text", text="Rapat di SMPN 88"),
        _line(id=None, kind="page", text="situs judi online slot gacor terpercaya, link alternatif"),
    )
    assert (spam["id"], spam["verdict"]) == ("a", "block")
    assert spam["reasons"][0].keys() == {"code", "found", "weight"}
    assert spam["ms"] > 0
    assert (office["id"], office["verdict"], office["score"], office["reasons"]) == (2, "allow", 0, [])
    assert (page["id"], page["verdict"]) == (None, "block")


def test_the_same_input_gives_the_same_verdicts() -> None:
    lines = [_line(id=at, kind="user_text", text=text) for at, text in enumerate(["wd cepat KORUS77", "Rapat", ""])]
    first, second = [[{**answer, "ms": 0} for answer in answers(lines)] for _ in range(2)]
    assert first == second


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not an object"),
        (b'{"id": 7, "kind": "user_text"}', "text is missing or not a string"),
        (b'{"id": 7, "kind": "user_text", "text": 3}', "text is missing or not a string"),
        (b'{"id": 7, "kind": "mail", "text": "a"}', "kind is neither user_text nor page"),
        (b'{"id": 7, "kind": ["page"], "text": "a"}', "kind is neither user_text nor page"),
    ],
)
def test_a_line_that_cannot_be_read_gets_an_error_and_the_next_is_judged(
    tmp_path: Path, line: bytes, error: str
) -> None:
    broken, good = _scan(tmp_path, line, b"", _line(id="next", kind="user_text", text="Rapat"))
    assert broken["error"] == error
    assert broken["line"] == 1
    assert good["verdict"] == "allow"


def test_half_a_character_does_not_break_the_answer(tmp_path: Path) -> None:
    (answer,) = _scan(tmp_path, b'{"id": "\\ud835", "kind": "user_text", "text": "\\ud835 gacor KORUS77 \\udc00"}')
    assert answer["verdict"] in ("review", "block")
