"""The entry window in working days of the person's own unit, late entries, and the countdown on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.periods import Month
from tenants.activities import checks
from tenants.activities.actions import save_activity, send_activity, submit_activities, withdraw_activity
from tenants.activities.errors import ActivityRefused
from tenants.activities.facts import approved_work
from tenants.activities.models import Activity
from tenants.activities.proposals import start_time, time_left
from tenants.activities.window import EntryRule
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.calendars.models import PatternAssignment, RosterCell
from tenants.employees.models import Placement
from tests.cast import Office, Person, make_position, make_unit
from tests.tenants.activities.work import entry, make_kind, remarks_on, send_back, sent_form
from tests.tenants.calendars.making import make_pattern, rotation, store

# Monday, 16.00 in Manado.
MONDAY = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
FRIDAY, SATURDAY, THURSDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 19)
HALF = EntryRule(1, "working", late_days_back=3, late_percent=Decimal(50))


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def log_rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[EntryRule | None], None]:
    def say(rule: EntryRule | None) -> None:
        monkeypatch.setattr(checks, "entry_rule", lambda day: rule)

    return say


def six_days(office: Office) -> None:
    """The office's unit works Monday to Saturday."""
    pattern = make_pattern("enam", "Enam hari", dict.fromkeys(range(6), "07.00-14.00"))
    PatternAssignment.objects.create(pattern=pattern, unit=office.unit, period=DateRange(date(2024, 1, 1), None))


def send(person: Person, day: date, **values: object) -> Activity:
    return send_activity(employee=person.employee, draft=entry(make_kind(), date=day, **values), actor=person.user)


def test_one_working_day_back_is_friday_where_five_days_are_worked(
    ani: Person, budi: Person, log_rule: Callable[..., None]
) -> None:
    log_rule(EntryRule(1, "working"))
    assert send(ani, FRIDAY).percent == 100


def test_one_working_day_back_is_saturday_where_six_days_are_worked(
    ani: Person, budi: Person, office: Office, log_rule: Callable[..., None]
) -> None:
    six_days(office)
    log_rule(EntryRule(1, "working"))
    with pytest.raises(ActivityRefused) as refused:
        send(ani, FRIDAY)
    assert [problem.text for problem in refused.value.problems] == [
        "Batas pengisian sudah lewat. Yang masih dapat diisi: mulai Sabtu, 21 November 2026."
    ]
    assert not Activity.objects.exists()


def test_each_day_back_is_one_of_the_unit_that_the_person_was_in_then(
    ani: Person, budi: Person, office: Office, log_rule: Callable[..., None]
) -> None:
    six_days(office)
    log_rule(EntryRule(1, "working"))
    # From this Monday on in an office of five days; Saturday was worked in the unit before.
    other = make_position(make_unit(office.opd, "1.01.8", "Sekretariat"), "S-8", "Arsiparis")
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2024, 1, 1), MONDAY.date()))
    Placement.objects.create(employee=ani.employee, position=other, period=DateRange(MONDAY.date(), None))
    assert checks.today_for(ani.employee).first_open == SATURDAY
    made = save_activity(employee=ani.employee, draft=entry(make_kind(), date=SATURDAY), actor=ani.user)
    outcome = submit_activities(employee=ani.employee, uids=[made.uid], actor=ani.user)
    assert "Bukan hari kerja" not in outcome.remarks[made.pk]


