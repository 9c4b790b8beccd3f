"""Why an activity is not taken, each reason beside the field where it can be repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason. `field` is a field of `ActivityInput`, `code` is stable, `text` is for the person."""

    field: str
    code: str
    text: str


class ActivityRefused(DomainError):
    """The activity breaks rules; `problems` has at least one."""

    status = 422
    code = "activity_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(problem.code for problem in problems))

    @override
    def message(self) -> str:
        return " ".join(problem.text for problem in self.problems)


class NotEditable(DomainError):
    """Only a draft or a returned activity can be changed."""

    code = "not_editable"
    words = _("Aktivitas ini sudah diajukan atau diputuskan, jadi tidak dapat diubah. Tarik dulu bila masih menunggu.")


class NotWithdrawable(DomainError):
    """Only what still waits can be taken back."""

    code = "not_withdrawable"
    words = _("Aktivitas ini tidak sedang menunggu persetujuan, jadi tidak dapat ditarik.")


class EntryRefused(DomainError):
    """The catalogue does not take this; `field` is where it can be repaired."""

    status = 422
    code = "entry_refused"

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        self.text = text
        super().__init__(field)

    @override
    def message(self) -> str:
        return self.text
