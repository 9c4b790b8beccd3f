"""What is taken and what is refused when an activity is entered and handed in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed, NotFound
from kernel.periods import Month
from tenants.activities import checks
from tenants.activities.actions import (
    ActivityInput,
    delete_activity,
    save_activity,
    send_activity,
    submit_activities,
    withdraw_activity,
)
from tenants.activities.errors import ActivityRefused, NotEditable, NotWithdrawable
from tenants.activities.facts import WorkFacts, approved_work
from tenants.activities.models import Activity, JobKind
from tenants.activities.window import EntryRule
from tenants.approvals.actions import decide, recall
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.models import LateFact
from tenants.calendars import closing
from tenants.calendars.models import Holiday
from tenants.employees.models import Placement
from tenants.organisation.models import PositionTerms
from tests.cast import Office, Person, make_position
from tests.closed_months import close_months
from tests.files import jpeg
from tests.tenants.activities.work import THURSDAY, approve, entry, make_kind, make_sent, remarks_on, send_back

NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def log_rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[EntryRule | None], None]:
    """`log_rule(EntryRule(1, "calendar"))`: what the region's rule set says about entering."""

    def say(rule: EntryRule | None) -> None:
        monkeypatch.setattr(checks, "entry_rule", lambda day: rule)

    return say


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`closed(Month(2026, 10))`: these months are locked."""

    def lock(*months: Month) -> None:
        close_months(monkeypatch, *months)

    return lock


def send(person: Person, draft: ActivityInput, **values: object) -> Activity:
    return send_activity(employee=person.employee, draft=draft, actor=person.user, **values)  # type: ignore[arg-type]


def save(person: Person, draft: ActivityInput, **values: object) -> Activity:
    return save_activity(employee=person.employee, draft=draft, actor=person.user, **values)  # type: ignore[arg-type]


def refusals(person: Person, draft: ActivityInput) -> dict[str, str]:
    with pytest.raises(ActivityRefused) as refused:
        send(person, draft)
    assert not Activity.objects.filter(description=draft.description, state="submitted").exists()
    return {problem.field: problem.code for problem in refused.value.problems}


def test_minutes_and_points_are_frozen_with_the_version_of_the_day(ani: Person, budi: Person) -> None:
    kind = make_kind(points="2.50", valid_to=date(2026, 11, 20))
    JobKind.objects.create(
        code=kind.code, name="Baru", output_unit="x", norm_minutes=5, points="9", valid_from=date(2026, 11, 20)
    )
    activity = send(ani, entry(kind, volume=3, minutes=None))
    approve(budi, activity)
    activity.refresh_from_db()
    assert (activity.state, activity.approved_minutes, activity.approved_points) == ("approved", 90, Decimal("7.50"))


def test_the_catalogues_version_of_the_day_is_taken_whatever_was_chosen(ani: Person, budi: Person) -> None:
    old = make_kind(valid_to=date(2026, 11, 19))
    new = make_kind(valid_from=date(2026, 11, 19), norm_minutes=45)
    assert send(ani, entry(old, minutes=None)).job_kind == new


def test_points_of_a_rejected_or_waiting_activity_do_not_count(ani: Person, budi: Person, citra: Person) -> None:
    approved, waiting, rejected = make_sent(ani.employee, make_kind(), 3)
    approve(budi, approved)
    request = ApprovalRequest.objects.get(document_uid=rejected.uid)
    decide(request_uids=[request.uid], verdict="rejected", note="Bukan tugasnya", actor=budi.user)
    assert waiting.state == "submitted"
    assert approved_work([ani.employee.pk, citra.employee.pk], NOVEMBER) == {
        ani.employee.pk: WorkFacts(10, Decimal("2.00"), 1, 1),
        citra.employee.pk: WorkFacts(0, Decimal(0), 0),
    }


def test_an_activity_that_overlaps_is_refused_and_one_that_touches_is_not(ani: Person, budi: Person) -> None:
    kind = make_kind()
    send(ani, entry(kind))
    assert refusals(ani, entry(kind, starts_at=time(8, 29), description="x")) == {"starts_at": "overlap"}
    assert send(ani, entry(kind, starts_at=time(8, 30))).state == "submitted"


def test_the_database_refuses_an_overlap_without_the_code(ani: Person, budi: Person) -> None:
    activity = send(ani, entry(make_kind()))
    with pytest.raises(IntegrityError, match="activity_no_overlap"), transaction.atomic():
        Activity.objects.create(
            employee=ani.employee,
            job_kind=activity.job_kind,
            date=activity.date,
            span=DateTimeTZRange(activity.span.lower, activity.span.upper),
            minutes=30,
            description="x",
        )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"date": date(2026, 11, 20)}, {"date": "future"}),
        ({"starts_at": time(15, 45)}, {"starts_at": "not_over"}),
        ({"minutes": 0}, {"minutes": "minutes"}),
        ({"minutes": 1441, "date": date(2026, 11, 17)}, {"minutes": "minutes"}),
        ({"volume": 0}, {"volume": "volume"}),
        ({"description": "  "}, {"description": "empty"}),
        ({"job_kind_uid": uuid.uuid4()}, {"job_kind": "unknown"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    ani: Person, budi: Person, values: dict[str, object], expected: dict[str, str]
) -> None:
    assert refusals(ani, entry(make_kind(), **values)).items() >= expected.items()


@pytest.mark.parametrize(
    ("now", "day", "taken"),
    [
        # 23.59 and 00.01 in Manado (WITA, UTC+8): the wall decides which day it is, not UTC.
        (datetime(2026, 11, 19, 15, 59, tzinfo=UTC), date(2026, 11, 18), True),
        (datetime(2026, 11, 19, 16, 1, tzinfo=UTC), date(2026, 11, 18), False),
        (datetime(2026, 11, 19, 16, 1, tzinfo=UTC), date(2026, 11, 19), True),
    ],
)
def test_yesterday_ends_at_midnight_of_the_region(
    ani: Person, budi: Person, log_rule: Callable[..., None], now: datetime, day: date, taken: bool
) -> None:
    log_rule(EntryRule(1, "calendar"))
    with clock.at(now):
        if taken:
            assert send(ani, entry(make_kind(), date=day)).state == "submitted"
        else:
            assert refusals(ani, entry(make_kind(), date=day)) == {"date": "window"}


def test_a_confirmed_holiday_leaves_one_day_more(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    log_rule(EntryRule(1, "working"))
    tuesday = date(2026, 11, 17)
    assert refusals(ani, entry(make_kind("T-1"), date=tuesday)) == {"date": "window"}
    Holiday.objects.create(
        date=date(2026, 11, 18),
        name="Libur daerah",
        kind="daerah",
        is_confirmed=True,
        source="Keputusan wali kota",
        confirmed_at=clock.now(),
    )
    assert send(ani, entry(make_kind("T-2"), date=tuesday)).state == "submitted"


def test_without_a_rule_the_window_is_open(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    log_rule(None)
    assert send(ani, entry(make_kind(), date=date(2026, 10, 1))).state == "submitted"


def test_what_came_back_may_be_repaired_after_the_window_but_not_moved(
    ani: Person, budi: Person, log_rule: Callable[..., None]
) -> None:
    log_rule(EntryRule(1, "calendar"))
    kind = make_kind()
    activity = send(ani, entry(kind))
    send_back(budi, activity)
    with clock.at(THURSDAY.replace(day=25)):
        with pytest.raises(ActivityRefused):
            save(ani, entry(kind, date=date(2026, 11, 18)), uid=activity.uid)
        repaired = send(ani, entry(kind, description="Laporan bulanan, dengan lampiran"), uid=activity.uid)
    assert repaired.state == "submitted"
    remarks = ApprovalRequest.objects.waiting().get(document_uid=activity.uid).remarks
    assert "Perbaikan setelah dikembalikan" in remarks


def test_a_repair_keeps_what_was_said_before(ani: Person, budi: Person) -> None:
    kind = make_kind()
    activity = send(ani, entry(kind, description="Laporan"))
    send_back(budi, activity)
    send(ani, entry(kind, description="Laporan dengan lampiran"), uid=activity.uid)
    changed = AuditEvent.objects.get(action="activities.changed", subject_uid=activity.uid)
    assert (changed.before["description"], changed.after["description"]) == ("Laporan", "Laporan dengan lampiran")


def test_a_closed_month_takes_no_entry(ani: Person, closed: Callable[..., None]) -> None:
    kind = make_kind()
    waiting = send(ani, entry(kind, date=date(2026, 10, 30)))
    closed(Month(2026, 10))
    assert refusals(ani, entry(kind, date=date(2026, 10, 29), description="x")) == {"date": "closed"}
    with pytest.raises(ActivityRefused):
        withdraw_activity(employee=ani.employee, uid=waiting.uid, actor=ani.user)
    waiting.refresh_from_db()
    assert waiting.state == "submitted"
    assert ApprovalRequest.objects.waiting().count() == 1


def test_an_approval_after_the_lock_counts_as_late(ani: Person, budi: Person, closed: Callable[..., None]) -> None:
    waiting = send(ani, entry(make_kind(), date=date(2026, 10, 30)))
    closed(Month(2026, 10))
    approve(budi, waiting)
    waiting.refresh_from_db()
    assert waiting.state == "approved"
    late = LateFact.objects.get()
    assert (late.employee, late.of_month, late.what) == (ani.employee, date(2026, 10, 1), "Aktivitas")


def test_an_approval_is_taken_back_while_the_month_is_open(
    ani: Person, budi: Person, closed: Callable[..., None]
) -> None:
    first, second = make_sent(ani.employee, make_kind(), 2)
    approve(budi, first, second)
    one, other = (ApprovalRequest.objects.get(document_uid=a.uid) for a in (first, second))
    recall(request_uids=[one.uid], note="Keliru", actor=budi.user)
    first.refresh_from_db()
    assert (first.state, first.approved_minutes) == ("returned", None)
    closed(NOVEMBER)
    with pytest.raises(closing.MonthClosed):
        recall(request_uids=[other.uid], note="Keliru", actor=budi.user)
    second.refresh_from_db()
    assert second.state == "approved"


def test_the_daily_cap_counts_what_is_handed_in_together(ani: Person, budi: Person) -> None:
    kind = make_kind(daily_cap=3)
    drafts = [save(ani, entry(kind, starts_at=time(hour), volume=2)) for hour in (8, 9)]
    outcome = submit_activities(employee=ani.employee, uids=[d.uid for d in drafts], actor=ani.user)
    assert [a.pk for a in outcome.submitted] == [drafts[0].pk]
    assert [(a.pk, problems[0].code) for a, problems in outcome.refused] == [(drafts[1].pk, "cap")]


def test_a_kind_for_other_positions_is_refused(ani: Person, budi: Person) -> None:
    assert refusals(ani, entry(make_kind(position_kinds=["jpt"]))) == {"job_kind": "position"}
    assert send(ani, entry(make_kind("T-2", position_kinds=["jpt", "pelaksana"]))).state == "submitted"


@pytest.fixture
def moved_on_monday(ani: Person, budi: Person, office: Office) -> Person:
    """Ani: a pelaksana until Sunday the 15th, from Monday on a pengawas."""
    post = make_position(office.unit, "S-9", "Kepala Subbagian", kind="pengawas", kelas=9, superior=office.section_head)
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 11, 16)))
    Placement.objects.create(
        employee=ani.employee, position=post, kind="definitif", period=DateRange(date(2026, 11, 16), None)
    )
    return ani


def test_the_work_is_that_of_the_post_held_on_the_day(moved_on_monday: Person) -> None:
    before, now = make_kind("T-1", position_kinds=["pelaksana"]), make_kind("T-2", position_kinds=["pengawas"])
    friday, thursday = date(2026, 11, 13), date(2026, 11, 19)
    assert send(moved_on_monday, entry(before, date=friday)).state == "submitted"
    assert refusals(moved_on_monday, entry(now, date=friday, description="Lain", starts_at=time(10))) == {
        "job_kind": "position"
    }
    assert send(moved_on_monday, entry(now, date=thursday)).state == "submitted"
    assert refusals(moved_on_monday, entry(before, date=thursday, description="Lain", starts_at=time(10))) == {
        "job_kind": "position"
    }


def test_drafts_handed_in_together_are_each_held_against_the_post_of_their_day(moved_on_monday: Person) -> None:
    kind = make_kind(position_kinds=["pelaksana"])
    drafts = [
        save(moved_on_monday, entry(kind, date=date(2026, 11, day), description=f"Laporan {day}")) for day in (12, 13)
    ]
    Placement.objects.filter(employee=moved_on_monday.employee, period__endswith=date(2026, 11, 16)).update(
        period=DateRange(date(2024, 1, 1), date(2026, 11, 13))
    )
    outcome = submit_activities(
        employee=moved_on_monday.employee, uids=[d.uid for d in drafts], actor=moved_on_monday.user
    )
    assert [activity.date.day for activity in outcome.submitted] == [12]
    assert [(activity.date.day, problems[0].code) for activity, problems in outcome.refused] == [(13, "position")]


def test_the_category_is_that_of_the_day(ani: Person, budi: Person, office: Office) -> None:
    PositionTerms.objects.filter(position=office.staff).update(period=DateRange(None, date(2026, 11, 16)))
    PositionTerms.objects.create(
        position=office.staff, kelas=8, category="guru", period=DateRange(date(2026, 11, 16), None)
    )
    kind = make_kind(position_categories=["guru"])
    assert refusals(ani, entry(kind, date=date(2026, 11, 13))) == {"job_kind": "position"}
    assert send(ani, entry(kind)).state == "submitted"


def test_before_the_first_post_only_work_for_everybody_is_taken(ani: Person, budi: Person) -> None:
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2026, 11, 16), None))
    assert refusals(ani, entry(make_kind(position_kinds=["pelaksana"]), date=date(2026, 11, 13))) == {
        "job_kind": "position"
    }
    assert send(ani, entry(make_kind("T-2"), date=date(2026, 11, 13))).state == "submitted"


def test_norm_weight_and_cap_are_those_of_the_version_of_the_day(ani: Person, budi: Person) -> None:
    old = make_kind(norm_minutes=30, points="2", weight="1", daily_cap=2, valid_to=date(2026, 11, 16))
    new = make_kind(norm_minutes=60, points="5", weight="2", daily_cap=1, valid_from=date(2026, 11, 16))
    made = send(ani, entry(new, date=date(2026, 11, 13), minutes=None, volume=2))
    assert (made.job_kind, made.minutes, made.points) == (old, 60, Decimal("4.00"))
    assert refusals(ani, entry(old, description="Lain", volume=2)) == {"volume": "cap"}
    made = send(ani, entry(old, minutes=None))
    assert (made.job_kind, made.minutes, made.points) == (new, 60, Decimal("10.00"))


def test_what_waits_can_be_withdrawn_and_what_is_decided_cannot(ani: Person, budi: Person) -> None:
    first, second = make_sent(ani.employee, make_kind(), 2)
    approve(budi, second)
    assert withdraw_activity(employee=ani.employee, uid=first.uid, actor=ani.user).state == "draft"
    with pytest.raises(NotWithdrawable):
        withdraw_activity(employee=ani.employee, uid=second.uid, actor=ani.user)
    with pytest.raises(NotEditable):
        delete_activity(employee=ani.employee, uid=second.uid, actor=ani.user)
    delete_activity(employee=ani.employee, uid=first.uid, actor=ani.user)
    assert list(Activity.objects.all()) == [second]


def test_nobody_enters_for_somebody_else(ani: Person, budi: Person, dedi: Person) -> None:
    kind = make_kind()
    with pytest.raises(NotFound):
        save_activity(employee=ani.employee, draft=entry(kind), actor=budi.user)
    with pytest.raises(NotAllowed):
        save_activity(employee=dedi.employee, draft=entry(kind), actor=dedi.user)
    activity = save(ani, entry(kind))
    with pytest.raises(NotFound):
        submit_activities(employee=budi.employee, uids=[activity.uid], actor=budi.user)


def test_exceptions_carry_their_reasons_and_ordinary_ones_none(ani: Person, budi: Person) -> None:
    kind = make_kind()
    ordinary = send(ani, entry(kind))
    late = send(ani, entry(kind, date=date(2026, 11, 16)))
    long = send(ani, entry(kind, starts_at=time(9), minutes=200))
    remarks = {r.document_uid: r.remarks for r in ApprovalRequest.objects.all()}
    assert remarks[ordinary.uid] == []
    assert remarks[late.uid] == ["Diisi 3 hari kemudian"]
    assert remarks[long.uid] == ["200 menit, norma 30"]


def test_a_long_day_and_a_free_day_are_told_to_the_approver(ani: Person, budi: Person) -> None:
    kind = make_kind(norm_minutes=300)
    send(ani, entry(kind, date=date(2026, 11, 18), starts_at=time(6), minutes=300))
    long_day = send(ani, entry(kind, date=date(2026, 11, 18), starts_at=time(12), minutes=330))
    sunday = send(ani, entry(kind, date=date(2026, 11, 15)))
    assert "Jumlah hari itu 630 menit" in remarks_on(long_day)
    assert "Bukan hari kerja" in remarks_on(sunday)


def test_the_same_file_under_two_activities_is_flagged(ani: Person, budi: Person, citra: Person) -> None:
    kind = make_kind()

    def upload() -> SimpleUploadedFile:
        return SimpleUploadedFile("foto.jpg", jpeg())

    first = send(ani, entry(kind, files=[upload()]))
    second = send(citra, entry(kind, files=[upload()]))
    remarks = {r.document_uid: r.remarks for r in ApprovalRequest.objects.all()}
    assert (remarks[first.uid], remarks[second.uid]) == ([], ["Bukti yang sama pernah dipakai"])


def test_drafts_of_thirty_take_as_many_statements_as_three(
    ani: Person, budi: Person, with_role: Callable[..., User]
) -> None:

    kind = make_kind()
    counts = []
    for day, size in ((17, 3), (18, 30)):
        drafts = [
            save(ani, entry(kind, date=date(2026, 11, day), starts_at=time(n // 4, n % 4 * 15), minutes=15))
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as captured:
            outcome = submit_activities(employee=ani.employee, uids=[d.uid for d in drafts], actor=ani.user)
        assert len(outcome.submitted) == size
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_form_that_was_handed_in_does_not_swallow_a_second_activity(ani: Person, budi: Person) -> None:
    """Back in the browser, another hour, sent again: told as refused, not as handed in."""
    kind, key = make_kind(), uuid.uuid4()
    first = send(ani, entry(kind, client_key=key))
    assert send(ani, entry(kind, client_key=key)) == first
    with pytest.raises(ActivityRefused, match="sent_before"):
        send(ani, entry(kind, client_key=key, starts_at=time(10), description="Rapat"))
    assert Activity.objects.count() == 1
