"""The gate that every write of a declared column passes, whoever writes: a form, the API, a sheet, `bulk_create`.

It stands where Django turns a value into what the database gets (`pre_save` and `get_db_prep_save` of the column):
`save`, `bulk_create`, `update` and `bulk_update` all pass there. Raw SQL goes past it; that writes what machines and
phones send, and what is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.delivery import outbox
from kernel.ids import new_uid
from kernel.judol import Judgement, Verdict, judge_text, text_print, text_sketch
from kernel.measures import Measure, terms_of
from kernel.tenancy.context import region_or_none
from kernel.texts.columns import words_for
from kernel.texts.errors import TextRefused
from kernel.texts.models import TextHold
from kernel.texts.modes import How
from kernel.watching import emit, names

ASK_FROM: Final = 1.0
"""Score of the rules from which the second opinion is asked for."""
SHORTEST: Final = 4
LONGEST_ASKED: Final = 20_000
HEAR: Final = "kernel.texts.tasks.hear"
_CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(slots=True)
class Asking:
    """The request whose writes pass, and how many of its texts were held."""

    request: HttpRequest
    held: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One declared column."""

    model: type[models.Model]
    column: str
    how: How

    @property
    def name(self) -> str:
        """`app.Model.column`."""
        return f"{self.model._meta.label}.{self.column}"

    @property
    def words(self) -> str:
        """What the column is called."""
        return words_for(self.column)

    @property
    def words_of_both(self) -> str:
        """The work that the column belongs to, and what it is called."""
        return f"{apps.get_app_config(self.model._meta.app_label).verbose_name}: {self.words}"

    @property
    def room(self) -> int | None:
        """The most characters that fit; None for as many as one likes."""
        return getattr(self.model._meta.get_field(self.column), "max_length", None)


@dataclass(slots=True)
class _Gate:
    places: dict[str, Place] = field(default_factory=dict)


_gate = _Gate()
asking: ContextVar[Asking | None] = ContextVar("kd_texts_asking", default=None)
_is_open: ContextVar[bool] = ContextVar("kd_texts_open", default=False)


def places() -> Mapping[str, Place]:
    """All declared columns by name."""
    return _gate.places


def install() -> None:
    """Put the gate before every declared column. Called once, when all models are known."""
    for model in apps.get_models():
        for column, how in vars(model).get("free_text", {}).items():
            place = Place(model, column, how)
            if place.name not in _gate.places:
                _gate.places[place.name] = place
                _guard(place)


def _guard(place: Place) -> None:
    column: Any = place.model._meta.get_field(place.column)
    plain_pre_save, plain_prep = column.pre_save, column.get_db_prep_save

    def pre_save(row: models.Model, add: bool) -> Any:
        value = plain_pre_save(row, add)
        passed = pass_through(place, value, is_last=False)
        if passed is not value:
            setattr(row, column.attname, passed)  # what is worked with afterwards is what is stored
        return passed

    def get_db_prep_save(value: Any, connection: Any) -> Any:
        return plain_prep(pass_through(place, value), connection)

    column.pre_save, column.get_db_prep_save = pre_save, get_db_prep_save


@contextmanager
def opened() -> Iterator[None]:
    """Within the block everything passes: a reviewer writes back what was judged already."""
    token = _is_open.set(True)
    try:
        yield
    finally:
        _is_open.reset(token)


@lru_cache(maxsize=4096)
def _judged(text: str) -> Judgement:
    return judge_text(text)


def pass_through(place: Place, value: Any, *, is_last: bool = True) -> Any:
    """What is stored instead of `value`: itself, or a placeholder. Raises TextRefused where it cannot be held.

    A saved row passes twice: first while it can still be told what is stored (`is_last` False), then with its values;
    what is not held is flagged at the second time. Costs no query unless the text is suspicious. On the operators'
    side everything passes.
    """
    if not isinstance(value, str) or len(value) < SHORTEST or _is_open.get() or region_or_none() is None:
        return value
    judged = _judged(value) if len(value) <= 2_000 else judge_text(value)
    terms = terms_of(Measure.HOLD_TEXT)
    holds_all = terms is not None and bool(terms.get("all"))
    if judged.score < ASK_FROM and not (holds_all and place.how is How.HOLD and not value.startswith("[")):
        return value
    waits = holds_all or judged.verdict is Verdict.BLOCK or (terms is not None and judged.verdict is Verdict.REVIEW)
    if not (waits or is_last) or is_settled(place.name, value):
        return value
    return _suspicious(place, value, judged, waits)


