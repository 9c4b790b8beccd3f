"""Errors that carry facts, and the words in which a person is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from kernel.date_words import day_words, month_words
from kernel.periods import Month

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class DomainError(Exception):
    """Something that the rules of the field refuse. Subclasses carry the facts.

    `status` is the HTTP status with which pages and the API answer; `code` is stable and machine-readable; `words` say
    what happened and what to do, and name the facts that are filled in: `%(month)s` is `self.month`, in words.
    """

    status = 409
    code = "refused"
    words: ClassVar[str | _StrPromise] = ""

    def message(self) -> str:
        """What happened and what to do, for the person, in the active language."""
        return self._filled(self.words) if self.words else str(self)

    def _filled(self, words: str | _StrPromise) -> str:
        return str(words) % {name: _in_words(fact) for name, fact in vars(self).items()}


class ReasonRefused(DomainError):
    """A refusal for one of several reasons. `reason` is stable; `reasons` has the words of each."""

    reasons: ClassVar[Mapping[str, str | _StrPromise]] = {}

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    @override
    def message(self) -> str:
        return self._filled(self.reasons[self.reason])


class MonthRefused(DomainError):
    """Something that is refused for a month."""

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))


class NotAllowed(DomainError):
    """A reader who may see the object but may not do this to it."""

    status = 403
    code = "not_allowed"

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(permission)


class NotFound(DomainError):
    """The object does not exist, or the asker may not know that it does."""

    status = 404
    code = "not_found"

    def __init__(self, noun: str) -> None:
        self.noun = noun
        super().__init__(noun)


class Overloaded(DomainError):
    """A bounded resource is taken. Nothing was done; `retry_after` is in seconds."""

    status = 503
    code = "overloaded"

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"retry after {retry_after} s")


def _in_words(fact: object) -> object:
    if isinstance(fact, Month):
        return month_words(fact)
    return day_words(fact) if isinstance(fact, date) else fact
