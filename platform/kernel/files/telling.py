"""What happened to a file, for those who watch."""

from __future__ import annotations

from typing import Any

from kernel.files.inspection.findings import Report, Verdict
from kernel.watching import Severity, emit, names

_SEVERITY = {Verdict.QUARANTINE: Severity.MEDIUM, Verdict.REJECT: Severity.LOW, Verdict.REVIEW: Severity.LOW}


def tell(digest: str, report: Report, **facts: Any) -> None:
    """That a file was inspected and what came of it; `digest` is that of what was sent."""
    verdict = report.verdict
    reasons = [f"{finding.step}:{finding.code}" for finding in report.findings]
    facts = {"verdict": str(verdict), "reasons": reasons, "kind": report.kind, **facts}
    emit(names.UPLOAD_VALIDATION, severity=_SEVERITY.get(verdict, Severity.INFORMATIONAL), subject=digest, **facts)
    if verdict is Verdict.QUARANTINE:
        emit(names.UPLOAD_QUARANTINE, subject=digest, **facts)
    elif not verdict.is_refused:
        emit(names.UPLOAD_STORED, subject=digest, **facts)