def _suspicious(place: Place, text: str, judged: Judgement, waits: bool) -> str:
    if waits and place.how is not How.FLAG:
        if place.how is How.HOLD and (placeholder := placeholder_for(place.room)):
            hold(place, text, judged, placeholder)
            return placeholder
        tell(names.JUDOL_TEXT_HELD, place, text, judged, refused=True)
        raise TextRefused(place.words)
    if judged.verdict is Verdict.ALLOW:
        outbox.send(HEAR, place=place.name, text=text[:LONGEST_ASKED])
    else:
        flag(place, text, judged)
    return text


def is_settled(place: str, text: str) -> bool:
    """Whether a reviewer let exactly this text stand at this place."""
    newest = TextHold.objects.same(place=place, digest=digest_of(text)).values_list("state", flat=True).first()
    return newest == TextHold.State.RELEASED


def digest_of(text: str) -> str:
    """The text's sha256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def placeholder_for(room: int | None) -> str:
    """Neutral words with a code that no other text has; empty when they do not fit."""
    number = new_uid().int
    code = "".join(_CODE_LETTERS[number >> shift & 31] for shift in range(0, 45, 5))
    for words in (_("[Teks ditahan untuk ditinjau, {code}]"), _("[Ditahan {code}]")):
        filled = words.format(code=code)
        if room is None or len(filled) <= min(room, 60):
            return filled
    return ""


def hold(place: Place, text: str, judged: Judgement, placeholder: str) -> TextHold:
    """Keep the text aside. The caller stores the placeholder."""
    made = _kept(place, text, judged, TextHold.State.HELD, placeholder)
    if (request := asking.get()) is not None:
        request.held += 1
    tell_later(names.JUDOL_TEXT_HELD, place, text, judged, made)
    return made


def flag(place: Place, text: str, judged: Judgement, *, is_heard: bool = False) -> TextHold | None:
    """Ask for a reviewer; the text stays where it is. None when the same text waits there already."""
    if TextHold.objects.same(place=place.name, digest=digest_of(text)).waiting().exists():
        return None
    made = _kept(place, text, judged, TextHold.State.FLAGGED, "")
    if not is_heard:
        outbox.send(HEAR, place=place.name, text=text[:LONGEST_ASKED])
    tell_later(names.JUDOL_TEXT_FLAGGED, place, text, judged, made)
    return made


def _kept(place: Place, text: str, judged: Judgement, state: TextHold.State, placeholder: str) -> TextHold:
    return TextHold.objects.create(
        place=place.name,
        text=text,
        digest=digest_of(text),
        near_print=text_print(text),
        placeholder=placeholder,
        verdict=judged.verdict,
        score=str(judged.score),
        reasons=[[reason.code, reason.piece, reason.weight] for reason in judged.reasons],
        rules=judged.version,
        model_says=None if judged.model is None else str(judged.model),
        state=state,
        author=_author(),
    )


def _author() -> User | None:
    now = asking.get()
    user = getattr(now.request, "_cached_user", None) if now is not None else None
    return user if isinstance(user, User) and user.pk else None


def tell(name: str, place: Place, text: str, judged: Judgement, *, subject: str = "", refused: bool = False) -> None:
    """One security event. `print` and `sketch` say which other texts it is a copy of, and nothing of its words."""
    emit(
        name,
        subject=subject or digest_of(text)[:32],
        verdict=str(judged.verdict),
        score=str(judged.score),
        reasons=[reason.code for reason in judged.reasons],
        field=place.name,
        print=text_print(text),
        sketch=text_sketch(text),
        is_public=False,
        refused=refused,
    )


def tell_later(name: str, place: Place, text: str, judged: Judgement, made: TextHold) -> None:
    """The event, once the row stands."""
    transaction.on_commit(partial(tell, name, place, text, judged, subject=str(made.uid)), robust=True)
