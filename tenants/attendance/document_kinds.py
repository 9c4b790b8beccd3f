"""Which documents a region knows: the codes of its rule set, with the rule set's own words."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from tenants.attendance.models import AttendanceDocument
from tenants.rules.engine import event_codes
from tenants.rules.loading import rules_on

# Leave (cuti) is leave also where a rule set counts its days as present.
_LEAVE_PREFIX: Final = "C"
# What a correction and a permit for hours are stored as; no rule set counts them, they move what the day is judged by.
CORRECTION_KIND: Final = "KOREKSI"
PERMIT_KIND: Final = "IZIN-JAM"
_DUTY_WITHOUT_RULES: Final = frozenset({"TL"})


def document_kinds(day: date) -> dict[str, str]:
    """Code and label of every document that the rule set in force on the day counts, in its order.

    A region without a rule set gets the four that every region has.
    """
    rules = rules_on(day)
    if rules is None:
        return {"S": _("Sakit"), "I": _("Izin"), "C": _("Cuti"), "TL": _("Tugas luar")}
    codes = event_codes(rules).values()
    return {code.code: code.label for code in codes if code.source == "absence" and code.trigger == "document"}


def code_labels(day: date) -> dict[str, str]:
    """Code and label of everything that a day can be judged by, documents among it, on the day's rule set."""
    rules = rules_on(day)
    return document_kinds(day) if rules is None else {code.code: code.label for code in event_codes(rules).values()}


def purpose_of(code: str, covers: str, day: date) -> str:
    """What a document is for the approvals: a correction of in or out, a duty, or a leave or permit (for hours too).

    A duty is what the rule set in force on the day counts as present, except leave.
    """
    if covers == AttendanceDocument.Covers.HOURS:
        return AttendanceDocument.Purpose.LEAVE
    if covers != AttendanceDocument.Covers.DAY:
        return AttendanceDocument.Purpose.CORRECTION
    rules = rules_on(day)
    if rules is None:
        is_duty = code in _DUTY_WITHOUT_RULES
    else:
        known = event_codes(rules).get(code)
        is_duty = known is not None and known.present and not code.startswith(_LEAVE_PREFIX)
    return AttendanceDocument.Purpose.DUTY if is_duty else AttendanceDocument.Purpose.LEAVE


def duty_kinds(day: date) -> dict[str, str]:
    """Those of `document_kinds` that are a duty."""
    day_long = AttendanceDocument.Covers.DAY
    known = document_kinds(day)
    return {
        code: label
        for code, label in known.items()
        if purpose_of(code, day_long, day) == AttendanceDocument.Purpose.DUTY
    }
