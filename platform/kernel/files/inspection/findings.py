"""What an inspection says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """From harmless to harmful. `accept`: taken as it is. `clean`: taken after it was made anew (pictures)."""

    ACCEPT = "accept"
    CLEAN = "clean"
    REVIEW = "review"
    REJECT = "reject"
    QUARANTINE = "quarantine"

    @property
    def weight(self) -> int:
        """How bad it is, for taking the worst of several."""
        return list(Verdict).index(self)

    @property
    def is_taken(self) -> bool:
        """Whether the file may be handed out."""
        return self in (Verdict.ACCEPT, Verdict.CLEAN)

    @property
    def is_refused(self) -> bool:
        """Whether nobody gets it, whatever a person decides."""
        return self in (Verdict.REJECT, Verdict.QUARANTINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a file: the step that found it, a stable code, and a fact for operators."""

    step: str
    code: str
    verdict: Verdict
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """Flat, for the line between the processes and for storage."""
        return {"step": self.step, "code": self.code, "verdict": str(self.verdict), "detail": self.detail}

    @classmethod
    def from_json(cls, said: dict[str, str]) -> Finding:
        """The opposite of `as_json`."""
        return cls(said["step"], said["code"], Verdict(said["verdict"]), said.get("detail", ""))


class Stop(Exception):
    """A step found what makes further looking pointless."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__(", ".join(finding.code for finding in findings))


def reject(step: str, code: str, detail: object = "") -> Stop:
    """To be raised: not taken, and not kept."""
    return Stop(Finding(step, code, Verdict.REJECT, shorten(detail)))


def quarantine(step: str, code: str, detail: object = "") -> Stop:
    """To be raised: not taken, kept apart for whoever investigates."""
    return Stop(Finding(step, code, Verdict.QUARANTINE, shorten(detail)))


def review(step: str, code: str, detail: object = "") -> Finding:
    """To be collected: a person looks before anybody gets it."""
    return Finding(step, code, Verdict.REVIEW, shorten(detail))


def shorten(detail: object) -> str:
    """A fact in one short line without control characters: it comes from the file."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(detail))
    return text if len(text) <= 120 else text[:117] + "..."


@dataclass(slots=True)
class Report:
    """What became of one file."""

    kind: str = ""
    findings: list[Finding] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    # Made anew from the pixels; None when the bytes are taken as they are.
    made: bytes | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings; without any, whether the bytes are new."""
        worst = max((finding.verdict for finding in self.findings), key=lambda verdict: verdict.weight, default=None)
        if worst is None:
            return Verdict.ACCEPT if self.made is None else Verdict.CLEAN
        return worst

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep more findings. Of a file that is refused nothing is made."""
        self.findings.extend(findings)
        if self.verdict.is_refused:
            self.made = None
