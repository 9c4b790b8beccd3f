"""What the fixture wrote down about the regions that it filled, for the generator, which needs no Django."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

CSRF: Final = "a" * 32


@dataclass(frozen=True)
class Phone:
    """A signed-in person's device."""

    employee_id: int
    cookies: dict[str, str]


@dataclass(frozen=True)
class FilledRegion:
    """One region: who is signed in at which host, and the user who may run a month."""

    code: str
    schema: str
    host: str
    phones: list[Phone] = field(default_factory=list)
    runner: str = ""


@dataclass(frozen=True)
class Fixture:
    """All regions, the large one first; `month` (as 2026-10) is the newest finished one."""

    digest: str
    month: str
    regions: list[FilledRegion]

    @classmethod
    def read(cls, path: Path) -> Fixture:
        told = json.loads(path.read_text())
        regions = [
            FilledRegion(**{**region, "phones": [Phone(**phone) for phone in region["phones"]]})
            for region in told["regions"]
        ]
        return cls(told["digest"], told["month"], regions)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))
