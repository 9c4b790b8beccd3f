"""Leave that stops paid service: the stop is written as the leave begins to count, and taken back when it does not.

What a stop does to the pay says the rule set, as for one that an official records by its letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from kernel.accounts.actors import Actor
from kernel.among import among_keys
from kernel.date_words import short_day_words
from kernel.tenancy import here
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee, ServiceStop
from tenants.employees.stops import StopInput, stop_by_leave, take_back
from tenants.leave.models import LeaveBooking

_LONGEST_NUMBER: Final = 100


def follow_stops(leaves: Sequence[tuple[AttendanceDocument, LeaveBooking]], *, actor: Actor) -> None:
    """Have the stops of paid service be those of the leaves that are approved.

    A fixed number of statements, none where no leave has or wants one.
    """
    wanted = [
        (document, booking)
        for document, booking in leaves
        if document.state == AttendanceDocument.State.APPROVED
        and booking.kind.stops_service
        and booking.stop_id is None
    ]
    over = [
        booking.stop_id
        for document, booking in leaves
        if document.state != AttendanceDocument.State.APPROVED and booking.stop_id is not None
    ]
    if over:
        rows = list(ServiceStop.objects.filter(among_keys("pk", over)).select_related("employee").order_by("pk"))
        take_back(rows, reason=_("Cutinya tidak berlaku lagi"), actor=actor)
    if not wanted:
        return
    people = Employee.objects.in_bulk({document.employee_id for document, _booking in wanted})
    today = here.today()
    entries = [
        (
            people[document.employee_id],
            StopInput(
                kind=booking.kind.stops_service,
                first=document.period.lower,
                last=document.last_day,
                letter_number=_number_of(document)[:_LONGEST_NUMBER],
                letter_date=today,
                note=booking.kind.name,
            ),
        )
        for document, booking in wanted
    ]
    changed = []
    for (_document, booking), stop in zip(wanted, stop_by_leave(entries, actor=actor), strict=True):
        if stop is not None:
            booking.stop = stop
            changed.append(booking)
    LeaveBooking.objects.bulk_update(changed, ["stop"])


def _number_of(document: AttendanceDocument) -> str:
    """The number of its letter; one that was approved here without paper goes by the day of the approval.

    Kept in Bahasa Indonesia, whatever language the approver reads.
    """
    if document.letter_number:
        return document.letter_number
    with translation.override("id"):
        return _("persetujuan %(day)s") % {"day": short_day_words(here.today())}
