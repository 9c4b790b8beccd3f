"""What an app above attendance keeps beside documents: attendance tells it of them without knowing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

from kernel.accounts.actors import Actor
from tenants.employees.models import Employee

if TYPE_CHECKING:
    from tenants.attendance.actions import DocumentIn
    from tenants.attendance.models import AttendanceDocument

Facts = Sequence[tuple[str | Promise, object]]


class Companion:
    """What an app does beside documents. Callbacks run in the transaction of the change and in constant statements."""

    def refuse(self, drafts: Sequence[tuple[Employee, DocumentIn]], *, by_owner: bool) -> None:
        """Raise a DomainError where one of these may not be handed in (`by_owner`) or entered like this."""

    def changed(self, documents: Sequence[AttendanceDocument], *, actor: Actor) -> None:
        """These have another state now than the one that they were handed in or last told with."""

    def facts(self, uids: Collection[UUID]) -> Mapping[UUID, Facts]:
        """What who decides should see of these documents beside what attendance knows."""
        return {}

    def asked_elsewhere(self, employee_id: int, day: date) -> Mapping[str, str]:
        """Codes of documents that this person asks for on a page of the companion's own, with its address."""
        return {}


_companions: list[Companion] = []


def register(companion: Companion) -> None:
    """Have the companion told of documents; call it from AppConfig.ready."""
    if not any(type(known) is type(companion) for known in _companions):
        _companions.append(companion)


def refuse(drafts: Sequence[tuple[Employee, DocumentIn]], *, by_owner: bool = False) -> None:
    """Ask all companions whether these may be entered, or handed in by who they are about. Raises what they raise."""
    for companion in _companions:
        companion.refuse(drafts, by_owner=by_owner)


def changed(documents: Sequence[AttendanceDocument], *, actor: Actor) -> None:
    """Tell all companions of a new state."""
    if documents:
        for companion in _companions:
            companion.changed(documents, actor=actor)


def facts_beside(uids: Collection[UUID]) -> dict[UUID, Facts]:
    """What the companions know of these documents."""
    found: dict[UUID, list[tuple[str | Promise, object]]] = {}
    for companion in _companions:
        for uid, facts in companion.facts(uids).items():
            found.setdefault(uid, []).extend(facts)
    return dict(found)


def asked_elsewhere(employee_id: int, day: date) -> dict[str, str]:
    """Codes that are asked for on other pages, with their addresses."""
    found: dict[str, str] = {}
    for companion in _companions:
        found.update(companion.asked_elsewhere(employee_id, day))
    return found
