"""Judge texts from outside: JSON lines in, JSON lines out. No database, no network; same input, same verdict."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from typing_extensions import override

from kernel.judol import Profile, judge_text
from kernel.judol.linear import shipped
from kernel.judol.opinion import heard
from kernel.tenancy.commands import ControlCommand


class Command(ControlCommand):
    help = (
        "Judge texts for advertising of online gambling. One JSON object a line: "
        '{"id", "kind": "user_text" or "page", "text"} in, {"id", "verdict", "score", "reasons", "ms"} out; '
        'a line that cannot be read is answered by {"id", "line", "error"}.'
    )
    requires_system_checks = []

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="file of JSON lines; standard input without it")

    @override
    def run(self, **options: Any) -> None:
        with ExitStack() as stack:
            lines: Iterable[bytes] = sys.stdin.buffer
            if options["file"] is not None:
                lines = stack.enter_context(options["file"].open("rb"))
            for answer in answers(lines):
                self.stdout.write(json.dumps(answer, ensure_ascii=False))


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not empty, in the same order."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(line, number)


def _answer(line: bytes, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "line": number, "error": "not JSON"}
    if not isinstance(asked, dict):
        return {"id": None, "line": number, "error": "not an object"}
    uid = asked.get("id")
    if not isinstance(asked.get("text"), str):
        return {"id": uid, "line": number, "error": "text is missing or not a string"}
    try:
        profile = Profile(asked["kind"])
    except (KeyError, ValueError):
        return {"id": uid, "line": number, "error": "kind is neither user_text nor page"}
    began = time.perf_counter()
    judged = heard(judge_text(asked["text"], profile), asked["text"], shipped(), profile)
    return {
        "id": uid,
        "verdict": judged.verdict,
        "score": judged.score,
        "reasons": [
            {"code": reason.code, "found": _printable(reason.piece), "weight": reason.weight}
            for reason in judged.reasons
        ],
        "ms": round((time.perf_counter() - began) * 1000, 3),
    }


def _printable(piece: str) -> str:
    return piece.encode("utf-8", "replace").decode()
