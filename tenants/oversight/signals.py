"""Counting the signals of risk of one month over many people, one statement for each signal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.periods import Month
from tenants.activities import doubts
from tenants.approvals.models import ApprovalRequest
from tenants.oversight.risk import Signals

SIGNAL_TITLES: Final[dict[str, str | Promise]] = {
    "remarked": _("aktivitas disetujui meski ada catatan"),
    "overfull_days": _("hari dengan aktivitas lebih dari 10 jam"),
    "work_while_absent": _("hari beraktivitas tanpa kehadiran"),
    "shared_files": _("berkas bukti yang juga dipakai orang lain"),
    "doubtful_punches": _("absen yang perlu ditinjau"),
    "late_documents": _("surat kehadiran yang dicatat setelah bulannya lewat"),
}


def signals_of(month: Month, advance: Callable[[int], None]) -> dict[int, Signals]:
    """The signals of everybody who shows one, by the employee's key. `advance` is told after each statement."""
    counted: dict[str, doubts.Counts] = {}
    for number, (name, count) in enumerate(_COUNTING.items(), 1):
        counted[name] = count(month)
        advance(number)
    people = {employee for counts in counted.values() for employee in counts}
    return {
        employee: Signals(**{name: counts[employee] for name, counts in counted.items() if employee in counts})
        for employee in people
    }


def in_words(reasons: Iterable[Sequence[Any]]) -> list[str]:
    """A sampled person's stored reasons (signal, count, points) as people read them."""
    return [f"{SIGNAL_TITLES.get(name, name)}: {count}" for name, count, _points in reasons]


def statements() -> int:
    """How many statements `signals_of` needs."""
    return len(_COUNTING)


def _activities(month: Month) -> doubts.Counts:
    return doubts.per_employee(doubts.approved_work(month))


def _remarked(month: Month) -> doubts.Counts:
    rows = ApprovalRequest.objects.filter(
        document_kind="activity",
        is_exception=True,
        state=ApprovalRequest.State.APPROVED,
        document_uid__in=doubts.approved_work(month).values("uid"),
    )
    return doubts.per_employee(rows, "owner")


_COUNTING: Final[dict[str, Callable[[Month], doubts.Counts]]] = {
    "activities": _activities,
    "remarked": _remarked,
    "overfull_days": doubts.overfull_days,
    "work_while_absent": doubts.work_while_absent,
    "shared_files": doubts.shared_evidence,
    "doubtful_punches": doubts.punches_under_review,
    "late_documents": doubts.late_letters,
}
