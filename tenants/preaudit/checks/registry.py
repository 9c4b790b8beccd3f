"""The list of checks, and what one says that it has found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.money import decimal_text
from tenants.preaudit.subject import Subject

# A fact as it is stored: a plain text or number, or one of {"rupiah": "1000"} and {"day": "2026-10-10"}, which are put
# into words when they are shown.
Fact = str | int | dict[str, str]


class Mend(StrEnum):
    """Where the person in charge mends it."""

    EMPLOYEE = "employee"
    ACCOUNT = "account"
    SLIP = "slip"
    ATTENDANCE = "attendance"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Found:
    """One person for whom a check hits, with the facts that its words name."""

    employee_id: int
    facts: Mapping[str, Fact] = field(default_factory=dict)


Question = Callable[[Subject], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the people who would be paid.

    `grave`: money would go to somebody who may not have it, so only the inspectorate lets a hit through. `words` name
    the facts as `%(fact)s`. `source` says why the check is made.
    """

    code: str
    title: str | Promise
    words: str | Promise
    mend: Mend
    is_grave: bool
    source: str | Promise
    find: Question


_checks: dict[str, Check] = {}


def check(
    code: str, *, title: str | Promise, words: str | Promise, mend: Mend, source: str | Promise, is_grave: bool = False
) -> Callable[[Question], Question]:
    """Register the function as a check; its statements do not grow with the people."""

    def register(find: Question) -> Question:
        if code in _checks:
            raise LookupError(f"two checks are called {code}")
        _checks[code] = Check(code, title, words, mend, is_grave, source, find)
        return find

    return register


def all_checks() -> Iterator[Check]:
    """In the order in which they were written: the grave ones of each module first."""
    yield from _checks.values()


def check_of(code: str) -> Check | None:
    """The check of this code; None for one that was taken out."""
    return _checks.get(code)


def rupiah(amount: Decimal) -> Fact:
    """An amount as a fact."""
    return {"rupiah": decimal_text(amount)}


def day(value: date) -> Fact:
    """A day as a fact."""
    return {"day": value.isoformat()}


BPK: Final = _("Temuan berulang BPK atas tambahan penghasilan")


def as_facts(**facts: Any) -> dict[str, Fact]:
    """Days and amounts as they are stored; texts and numbers as they are."""
    return {
        name: day(value) if isinstance(value, date) else rupiah(value) if isinstance(value, Decimal) else value
        for name, value in facts.items()
    }


def counted(counts: Mapping[int, int]) -> Iterator[Found]:
    """Whoever was counted, by the employee's key, with the fact `count`."""
    for employee, count in sorted(counts.items()):
        yield Found(employee, {"count": count})
