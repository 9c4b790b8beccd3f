"""Which minutes are nobody's fault, for which unit: proposed, approved by a second person, undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from tenants.disturbances import actions
from tenants.disturbances.actions import DisturbanceIn, days_touched
from tenants.disturbances.errors import (
    AlreadyDecided,
    NotInForce,
    OwnProposal,
    ReasonMissing,
    SpanRefused,
    UnitsMissing,
)
from tenants.disturbances.models import Disturbance
from tenants.disturbances.querysets import neutral_between
from tenants.disturbances.signals import windows_changed
from tests.cast import Office, Person, make_opd, make_unit
from tests.tenants.attendance.week import MONDAY, ZONE, at, on

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def now() -> Iterator[None]:
    with on(MONDAY, "10:00"):
        yield


@pytest.fixture
def operator(with_role: Any, office: Office, now: None) -> User:
    return with_role("operator_opd", opd=office.opd)  # type: ignore[no-any-return]


@pytest.fixture
def bkpsdm(with_role: Any) -> User:
    return with_role("bkpsdm")  # type: ignore[no-any-return]


def window(first: str = "07:00", last: str = "08:15", units: Any = (), **more: Any) -> DisturbanceIn:
    values = {"cause": "network", "evidence": "Menara seluler padam, laporan 12/2026.", **more}
    return DisturbanceIn(starts_at=at(MONDAY, first), ends_at=at(MONDAY, last), units=[u.uid for u in units], **values)


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What other apps heard of windows that changed."""
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, signal: Any, **facts: Any) -> None:
        heard.append(facts)

    windows_changed.connect(hear)
    yield heard
    windows_changed.disconnect(hear)


def test_approved_minutes_are_neutral_for_the_unit_and_everything_below_it(
    office: Office, operator: User, bkpsdm: User
) -> None:
    elsewhere = make_opd("2.02", "Dinas Lain")
    made = actions.propose_disturbance(draft=window(units=[office.opd]), actor=operator)
    assert not neutral_between(MONDAY, TUESDAY)
    actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
    windows = neutral_between(MONDAY, TUESDAY)
    for unit in (office.opd, office.unit):
        assert windows.covering(unit.pk, at(MONDAY, "06:59:59")) is None
        found = windows.covering(unit.pk, at(MONDAY, "07:00"))
        assert found is not None
        assert (found.uid, found.cause, found.words) == (made.uid, "network", "Internet atau sinyal putus")
        assert windows.covering(unit.pk, at(MONDAY, "08:14:59")) == found
        assert windows.covering(unit.pk, at(MONDAY, "08:15")) is None
        assert windows.of(unit.pk, at(MONDAY, "08:00"), at(MONDAY, "16:00")) == (found,)
        assert windows.of(unit.pk, at(MONDAY, "08:15"), at(MONDAY, "16:00")) == ()
    assert windows.covering(elsewhere.pk, at(MONDAY, "07:30")) is None


def test_minutes_of_one_unit_are_not_those_of_the_unit_beside_or_above_it(
    office: Office, operator: User, bkpsdm: User
) -> None:
    beside = make_unit(office.opd, "1.01.02", "Bidang Lain")
    made = actions.propose_disturbance(draft=window(units=[office.unit]), actor=operator)
    actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
    windows = neutral_between(MONDAY, TUESDAY)
    assert windows.covering(office.unit.pk, at(MONDAY, "07:30"))
    assert windows.covering(beside.pk, at(MONDAY, "07:30")) is None
    assert windows.covering(office.opd.pk, at(MONDAY, "07:30")) is None


def test_undoing_takes_the_minutes_back_and_keeps_the_reason(office: Office, operator: User, bkpsdm: User) -> None:
    made = actions.propose_disturbance(draft=window(units=[office.opd]), actor=operator)
    with pytest.raises(NotInForce):
        actions.undo_disturbance(uid=made.uid, reason="Salah", actor=bkpsdm)
    actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
    with pytest.raises(ReasonMissing):
        actions.undo_disturbance(uid=made.uid, reason=" ", actor=bkpsdm)
    undone = actions.undo_disturbance(uid=made.uid, reason="Menara ternyata menyala", actor=bkpsdm)
    assert (undone.state, undone.undone_by, undone.undo_reason) == ("undone", bkpsdm, "Menara ternyata menyala")
    assert not neutral_between(MONDAY, TUESDAY)
    with pytest.raises(NotInForce):
        actions.undo_disturbance(uid=made.uid, reason="Lagi", actor=bkpsdm)
    names = AuditEvent.objects.filter(action__startswith="disturbances.").order_by("id")
    assert list(names.values_list("action", "actor_uid")) == [
        ("disturbances.proposed", operator.uid),
        ("disturbances.approved", bkpsdm.uid),
        ("disturbances.undone", bkpsdm.uid),
    ]


def test_nobody_approves_the_own_proposal_also_not_past_the_action(bkpsdm: User, now: None, with_role: Any) -> None:
    made = actions.propose_disturbance(draft=window(), actor=bkpsdm)
    with pytest.raises(OwnProposal):
        actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
    made.state, made.decided_by = "approved", bkpsdm
    with pytest.raises(IntegrityError, match="disturbance_approved_by_another"), transaction.atomic():
        made.save()
    approved = actions.approve_disturbance(uid=made.uid, actor=with_role("bkpsdm"), note="Sesuai laporan")
    assert (approved.state, approved.decision_note) == ("approved", "Sesuai laporan")
    with pytest.raises(AlreadyDecided):
        actions.approve_disturbance(uid=made.uid, actor=with_role("bkpsdm"))


