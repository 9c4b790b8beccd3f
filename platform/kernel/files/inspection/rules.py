"""Signatures: rules of this project (`rules/*.yar`), compiled once for each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yara_x

from kernel.files.inspection.findings import Stop, quarantine, reject
from kernel.files.inspection.limits import RULES_SECONDS

STEP: Final = "rules"
_FOLDER: Final = Path(__file__).parent / "rules"


@cache
def _scanner() -> yara_x.Scanner:
    compiler = yara_x.Compiler()
    for path in sorted(_FOLDER.glob("*.yar")):
        compiler.new_namespace(path.stem)
        compiler.add_source(path.read_text(encoding="utf-8"))
    scanner = yara_x.Scanner(compiler.build())
    scanner.set_timeout(RULES_SECONDS)
    return scanner


def match_rules(content: bytes) -> list[str]:
    """The names of the rules that the bytes match, in order."""
    try:
        return sorted(rule.identifier for rule in _scanner().scan(content).matching_rules)
    except yara_x.TimeoutError as error:
        raise reject(STEP, "too_complex") from error


def check_rules(content: bytes) -> None:
    """Raise Stop for the first signature."""
    found = match_rules(content)
    if found:
        raise Stop(*quarantine(STEP, "signature", ", ".join(found)).findings)
