"""Sheets that people hand in, read in the child process as the inspection is: a bomb or a crash is a refused sheet.

Faults are those of `kernel.sheets.reading.BookFault`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from kernel.files import sandbox
from kernel.files.inspection.findings import Finding, Report, Verdict
from kernel.files.inspection.limits import SHEET_CPU_SECONDS
from kernel.files.inspection.sheets import NotRead, unpacked
from kernel.files.sandbox import ChildBusy, ChildLost
from kernel.files.scanning import digest_of
from kernel.files.telling import tell

# The child of a web process may look at another file; a person does not wait longer for their own.
PATIENCE_SECONDS: Final = 20.0


def sheet_names(content: bytes) -> list[str]:
    """The names of the workbook's sheets, in order. Raises NotRead."""
    names: list[str] = _asked("sheets", content)[0]["names"]
    return names


def cells(content: bytes, sheet: str | None) -> list[list[Any]]:
    """All lines of a sheet (the first one when None), as they stand. Raises NotRead."""
    return unpacked(_asked("cells", content, sheet=sheet)[1])


def unlock(content: bytes, passwords: Sequence[str]) -> bytes:
    """The plain workbook of one that was saved with one of these passwords. Raises NotRead."""
    return _asked("unlock", content, passwords=passwords)[1]


def _asked(question: str, content: bytes, **said: Any) -> tuple[dict[str, Any], bytes]:
    head = {"ask": question, "seconds": SHEET_CPU_SECONDS, **said}
    try:
        answer, body = sandbox.ask(head, content, patience=PATIENCE_SECONDS)
    except ChildBusy as error:
        raise NotRead("busy") from error
    except ChildLost as error:
        lost = Finding(question, "too_complex", Verdict.REJECT, str(error))
        tell(digest_of(content), Report(findings=[lost], steps=[question]), size=len(content))
        raise NotRead("too_complex") from error
    if "fault" in answer:
        raise NotRead(answer["fault"], answer["detail"])
    return answer, body
