"""Deciding about punches: who may, what becomes of it, and that nothing of it is ever changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from kernel import closing
from kernel.accounts.models import User
from kernel.delivery.models import OutboxMessage
from kernel.errors import NotAllowed, NotFound
from kernel.periods import Month
from tenants.punch_review.errors import AlreadyDecided, NothingToUndo, OwnPunch, ReasonNeeded, TimeOutOfReach
from tenants.punch_review.models import PunchVerdict, ReviewItem
from tenants.punch_review.verdicts import (
    accept_punches,
    correct_punch,
    explain_punch,
    newest_verdicts,
    reject_punch,
    undo_verdict,
)
from tenants.punches.models import Punch
from tests.cast import Office, Person, make_employee, make_opd, make_position, make_user
from tests.closed_months import close_months
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.punch_review.odd import MORNING, make_doubtful, make_punch, scored


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def doubtful(ani: Person) -> Punch:
    """Ani's check-in outside, in the queue."""
    punch = make_doubtful(ani.employee)
    scored()
    return punch


def waits(punch: Punch) -> bool:
    return ReviewItem.objects.waiting().filter(punch=punch).exists()


def test_an_accepted_punch_counts_and_waits_no_more(doubtful: Punch, bkpsdm: User) -> None:
    assert accept_punches(uids=[doubtful.pk], actor=bkpsdm).done == 1
    verdict = PunchVerdict.objects.get()
    assert (verdict.counts, verdict.counted_at, verdict.employee_id) == (True, None, doubtful.employee_id)
    assert verdict.captured_at == doubtful.captured_at
    assert not waits(doubtful)


def test_accepting_again_is_no_second_verdict(doubtful: Punch, bkpsdm: User) -> None:
    accept_punches(uids=[doubtful.pk], actor=bkpsdm)
    again = accept_punches(uids=[doubtful.pk], actor=bkpsdm)
    assert (again.done, again.left, PunchVerdict.objects.count()) == (0, 1, 1)


def test_a_rejected_punch_does_not_count_and_says_why(doubtful: Punch, bkpsdm: User) -> None:
    reject_punch(uid=doubtful.pk, reason="Lokasi di kota lain.", actor=bkpsdm)
    verdict = PunchVerdict.objects.get()
    assert (verdict.counts, verdict.reason) == (False, "Lokasi di kota lain.")


def test_a_decision_does_not_silently_take_the_place_of_another(doubtful: Punch, bkpsdm: User) -> None:
    reject_punch(uid=doubtful.pk, reason="Lokasi di kota lain.", actor=bkpsdm)
    with pytest.raises(AlreadyDecided):
        reject_punch(uid=doubtful.pk, reason="Lokasi di kota lain.", actor=bkpsdm)
    with on(MONDAY, "12:00"), pytest.raises(AlreadyDecided):
        correct_punch(uid=doubtful.pk, counted_at=at(MONDAY, "07:10"), reason="Jam HP salah", actor=bkpsdm)
    assert PunchVerdict.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_rejected_without_a_reason(doubtful: Punch, bkpsdm: User, reason: str) -> None:
    with pytest.raises(ReasonNeeded):
        reject_punch(uid=doubtful.pk, reason=reason, actor=bkpsdm)
    assert waits(doubtful)


def test_a_corrected_punch_counts_at_the_other_time(doubtful: Punch, bkpsdm: User) -> None:
    with on(MONDAY, "12:00"):
        correct_punch(uid=doubtful.pk, counted_at=at(MONDAY, "07:10"), reason="Jam HP salah", actor=bkpsdm)
    verdict = PunchVerdict.objects.get()
    assert (verdict.counts, verdict.counted_at) == (True, at(MONDAY, "07:10"))


def test_a_time_ahead_or_of_another_day_is_no_correction(doubtful: Punch, bkpsdm: User) -> None:
    for moment in (at(MONDAY, "12:01"), MORNING - timedelta(hours=25)):
        with on(MONDAY, "12:00"), pytest.raises(TimeOutOfReach):
            correct_punch(uid=doubtful.pk, counted_at=moment, reason="Jam HP salah", actor=bkpsdm)


