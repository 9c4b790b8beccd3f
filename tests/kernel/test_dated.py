"""The frame of dated records, on the standings of a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotFound
from tenants.employees.posts import StandingFacts
from tenants.employees.standings import STANDINGS
from tests.cast import Person

MAY, JUNE, NOVEMBER = date(2026, 5, 1), date(2026, 6, 1), date(2026, 11, 1)


@pytest.fixture
def official(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def test_records_are_shown_with_their_days_the_newest_first(ani: Person, official: User) -> None:
    for first, golongan in ((NOVEMBER, "IV/a"), (MAY, "III/d")):
        STANDINGS.change(ani.employee, first, StandingFacts("PNS", golongan), "1/2026", official)
    future, current, past = STANDINGS.shown(ani.employee, JUNE)
    assert (future.first, future.last, future.is_current, future.is_future) == (NOVEMBER, None, False, True)
    assert (current.first, current.last, current.is_current) == (MAY, date(2026, 10, 31), True)
    assert (past.first, past.last, past.is_current, past.is_future) == (None, date(2026, 4, 30), False, False)
    assert (current.record.golongan, current.record.letter_number) == ("III/d", "1/2026")
    assert current.record.recorded_by == official


def test_what_counts_already_is_not_recorded_again(ani: Person, official: User) -> None:
    (only,) = STANDINGS.shown(ani.employee, JUNE)
    now = StandingFacts(only.record.status, only.record.golongan)
    assert STANDINGS.change(ani.employee, MAY, now, "2/2026", official) == only.record
    assert len(STANDINGS.shown(ani.employee, JUNE)) == 1
    assert not AuditEvent.objects.filter(action=STANDINGS.changed).exists()


def test_a_record_of_another_subject_is_not_corrected(ani: Person, budi: Person, official: User) -> None:
    (other,) = STANDINGS.shown(budi.employee, JUNE)
    for uid in (other.record.uid, uuid4()):
        with pytest.raises(NotFound):
            STANDINGS.correct(
                ani.employee,
                uid,
                first=None,
                value=StandingFacts("PNS", "IV/e"),
                letter_number="",
                reason="Salah ketik.",
                actor=official,
            )
    assert not AuditEvent.objects.filter(action=STANDINGS.corrected).exists()
