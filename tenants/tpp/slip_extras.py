"""What apps above the TPP add to a slip's page: notes above its lines, and something to do about a line.

An app registers from its AppConfig.ready; the TPP app knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from kernel.accounts.models import User
from tenants.tpp.models import Slip


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or two about the whole slip, with a link where there is more."""

    kind: Literal["info", "wait", "ok", "bad"]
    title: str
    text: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class LineAction:
    """What the person can do about each line: `urls` by the line's order, and the words of the link."""

    text: str
    urls: dict[int, str]
    note: str = ""


# Both are given a slip from `SlipQuerySet.as_it_stands`.
Notes = Callable[[Slip, User], Iterable[Note]]
Actions = Callable[[Slip, User], LineAction | None]
_notes: list[Notes] = []
_actions: list[Actions] = []


def register_note(source: Notes) -> None:
    """Have the source asked for notes on every slip page."""
    if source not in _notes:
        _notes.append(source)


def register_line_action(source: Actions) -> None:
    """Have the source asked what can be done about the slip's lines."""
    if source not in _actions:
        _actions.append(source)


def notes_on(slip: Slip, user: User) -> list[Note]:
    """What every registered app says of the slip to this person."""
    return [note for source in _notes for note in source(slip, user)]


def line_actions_on(slip: Slip, user: User) -> list[LineAction]:
    """What every registered app offers this person on the slip's lines."""
    return [action for source in _actions if (action := source(slip, user)) is not None]