def test_each_day_back_is_one_of_the_own_pattern(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    pattern = make_pattern("sendiri", "Enam hari", dict.fromkeys(range(6), "07.00-14.00"))
    PatternAssignment.objects.create(pattern=pattern, employee=ani.employee, period=DateRange(date(2024, 1, 1), None))
    log_rule(EntryRule(1, "working"))
    assert checks.today_for(ani.employee).first_open == SATURDAY
    assert checks.today_for(budi.employee).first_open == FRIDAY


def test_a_nurse_counts_the_days_of_the_roster(
    ani: Person, budi: Person, office: Office, log_rule: Callable[..., None]
) -> None:
    shifts = store(rotation("jaga", {"P": "10.00-17.00"}, "P -", date(2026, 1, 1)))
    sunday = date(2026, 11, 22)
    for day, code in ((THURSDAY, "P"), (FRIDAY, ""), (sunday, "P")):
        RosterCell.objects.create(
            employee=ani.employee, date=day, code=code, pattern=shifts if code else None, is_draft=False
        )
    log_rule(EntryRule(2, "working"))
    at = checks.today_for(ani.employee)
    assert at.first_open == THURSDAY
    assert start_time(ani.employee, sunday, 30, at.post_on(sunday)) == time(10)
    on_duty = send(ani, sunday, starts_at=time(10))
    assert "Bukan hari kerja" not in remarks_on(on_duty)
    free = send_activity(employee=ani.employee, draft=entry(on_duty.job_kind, date=FRIDAY), actor=ani.user)
    assert "Bukan hari kerja" in remarks_on(free)


def test_a_late_entry_counts_in_part_and_tells_the_approver(
    ani: Person, budi: Person, log_rule: Callable[..., None]
) -> None:
    log_rule(HALF)
    late = send(ani, THURSDAY, minutes=45)
    request = ApprovalRequest.objects.get()
    assert (late.percent, request.remarks[0]) == (Decimal(50), "Terlambat, dihitung 50%")
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    late.refresh_from_db()
    assert (late.approved_minutes, late.approved_points, late.approved_weight) == (23, Decimal("1.00"), Decimal(1))
    work = approved_work([ani.employee.pk], Month(2026, 11))[ani.employee.pk]
    assert (work.minutes, work.points, work.days_logged) == (23, Decimal("1.00"), 1)


def test_behind_the_late_days_nothing_is_taken(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    log_rule(HALF)
    with pytest.raises(ActivityRefused) as refused:
        send(ani, date(2026, 11, 17))
    assert refused.value.problems[0].code == "window"


def test_a_repair_of_what_was_in_time_stays_whole(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    log_rule(HALF)
    activity = send(ani, FRIDAY)
    send_back(budi, activity)
    kind = activity.job_kind
    with clock.at(MONDAY + timedelta(days=2)):
        repaired = send_activity(
            employee=ani.employee,
            draft=entry(kind, date=FRIDAY, description="Dengan lampiran"),
            actor=ani.user,
            uid=activity.uid,
        )
        assert repaired.percent == 100
        send_back(budi, repaired)
        moved = send_activity(
            employee=ani.employee, draft=entry(kind, date=MONDAY.date()), actor=ani.user, uid=activity.uid
        )
        assert moved.percent == 50


def test_a_repair_that_is_taken_back_can_still_be_handed_in(
    ani: Person, budi: Person, log_rule: Callable[..., None]
) -> None:
    log_rule(HALF)
    activity = send(ani, FRIDAY)
    with clock.at(MONDAY + timedelta(days=14)):
        send_back(budi, activity)
        submit_activities(employee=ani.employee, uids=[activity.uid], actor=ani.user)
        taken_back = withdraw_activity(employee=ani.employee, uid=activity.uid, actor=ani.user)
        assert taken_back.state == Activity.State.RETURNED
        again = submit_activities(employee=ani.employee, uids=[activity.uid], actor=ani.user)
    assert not again.refused
    assert again.submitted[0].percent == 100


def test_a_region_may_allow_work_at_the_same_time(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    log_rule(EntryRule(1, "working", overlap_allowed=True))
    kind = make_kind()
    drafts = [entry(kind, date=FRIDAY, description=text) for text in ("Rapat", "Mencatat rapat")]
    for draft in drafts:
        send_activity(employee=ani.employee, draft=draft, actor=ani.user)
    assert Activity.objects.count() == 2
    log_rule(EntryRule(1, "working"))
    with pytest.raises(ActivityRefused) as refused:
        send_activity(employee=ani.employee, draft=entry(kind, date=FRIDAY), actor=ani.user)
    assert refused.value.problems[0].field == "starts_at"


def test_a_day_has_no_more_than_24_hours(ani: Person, budi: Person, log_rule: Callable[..., None]) -> None:
    log_rule(EntryRule(1, "working", overlap_allowed=True))
    kind = make_kind()
    send_activity(employee=ani.employee, draft=entry(kind, date=FRIDAY, minutes=900), actor=ani.user)
    with pytest.raises(ActivityRefused) as refused:
        send_activity(employee=ani.employee, draft=entry(kind, date=FRIDAY, minutes=600), actor=ani.user)
    problem = refused.value.problems[0]
    assert (problem.field, problem.text) == (
        "minutes",
        "Jumlah menit hari itu menjadi 1.500, lebih dari 24 jam. Kurangi menitnya.",
    )


def test_the_page_counts_down(
    ani: Person, budi: Person, log_rule: Callable[..., None], signed_in: Callable[..., Client]
) -> None:
    log_rule(HALF)
    client, kind = signed_in(ani.user), make_kind()
    first = client.get("/aktivitas/baru/")
    assert [(w.day, w.percent, w.left) for w in first.context["windows"]] == [
        # Monday until the end of Tuesday, the weekend and Friday until the end of Monday.
        (date(2026, 11, 23), 100, "1 hari 8 jam"),
        (date(2026, 11, 22), 100, "8 jam"),
        (SATURDAY, 100, "8 jam"),
        (FRIDAY, 100, "8 jam"),
    ]
    form = client.get(f"/aktivitas/baru/?jenis={kind.uid}&tanggal=2026-11-19").content.decode()
    assert "Terlambat: dihitung 50%, dapat diajukan sampai Selasa, 24 November 2026." in form
    assert "Dapat diajukan sampai Selasa, 24 November 2026." in form


def test_the_window_is_said_beside_the_date(
    ani: Person, budi: Person, log_rule: Callable[..., None], signed_in: Callable[..., Client]
) -> None:
    log_rule(EntryRule(1, "working"))
    answer = signed_in(ani.user).post("/aktivitas/baru/", sent_form(make_kind().uid, date="2026-11-17"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["date"] == [
        "Batas pengisian sudah lewat. Yang masih dapat diisi: mulai Jumat, 20 November 2026."
    ]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=3, minutes=59), "2 hari 3 jam"),
        (timedelta(hours=8), "8 jam"),
        (timedelta(hours=1, minutes=5), "1 jam 5 menit"),
        (timedelta(seconds=30), "0 menit"),
    ],
)
def test_what_is_left_is_said_in_the_two_largest_units(left: timedelta, words: str) -> None:
    assert time_left(left) == words
