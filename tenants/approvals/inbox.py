"""What the inbox shows: exceptions, the ordinary ones by person and day, and sums of what came up through others.

Documents that an approver below has passed up are not listed one by one: they are one row for each of those people,
so that the head of a region with thousands of employees sees a few dozen rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery

from kernel.accounts.models import User
from kernel.web import paging
from tenants.approvals.handlers import Details, handler_for, handlers
from tenants.approvals.late_words import late_words
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.querysets import ApprovalRequestQuerySet
from tenants.employees.models import Employee

# A superior clears a day in one go, so the inbox shows more than other lists.
ROWS: Final = 100
# What a row reads, and the fences.
_SHOWN: Final = (
    *("region_number", "uid", "document_kind", "document_uid", "document_version", "title", "remarks", "is_exception"),
    *("level", "turn", "stood", "state", "due_on"),
    *("on", "owner__region_number", "owner__name", "approver__region_number", "approver__name", "approver__user_id"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A request with what its document shows; `on_behalf_of` names whose authority was delegated, "" for one's own.
    `late` says what is late about it."""

    request: ApprovalRequest
    details: Details
    kind: str
    on_behalf_of: str = ""
    late: Sequence[str] = ()

    @property
    def seen(self) -> str:
        """What the form says of it: how it stood on the page; the stage only where it was signed before."""
        request = self.request
        stage = f"@{request.stage}" if request.turn or request.stood is not None else ""
        return f"{request.uid}={int(request.is_exception)}{request.document_version}{stage}"


@dataclass(slots=True)
class Group:
    """Ordinary documents of one person and one day."""

    name: str
    day: date | None
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Sender:
    """What came up through one person below."""

    uid: UUID
    name: str
    kinds: dict[str, int] = field(default_factory=dict)
    exceptions: int = 0
    ordinary: int = 0

    @property
    def total(self) -> int:
        return self.exceptions + self.ordinary

    @property
    def parts(self) -> list[tuple[str, int]]:
        return [(str(handler_for(kind).label), count) for kind, count in sorted(self.kinds.items())]


@dataclass(slots=True)
class Sums:
    """All that waits for one person, counted in one statement."""

    kinds: dict[str, int] = field(default_factory=dict)
    senders: dict[UUID, Sender] = field(default_factory=dict)
    # Those that are listed one by one.
    exceptions: int = 0
    ordinary: int = 0

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    @property
    def in_order(self) -> list[Sender]:
        return sorted(self.senders.values(), key=lambda sender: (-sender.exceptions, sender.name, str(sender.uid)))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: a kind, words of a name or the beginning of a NIP, who passed it up."""

    kind: str = ""
    words: str = ""
    sender: UUID | None = None


def waiting_for(user: User) -> ApprovalRequestQuerySet:
    """All that the person may decide now. A page asks it once and narrows it: to put it together costs more than a
    statement of it."""
    return ApprovalRequest.objects.waiting().for_approver(user)


def sums_of(waiting: ApprovalRequestQuerySet) -> Sums:
    """Counts by kind, and by who passed up what. One statement."""
    columns = ("document_kind", "is_exception", "came_from__uid", "came_from__name", "why")
    rows = waiting.order_by().values_list(*columns).annotate(Count("pk"))
    sums = Sums()
    for kind, is_exception, sender_uid, name, why, count in rows:
        sums.kinds[kind] = sums.kinds.get(kind, 0) + count
        if sender_uid is None or why == ApprovalRequest.Why.MOVED:
            sums.exceptions += count if is_exception else 0
            sums.ordinary += 0 if is_exception else count
            continue
        sender = sums.senders.setdefault(sender_uid, Sender(sender_uid, name))
        sender.kinds[kind] = sender.kinds.get(kind, 0) + count
        sender.exceptions += count if is_exception else 0
        sender.ordinary += 0 if is_exception else count
    return sums


def page_of(waiting: ApprovalRequestQuerySet, filters: Filters, cursor: str) -> paging.Page[ApprovalRequest]:
    """Documents one by one, exceptions first: those of one sender, else those that nobody passed up."""
    waiting = waiting.of_kind(filters.kind)
    if filters.sender is not None:
        waiting = waiting.passed_up().filter(came_from__uid=filters.sender)
    else:
        waiting = waiting.come_directly()
    if filters.words:
        waiting = waiting.filter(owner__in=Employee.objects.searched(filters.words))
    waiting = waiting.select_related("owner", "approver").only(*_SHOWN)
    return paging.page_of(waiting, order=("-is_exception", "id"), cursor=cursor, size=ROWS)


def entries_of(requests: Sequence[ApprovalRequest], user: User | None = None) -> list[Entry]:
    """The requests with their details; one call of each handler.

    For `user` it is said whose authority is delegated and what is late.
    """
    uids: dict[str, list[UUID]] = {}
    for request in requests:
        uids.setdefault(request.document_kind, []).append(request.document_uid)
    found: dict[UUID, Details] = {}
    for kind, wanted in uids.items():
        found.update(handler_for(kind).details(wanted))
    labels = {kind: str(handler_for(kind).label) for kind in uids}
    late = {} if user is None else late_words(requests, found)
    return [
        Entry(
            request,
            found.get(request.document_uid, Details()),
            labels[request.document_kind],
            _giver(request, user),
            late.get(request.pk, ()),
        )
        for request in requests
    ]


def groups_of(entries: Sequence[Entry]) -> list[Group]:
    """By person and day, by name; documents of the region itself come first, without a person."""
    groups: dict[tuple[int, date | None, str], Group] = {}
    for entry in entries:
        owner, day = entry.request.owner, entry.request.on
        key = (0 if owner is None else owner.pk, day, entry.on_behalf_of)
        group = groups.setdefault(key, Group("" if owner is None else owner.name, day))
        group.entries.append(entry)
    return sorted(groups.values(), key=lambda group: (group.name, group.day or date.min))


def returned_to(user: User) -> list[dict[str, Any]]:
    """The person's own documents that came back, with the reasons."""
    last = Decision.objects.filter(request=OuterRef("pk")).order_by("-pk").values("note")[:1]
    rows = ApprovalRequest.objects.returned_to(user).annotate(reason=Subquery(last)).order_by("-pk")[:20]
    return [{"entry": entry, "reason": getattr(entry.request, "reason", "")} for entry in entries_of(list(rows))]


def deadlines(today: date) -> list[str]:
    """What comes next, for an empty inbox."""
    return [text for text in (known.next_deadline(today) for known in handlers()) if text]


def _giver(request: ApprovalRequest, user: User | None) -> str:
    approver = request.approver
    return "" if user is None or approver is None or approver.user_id == user.pk else approver.name
