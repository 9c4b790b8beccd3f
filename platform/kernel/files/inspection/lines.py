"""The inspection as JSON lines, for examination from outside: one file in, one verdict out.

In: `{"id", "filename", "bytes" (base64), "context"}`. Out: `{"id", "verdict", "served_sha256", "reasons"}` and, when
asked, `"served"` (base64). `context` is the name of a use (`evidence`, `import`, `machine_log`) or an object with any
of `use`, `kinds` (a list of extensions that are taken) and `served` (true: give back what would be handed out).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kernel.files.inspection.findings import Report
from kernel.files.inspection.kinds import DOCUMENTS, Kind

USES: Final = {
    "import": frozenset({Kind.XLSX, Kind.CSV}),
    "machine_log": frozenset({Kind.XLSX, Kind.CSV, Kind.TEXT, Kind.DATA}),
}
_ASKS_FOR_SERVED: Final = ("served", "want_served", "return_served")

Inspect = Callable[[bytes, str, frozenset[Kind]], Report]


class BadLine(Exception):
    """The line is not one of these requests; says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """One line, read."""

    id: Any
    name: str
    content: bytes
    allowed: frozenset[Kind]
    wants_served: bool


def answer_line(line: bytes, inspect: Inspect, *, always_served: bool = False) -> str:
    """The answer to one line. A bad line gets `{"id", "error"}`."""
    said: Any = None
    try:
        said = _parsed(line)
        request = _request(said)
    except BadLine as error:
        known = said.get("id") if isinstance(said, dict) else None
        return json.dumps({"id": known, "error": str(error)})
    report = inspect(request.content, request.name, request.allowed)
    served = None
    if report.verdict.is_taken:
        served = request.content if report.made is None else report.made
    answer: dict[str, Any] = {
        "id": request.id,
        "verdict": str(report.verdict),
        "served_sha256": None if served is None else hashlib.sha256(served).hexdigest(),
        "reasons": [_reason(finding.step, finding.code, finding.detail) for finding in report.findings],
    }
    if request.wants_served or always_served:
        answer["served"] = None if served is None else base64.b64encode(served).decode()
    return json.dumps(answer)


def _reason(step: str, code: str, detail: str) -> str:
    return f"{step}:{code}" + (f" ({detail})" if detail else "")


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine("not JSON") from error
    if not isinstance(said, dict):
        raise BadLine("not an object")
    return said


def _request(said: dict[str, Any]) -> Request:
    name, packed = said.get("filename"), said.get("bytes")
    if not isinstance(name, str):
        raise BadLine("filename is missing")
    if not isinstance(packed, str):
        raise BadLine("bytes is missing")
    try:
        content = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLine("bytes is not base64") from error
    context = said.get("context")
    asked = context if isinstance(context, dict) else {"use": context}
    wants = any(asked.get(key) or said.get(key) for key in _ASKS_FOR_SERVED)
    return Request(said.get("id"), name, content, _allowed(asked), wants)


def _allowed(asked: dict[str, Any]) -> frozenset[Kind]:
    kinds = asked.get("kinds")
    if kinds is None:
        return USES.get(str(asked.get("use")), DOCUMENTS)
    if not isinstance(kinds, list):
        raise BadLine("context.kinds is not a list")
    named = {"jpg" if kind == "jpeg" else kind for kind in kinds}
    unknown = sorted(str(kind) for kind in named if kind not in list(Kind))
    if unknown:
        raise BadLine(f"context.kinds: {', '.join(unknown)} is not known")
    return frozenset(Kind(kind) for kind in named)
