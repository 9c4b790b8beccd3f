"""Keeping a suspicious text: put aside or flagged, with who wrote it where, the event, and the news for its author."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.accounts.models import TextNews, User
from kernel.ids import Addressed, new_uid
from kernel.judol import Judgement, judge_text, text_print, text_sketch
from kernel.texts.models import TextHold
from kernel.texts.places import Place
from kernel.watching import emit, names

_CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(slots=True)
class Asking:
    """The request whose writes pass the gate, and how many of its texts were held."""

    request: HttpRequest
    held: int = 0

    @property
    def is_page(self) -> bool:
        """Whether a person reads the answer."""
        return not self.request.path.startswith("/api/")


asking: ContextVar[Asking | None] = ContextVar("kd_texts_asking", default=None)
_owner: ContextVar[Callable[[], User | None]] = ContextVar("kd_texts_owner", default=lambda: None)


@contextmanager
def written_for(owner: Callable[[], User | None]) -> Iterator[None]:
    """Within the block a job does somebody's work: what it writes is theirs. `owner` is asked only when needed."""
    token = _owner.set(owner)
    try:
        yield
    finally:
        _owner.reset(token)


def person_asking() -> User | None:
    """Who sent the request that is answered; None outside of one, and for nobody."""
    now = asking.get()
    user = getattr(now.request, "_cached_user", None) if now is not None else None
    return user if isinstance(user, User) and user.pk else None


def author_now() -> User | None:
    """Whose words are being written: who sent the request, or whose job it is. None for the platform itself."""
    return person_asking() or _owner.get()()


def record_of(row: models.Model | None) -> str:
    """How the row is found again: by uid, else by key; "" while it has neither, and where no row is in hand."""
    if isinstance(row, Addressed):
        return str(row.uid)
    return "" if row is None or row.pk is None else str(row.pk)


def digest_of(text: str) -> str:
    """The text's sha256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def newest_state(place: Place, text: str) -> str | None:
    """What became of exactly this text at this place the last time; None when it was never kept."""
    same = TextHold.objects.same(place=place.name, digest=digest_of(text))
    return same.values_list("state", flat=True).first()


def placeholder_for(room: int | None) -> str:
    """Neutral words with a code that no other text has; empty when they do not fit."""
    for words in (_("[Teks ditahan untuk ditinjau, {code}]"), _("[Ditahan {code}]")):
        filled = _filled(words)
        if room is None or len(filled) <= min(room, 60):
            return filled
    return ""


def _filled(words: str) -> str:
    """The words with a code in which nobody reads a name: such a placeholder would be held itself."""
    filled = words.format(code=_code())
    for _again in range(20):
        if not judge_text(filled).score:
            break
        filled = words.format(code=_code())
    return filled


def _code() -> str:
    number = new_uid().int
    return "".join(_CODE_LETTERS[number >> shift & 31] for shift in range(0, 45, 5))


def new(place: Place, text: str, *, author: User | None, record: str) -> TextHold:
    """A text that is to be put aside or flagged; not saved."""
    return TextHold(
        place=place.name,
        record=record,
        text=text,
        digest=digest_of(text),
        author=author,
    )


def put_aside(kept: TextHold, place: Place, judged: Judgement, placeholder: str) -> None:
    """Hold a text that is new, or was flagged until now; its author is told. The caller stores the placeholder."""
    _note(kept, judged)
    kept.state, kept.placeholder = TextHold.State.HELD, placeholder
    kept.save()
    now = asking.get()
    if now is not None:
        now.held += 1
    tell_author(kept.author, TextNews.SAID if now is not None and now.is_page else TextNews.NEW)
    _tell_later(names.JUDOL_TEXT_HELD, place, judged, kept)


def flag(place: Place, text: str, judged: Judgement, *, author: User | None, record: str) -> TextHold | None:
    """Ask for a reviewer; the text stays where it is. None when the same text is flagged there already."""
    if TextHold.objects.same(place=place.name, digest=digest_of(text)).flagged().exists():
        return None
    made = new(place, text, author=author, record=record)
    _note(made, judged)
    made.state = TextHold.State.FLAGGED
    made.save()
    _tell_later(names.JUDOL_TEXT_FLAGGED, place, judged, made)
    return made


def tell_author(author: User | None, news: TextNews) -> None:
    """Note that there is something for the author to hear, or that the answer to this request says it."""
    if author is not None:
        User.objects.filter(pk=author.pk).exclude(text_news=news).update(text_news=news)


def tell_refused(place: Place, text: str, judged: Judgement) -> None:
    """The event of a text that was neither stored nor kept."""
    _tell(names.JUDOL_TEXT_HELD, place, text, judged, subject=digest_of(text)[:32], refused=True)


def model_says(judged: Judgement) -> Decimal | None:
    """What the second opinion said, 0 to 1; None when it was not asked."""
    return None if judged.model is None else Decimal(str(judged.model))


def _note(kept: TextHold, judged: Judgement) -> None:
    kept.verdict, kept.score, kept.rules = judged.verdict, Decimal(str(judged.score)), judged.version
    kept.reasons = [[reason.code, reason.piece, reason.weight] for reason in judged.reasons]
    kept.model_says = model_says(judged)


def _tell_later(name: str, place: Place, judged: Judgement, kept: TextHold) -> None:
    """The event, once the row stands."""
    person = None if kept.author is None else kept.author.uid
    tell = partial(_tell, name, place, kept.text, judged, subject=str(kept.uid), person=person)
    transaction.on_commit(tell, robust=True)


def _tell(
    name: str,
    place: Place,
    text: str,
    judged: Judgement,
    *,
    subject: str,
    person: UUID | None = None,
    refused: bool = False,
) -> None:
    """One security event. `print` and `sketch` say which other texts it is a copy of, and nothing of its words."""
    emit(
        name,
        subject=subject,
        person=person,
        verdict=str(judged.verdict),
        score=str(judged.score),
        reasons=[reason.code for reason in judged.reasons],
        field=place.name,
        print=text_print(text),
        sketch=text_sketch(text),
        is_public=False,
        refused=refused,
    )
