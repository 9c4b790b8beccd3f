"""Which app owns a kind of document: it is told of decisions and says what the approver sees.

A document app registers one handler for each of its kinds, from its AppConfig.ready. Callbacks take all requests of one
decision at once and run inside its transaction: what they raise undoes the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.utils.functional import Promise
from typing_extensions import override

from kernel.accounts.actors import Actor
from kernel.files.models import StoredFile
from tenants.approvals.errors import NotRecallable

if TYPE_CHECKING:
    from tenants.approvals.models import ApprovalRequest


@dataclass(frozen=True, slots=True)
class Details:
    """What the approver sees of a document beside its title. `url` leads the owner to it, `whole` who decides to all of
    it where there is more than stands here; "" where there is no page. `days` are the first and the last whose facts it
    changes; None where it changes none."""

    facts: Sequence[tuple[str | Promise, object]] = ()
    text: str = ""
    files: Sequence[StoredFile] = ()
    url: str = ""
    whole: str = ""
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """What the region's rule set says of a document that nobody decides: `days` calendar days after it was handed in it
    counts, it does not count, or it goes up to the next superior."""

    days: int
    after: Literal["count", "not_count", "next_superior"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document of the region that may be handed in now. `measure` as the handler's `measure_label` says it."""

    uid: UUID
    title: str
    measure: Decimal | None = None
    url: str = ""


class Handler:
    """What an app does when its documents are decided. `code` is filled by the registration.

    `of_region`: a document of the region (a rule set, the closing of a month), which belongs to no employee, never
    counts without a decision, and needs a chain only where the region has made one. `measure_label` says what the
    documents' measure is ("hari", "rupiah"), "" where they have none.
    """

    code: str = ""
    label: str | Promise = ""
    of_region: bool = False
    measure_label: str | Promise = ""

    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        """The last level approved these. `actor` is a System where they count because nobody decided in time."""
        raise TypeError(f"{type(self).__name__} does not say what an approval does")

    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Sent back for repair."""
        raise TypeError(f"{type(self).__name__} does not say what a return does")

    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Refused for good."""
        raise TypeError(f"{type(self).__name__} does not say what a refusal does")

    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """An approval is taken back. Raises NotRecallable where the effect cannot be undone, as here."""
        raise NotRecallable

    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Approvals of a moment ago are undone: the documents are handed in again as they were. Gives by uid what the
        approval had given, for the audit log. Raises NotRecallable where the effect cannot be undone, as here."""
        raise NotRecallable

    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        """What to show of these documents, in a constant number of statements. Missing ones are shown by title only."""
        return {}

    def version(self, uids: Collection[UUID]) -> Mapping[UUID, str]:
        """What these documents are now, as a version number or a digest, in one statement; a decision on a document
        that was changed after the approver saw it is refused by it. Empty where a waiting document cannot change."""
        return {}

    def deadline_rule(self, day: date) -> DeadlineRule | None:
        """What the rule set in force on the day says of undecided documents; None when it says nothing."""
        return None

    def candidates(self) -> Sequence[Candidate]:
        """Documents of the region that may be handed in now, the newest first. Empty for documents of employees."""
        return ()

    def next_deadline(self, today: date) -> str:
        """One sentence for an empty inbox: what comes next and by when. "" when there is nothing to say."""
        return ""


class RegionHandler(Handler):
    """For documents of the region: a decision changes nothing yet, what needs the approval asks for it."""

    of_region = True

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        """The step that it allows stays a step of its own."""

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """The document stays as it is."""

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """The document stays as it is; another one may follow."""


@dataclass
class _Registry:
    handlers: dict[str, Handler] = field(default_factory=dict)


_registry = _Registry()


def handler(document_kind: str) -> Callable[[type[Handler]], type[Handler]]:
    """Decorator: this class handles documents of this kind. One class for each kind."""

    def register(cls: type[Handler]) -> type[Handler]:
        known = _registry.handlers.get(document_kind)
        if known is not None and type(known).__qualname__ != cls.__qualname__:
            raise ValueError(f"two handlers for documents of kind {document_kind!r}")
        instance = cls()
        instance.code = str(document_kind)
        _registry.handlers[instance.code] = instance
        return cls

    return register


def handler_for(document_kind: str) -> Handler:
    """The handler of a kind. An unregistered kind raises LookupError: no document of it can be decided."""
    try:
        return _registry.handlers[document_kind]
    except KeyError:
        raise LookupError(f"no handler is registered for documents of kind {document_kind!r}") from None


def handlers() -> list[Handler]:
    """All handlers, by kind."""
    return [_registry.handlers[kind] for kind in sorted(_registry.handlers)]