def test_an_operator_reports_for_the_own_opd_only_and_decides_nothing(
    office: Office, operator: User, with_role: Any
) -> None:
    elsewhere = make_opd("2.02", "Dinas Lain")
    for units in ([elsewhere], [office.opd, elsewhere], []):
        with pytest.raises(UnitsMissing):
            actions.propose_disturbance(draft=window(units=units), actor=operator)
    with pytest.raises(NotAllowed):
        actions.propose_disturbance(draft=window(), actor=with_role("inspektorat"))
    made = actions.propose_disturbance(draft=window(units=[office.opd]), actor=operator)
    with pytest.raises(NotAllowed):
        actions.approve_disturbance(uid=made.uid, actor=operator)
    with pytest.raises(NotAllowed):
        actions.reject_disturbance(uid=made.uid, reason="Bukan", actor=with_role("operator_opd", opd=elsewhere))
    taken_back = actions.reject_disturbance(uid=made.uid, reason="Salah tanggal", actor=operator)
    assert (taken_back.state, taken_back.decision_note) == ("rejected", "Salah tanggal")
    assert not neutral_between(MONDAY, TUESDAY)


@pytest.mark.parametrize(
    ("first_day", "first", "last_day", "last"),
    [
        (MONDAY, "08:00", MONDAY, "08:00"),
        (MONDAY, "08:00", MONDAY, "07:00"),
        (MONDAY, "08:00", MONDAY + timedelta(days=7), "08:01"),
        (MONDAY + timedelta(days=31), "08:00", MONDAY + timedelta(days=31), "09:00"),
    ],
)
def test_minutes_that_cannot_be_are_refused(
    bkpsdm: User, now: None, first_day: date, first: str, last_day: date, last: str
) -> None:
    draft = DisturbanceIn(at(first_day, first), at(last_day, last), cause="power", evidence="Padam")
    with pytest.raises(SpanRefused):
        actions.propose_disturbance(draft=draft, actor=bkpsdm)
    with pytest.raises(ReasonMissing):
        actions.propose_disturbance(draft=window(evidence=" "), actor=bkpsdm)
    assert not Disturbance.objects.exists()


def test_only_the_days_touched_are_judged_again_and_only_for_these_units(
    office: Office, operator: User, bkpsdm: User, told: list[dict[str, Any]]
) -> None:
    made = actions.propose_disturbance(draft=window(units=[office.opd]), actor=operator)
    assert told == []
    actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
    actions.undo_disturbance(uid=made.uid, reason="Keliru", actor=bkpsdm)
    # The shift of the evening before may still run at seven.
    said = {"first": MONDAY - timedelta(days=1), "end": TUESDAY, "unit_ids": {office.opd.pk, office.unit.pk}}
    assert told == [said, said]


def test_a_disturbance_that_is_announced_touches_no_day_yet(
    bkpsdm: User, with_role: Any, now: None, told: list[dict[str, Any]]
) -> None:
    ahead = DisturbanceIn(
        at(MONDAY + timedelta(days=5), "07:00"), at(MONDAY + timedelta(days=5), "09:00"), "power", "Pemeliharaan gardu"
    )
    made = actions.propose_disturbance(draft=ahead, actor=bkpsdm)
    actions.approve_disturbance(uid=made.uid, actor=with_role("bkpsdm"))
    assert told == []
    assert neutral_between(MONDAY + timedelta(days=5), MONDAY + timedelta(days=6))


def test_the_days_touched_begin_with_the_evening_before() -> None:
    assert days_touched(at(TUESDAY, "07:00"), at(TUESDAY, "08:00"), ZONE) == (MONDAY, TUESDAY)
    assert days_touched(at(TUESDAY, "02:00"), at(TUESDAY, "03:00"), ZONE) == (MONDAY - timedelta(days=1), MONDAY)


def test_asking_costs_two_statements_and_one_without_any(
    office: Office, operator: User, bkpsdm: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert not neutral_between(MONDAY, TUESDAY)
    for hour in ("07", "09", "11"):
        made = actions.propose_disturbance(
            draft=window(f"{hour}:00", f"{hour}:30", units=[office.opd, office.unit]), actor=operator
        )
        actions.approve_disturbance(uid=made.uid, actor=bkpsdm)
    with django_assert_num_queries(2):
        windows = neutral_between(MONDAY, TUESDAY)
        for minute in range(60):
            windows.covering(office.unit.pk, at(MONDAY, f"09:{minute:02d}"))
    assert len(windows.windows) == 3


def test_the_own_opd_s_disturbances_and_the_region_s_are_seen(
    office: Office, ani: Person, operator: User, bkpsdm: User, signed_in: Any, with_role: Any
) -> None:
    own = actions.propose_disturbance(draft=window(units=[office.unit]), actor=operator)
    everybody = actions.propose_disturbance(draft=window(), actor=bkpsdm)
    other = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Lain")))
    assert other.get(f"/gangguan/{own.uid}/").status_code == 404
    assert other.get(f"/gangguan/{everybody.uid}/").status_code == 200
    listed = other.get("/gangguan/").content.decode()
    assert str(everybody.uid) in listed
    assert str(own.uid) not in listed
