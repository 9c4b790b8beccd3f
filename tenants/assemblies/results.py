"""The result of an assembly, person by person, for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kernel.among import among_keys
from tenants.assemblies.models import Assembly, Mark
from tenants.assemblies.presence import Presence, called_to, presences
from tenants.employees.models import Employee

# Says who has an approved document on a day, by employee, with its words. An app above registers it.
Excuses = Callable[[Collection[int], date], Mapping[int, str]]
_excuses: list[Excuses] = []
ATTENDED: Final = Mark.State.ATTENDED
EXCUSED: Final = Mark.State.EXCUSED
MISSED: Final = Mark.State.MISSED


def register_excuses(excuses: Excuses) -> None:
    """Let an app say who is excused by a document; call it from AppConfig.ready."""
    if excuses not in _excuses:
        _excuses.append(excuses)


@dataclass(frozen=True, slots=True)
class Line:
    """One person called. `state` attended, excused or missed; `presence` how it is known, `document` its words."""

    employee: Employee
    state: str
    presence: Presence | None
    document: str = ""

    @property
    def is_doubtful(self) -> bool:
        return self.presence is not None and self.presence.is_doubtful


@dataclass(frozen=True, slots=True)
class Result:
    """Everybody called, by name, and how many of each state."""

    lines: tuple[Line, ...]
    counts: Mapping[str, int]


def result_of(assembly: Assembly, among: Collection[int] | None = None) -> Result:
    """Who came. Only of these people, or of everybody called."""
    called = called_to([assembly], among)
    came = presences([assembly], called)
    keys = called[assembly.pk]
    documents: dict[int, str] = {}
    for excuses in _excuses:
        documents.update(excuses(keys, assembly.date))
    people = Employee.objects.filter(among_keys("pk", keys)).order_by("name", "pk")
    lines = tuple(
        _line(employee, came.get((assembly.pk, employee.pk)), documents.get(employee.pk, "")) for employee in people
    )
    return Result(lines, Counter(line.state for line in lines))


def _line(employee: Employee, presence: Presence | None, document: str) -> Line:
    if presence is not None and presence.state != MISSED:
        return Line(employee, presence.state, presence)
    return Line(employee, EXCUSED if document else MISSED, presence, document)
