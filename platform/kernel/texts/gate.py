"""The gate that every write of a declared column passes, whoever writes: a form, the API, a sheet, `bulk_create`.

It stands where Django turns a value into what the database gets (`pre_save` and `get_db_prep_save` of the column):
`save`, `bulk_create`, `update` and `bulk_update` all pass there. Raw SQL goes past it; that writes what machines and
phones send, and what is computed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

from django.apps import apps
from django.db import models

from kernel.delivery import outbox
from kernel.judol import Judgement, Verdict, judge_text
from kernel.measures import Measure, stands
from kernel.tenancy.context import region_or_none
from kernel.texts import holding
from kernel.texts.errors import TextRefused
from kernel.texts.models import TextHold
from kernel.texts.modes import How
from kernel.texts.places import Place

ASK_FROM: Final = 1.0
"""Score of the rules from which the second opinion is asked for."""
SHORTEST: Final = 4
LONGEST_ASKED: Final = 20_000
"""Characters of the longest text that the second opinion is asked about."""
HEAR: Final = "kernel.texts.tasks.hear"

State = TextHold.State


class _Passed(threading.local):
    """What a row's columns were given by `pre_save`, until the same values arrive for the statement."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}


_places: dict[str, Place] = {}
_passed = _Passed()
_is_open: ContextVar[bool] = ContextVar("kd_texts_open", default=False)


def places() -> Mapping[str, Place]:
    """All declared columns by name."""
    return _places


def install() -> None:
    """Put the gate before every declared column. Called once, when all models are known."""
    for model in apps.get_models():
        for column, how in vars(model).get("free_text", {}).items():
            place = Place(model, column, how)
            if place.name not in _places:
                _places[place.name] = place
                _guard(place)


def _guard(place: Place) -> None:
    column: Any = place.model._meta.get_field(place.column)
    plain_pre_save, plain_prep = column.pre_save, column.get_db_prep_save

    def pre_save(row: models.Model, add: bool) -> Any:
        value = plain_pre_save(row, add)
        passed = pass_through(place, value, row)
        if passed is not value:
            setattr(row, column.attname, passed)  # what is worked with afterwards is what is stored
        _passed.values[place.name] = passed
        return passed

    def get_db_prep_save(value: Any, connection: Any) -> Any:
        is_known = place.name in _passed.values and _passed.values.pop(place.name) is value
        return plain_prep(value if is_known else pass_through(place, value), connection)

    column.pre_save, column.get_db_prep_save = pre_save, get_db_prep_save


@contextmanager
def opened() -> Iterator[None]:
    """Within the block everything passes: what is written was judged already."""
    token = _is_open.set(True)
    try:
        yield
    finally:
        _is_open.reset(token)


@lru_cache(maxsize=4096)
def _judged(text: str) -> Judgement:
    return judge_text(text)


def pass_through(place: Place, value: Any, row: models.Model | None = None) -> Any:
    """What is stored instead of `value`: itself, or a placeholder. Raises TextRefused where it cannot be held.

    `row` is what it is written in, where one is in hand. Costs no query unless the text is suspicious. On the
    operators' side everything passes.
    """
    if not isinstance(value, str) or len(value) < SHORTEST or _is_open.get() or region_or_none() is None:
        return value
    judged = _judged(value) if len(value) <= 2_000 else judge_text(value)
    if judged.score < ASK_FROM:
        return value
    newest = holding.newest_state(place, value)
    if newest == State.RELEASED:
        return value
    # What was put aside once, by a reviewer or by both opinions, is put aside again.
    waits = must_wait(judged.verdict) or newest in (State.HELD, State.REMOVED)
    return _suspicious(place, value, judged, waits, row)


def must_wait(verdict: Verdict) -> bool:
    """Whether a text of this verdict is put aside; what is doubtful is, while the measure stands."""
    return verdict is Verdict.BLOCK or (verdict is Verdict.REVIEW and stands(Measure.HOLD_TEXT))


def _suspicious(place: Place, text: str, judged: Judgement, waits: bool, row: models.Model | None) -> str:
    author, record = holding.author_now(), holding.record_of(row)
    if waits and place.how is not How.FLAG:
        if place.how is How.HOLD and (placeholder := holding.placeholder_for(place.room)):
            kept = holding.new(place, text, author=author, record=record)
            holding.put_aside(kept, place, judged, placeholder)
            return placeholder
        holding.tell_refused(place, text, judged)
        raise TextRefused(place.words)
    if judged.verdict is not Verdict.ALLOW:
        holding.flag(place, text, judged, author=author, record=record)
    if len(text) <= LONGEST_ASKED:
        outbox.send(HEAR, place=place.name, text=text, record=record, author=author and str(author.uid))
    return text
