"""What an approver must be told of a document that is late: the day to decide is over, or its month is locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kernel import clock
from kernel.date_words import month_words, short_day_words
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.approvals.handlers import Details
from tenants.approvals.models import ApprovalRequest
from tenants.calendars import closing


def late_words(requests: Sequence[ApprovalRequest], details: Mapping[UUID, Details]) -> dict[int, list[str]]:
    """By request what is late about it, in short sentences; only requests with something late.

    `details` by document say which days each is about. One statement, three where some month of the days is locked,
    none for documents without days.
    """
    waiting = [request for request in requests if request.state == ApprovalRequest.State.WAITING]
    closed = _closed_months(waiting, details)
    today = clock.today(current_region().time_zone)
    found: dict[int, list[str]] = {}
    for request in waiting:
        words = []
        if request.due_on is not None and request.due_on < today:
            words.append(_("Terlambat diputuskan, batasnya %(day)s") % {"day": short_day_words(request.due_on)})
        words += [
            _("Susulan: %(month)s sudah dikunci, hasilnya menjadi selisih") % {"month": month_words(month)}
            for month in closed.get(request.pk, [])
        ]
        if words:
            found[request.pk] = words
    return found


def _closed_months(requests: Sequence[ApprovalRequest], details: Mapping[UUID, Details]) -> dict[int, list[Month]]:
    spans: dict[int, tuple[int, date, date]] = {}
    for request in requests:
        about = details.get(request.document_uid, Details()).days
        if about is not None and request.owner_id is not None:
            spans[request.pk] = (request.owner_id, *about)
    if not spans:
        return {}
    begin = Month.of(min(first for _owner, first, _last in spans.values())).first_day
    end = Month.of(max(last for _owner, _first, last in spans.values())).end
    closed = closing.closed_person_months({owner for owner, _first, _last in spans.values()}, begin, end)
    return {
        key: sorted(month for owner, month in closed if owner == of and Month.of(first) <= month <= Month.of(last))
        for key, (of, first, last) in spans.items()
    }