def test_taking_back_is_a_verdict_too_and_the_punch_waits_again(doubtful: Punch, bkpsdm: User) -> None:
    reject_punch(uid=doubtful.pk, reason="Keliru", actor=bkpsdm)
    undo_verdict(uid=doubtful.pk, reason="", actor=bkpsdm)
    newest = newest_verdicts([doubtful.pk])[doubtful.pk]
    assert (newest.counts, newest.is_undoing, PunchVerdict.objects.count()) == (True, True, 2)
    assert waits(doubtful)
    with pytest.raises(NothingToUndo):
        undo_verdict(uid=doubtful.pk, reason="", actor=bkpsdm)


def test_nobody_decides_about_an_own_punch(ani: Person, office: Office) -> None:
    user = make_user("198001012005011001", "Ani di dua peran", "asn", "operator_opd", opd=office.opd)
    own = make_doubtful(make_employee("Operator", office.staff, user=user))
    scored()
    assert accept_punches(uids=[own.pk], actor=user).done == 0
    for act in (reject_punch, undo_verdict):
        with pytest.raises(OwnPunch):
            act(uid=own.pk, reason="Saya sendiri", actor=user)
    assert waits(own)


def test_an_operator_decides_for_the_own_opd_only(doubtful: Punch, with_role: Callable[..., User]) -> None:
    other = make_opd("1.02", "Dinas Kesehatan")
    operator = with_role("operator_opd", opd=other)
    assert accept_punches(uids=[doubtful.pk], actor=operator).done == 0
    with pytest.raises(NotFound):
        reject_punch(uid=doubtful.pk, reason="Bukan OPD saya", actor=operator)
    theirs = make_doubtful(make_employee("Perawat", make_position(other, "P-9", "Perawat")))
    scored()
    assert accept_punches(uids=[theirs.pk, doubtful.pk], actor=operator).done == 1


def test_who_only_punches_decides_nothing(doubtful: Punch, budi: Person) -> None:
    with pytest.raises(NotAllowed):
        accept_punches(uids=[doubtful.pk], actor=budi.user)


def test_the_days_around_a_decided_punch_are_computed_again(doubtful: Punch, bkpsdm: User) -> None:
    reject_punch(uid=doubtful.pk, reason="Keliru", actor=bkpsdm)
    sent = OutboxMessage.objects.get(task="tenants.attendance.tasks.compute_days").kwargs
    assert sent == {"employee_ids": [doubtful.employee_id], "first": "2026-10-04", "last": "2026-10-06"}


def test_a_closed_month_keeps_its_punches(doubtful: Punch, bkpsdm: User, monkeypatch: pytest.MonkeyPatch) -> None:
    close_months(monkeypatch, Month.of(MONDAY))
    with pytest.raises(closing.MonthClosed):
        reject_punch(uid=doubtful.pk, reason="Terlambat ditinjau", actor=bkpsdm)


def test_a_verdict_is_never_changed_or_removed(doubtful: Punch, bkpsdm: User) -> None:
    accept_punches(uids=[doubtful.pk], actor=bkpsdm)
    with pytest.raises(DatabaseError), transaction.atomic():
        PunchVerdict.objects.update(counts=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        PunchVerdict.objects.all()._raw_delete("default")


def test_the_owner_explains_a_punch_that_is_looked_at(doubtful: Punch, ani: Person, budi: Person) -> None:
    explain_punch(uid=doubtful.pk, text="Sedang di lapangan.", actor=ani.user)
    assert doubtful.explanations.get().text == "Sedang di lapangan."
    with pytest.raises(NotFound):
        explain_punch(uid=doubtful.pk, text="Bukan milik saya", actor=budi.user)
    ordinary = make_punch(ani.employee, MORNING + timedelta(hours=9))
    with pytest.raises(NotFound):
        explain_punch(uid=ordinary.pk, text="Tidak ditinjau", actor=ani.user)
