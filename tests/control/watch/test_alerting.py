"""From events to alerts and incidents: one attack is one line, and what is only tried out opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from control.incidents.models import Incident, TimelineEntry
from control.watch import keeping
from control.watch.alerting import follow
from control.watch.models import Alert, Detection, SecurityEvent
from control.watch.tasks import keep_house, look_for_silence, tell_regions
from control.watch.telling import TAKE_COUNTS
from control.watch.wall import events_by_region
from kernel import clock
from kernel.delivery.models import OutboxMessage
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.watching import Severity, emit, gathering, names
from tests.cast import Person
from tests.control.incidents.hits import a_hit

TakenIn = Callable[[], list[SecurityEvent]]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_open(control: None) -> None:
    """Every test of the database begins without alerts."""


@pytest.fixture
def control(db: None) -> None:
    with control_scope():
        Alert.objects.all().delete()


def alerts(code: str) -> list[Alert]:
    with control_scope():
        return list(Alert.objects.filter(detection__code=code).order_by("id"))


def set_status(code: str, status: str) -> None:
    with control_scope():
        Detection.objects.filter(code=code).update(status=status)


def probe(count: int, *, by: Person, at: datetime = NOON) -> None:
    with gathering():
        for number in range(count):
            with clock.at(at + timedelta(seconds=number)):
                emit(names.CROSS_TENANT_ATTEMPT, subject=f"{at:%H%M}-{number}", person=by.user.uid)


def test_a_probe_for_other_regions_data_becomes_one_incident_of_its_region(
    ani: Person, taken_in: TakenIn, banjarmasin: RegionState
) -> None:
    probe(3, by=ani)
    taken_in()
    (alert,) = alerts("cross_tenant_probe")
    assert (alert.region, alert.level, alert.events, alert.times) == ("manado", Severity.HIGH, 3, 1)
    assert alert.group == {"region": "manado", "person": str(ani.user.uid)}
    with control_scope():
        incident = Incident.objects.get()
        assert (incident.uid, incident.key, incident.kind) == (alert.incident, "cross_tenant", "data_leak")
        assert incident.region is not None
        assert incident.region.code == "manado"
        assert list(incident.observables.values_list("kind", "value")) == [("account", str(ani.user.uid))]


def test_what_goes_on_joins_its_alert_and_opens_nothing_more(ani: Person, taken_in: TakenIn) -> None:
    for minute in range(0, 50, 10):
        probe(3, by=ani, at=NOON + timedelta(minutes=minute))
        taken_in()
    (alert,) = alerts("cross_tenant_probe")
    assert alert.times == 5
    assert alert.last_at == NOON + timedelta(minutes=40, seconds=2)
    with control_scope():
        assert Incident.objects.count() == 1
        assert TimelineEntry.objects.filter(origin=TimelineEntry.Origin.DETECTION).count() == 1


def test_the_timeline_says_when_it_was_seen(ani: Person, taken_in: TakenIn) -> None:
    probe(3, by=ani)
    with clock.at(NOON):
        emit(names.PAGE_CLOAKED, subject="a.manado.example")
    taken_in()
    with control_scope():
        said = [entry.text for entry in TimelineEntry.objects.filter(origin=TimelineEntry.Origin.DETECTION)]
    assert {text.partition(": ")[2] for text in said} == {
        "3 peristiwa, 11.00.00 sampai 11.00.02, 3 berbeda.",
        "1 peristiwa, pukul 11.00.00.",
    }


def test_what_joins_an_alert_makes_its_incident_better_known(ani: Person, budi: Person, taken_in: TakenIn) -> None:
    for minute, person, mark in ((0, ani, "a" * 16), (10, budi, "b" * 16), (20, budi, "b" * 16)):
        with clock.at(NOON + timedelta(minutes=minute)):
            emit(names.JUDOL_TEXT_HELD, subject=f"t{minute}", person=person.user.uid, print=mark, sketch="")
        taken_in()
    (alert,) = alerts("judol_text")
    assert (alert.events, alert.times) == (3, 3)
    with control_scope():
        incident = Incident.objects.get()
        assert set(incident.observables.values_list("kind", "value")) == {
            ("account", str(ani.user.uid)),
            ("account", str(budi.user.uid)),
            ("print", "a" * 16),
            ("print", "b" * 16),
        }
        assert TimelineEntry.objects.filter(origin=TimelineEntry.Origin.DETECTION).count() == 1


@pytest.mark.parametrize(
    ("outcome", "after", "incidents"),
    [("real", 1, 2), ("real", -1, 1), ("false_alarm", 1, 1)],
    ids=["what was dealt with goes on", "what was on its way still belongs to it", "a false alarm stays one"],
)
def test_an_alert_of_a_closed_incident(
    ani: Person, taken_in: TakenIn, outcome: str, after: int, incidents: int
) -> None:
    probe(3, by=ani)
    taken_in()
    closed = NOON + timedelta(minutes=30)
    with control_scope():
        Incident.objects.update(state="closed", outcome=outcome, closed_at=closed)
    probe(3, by=ani, at=closed + timedelta(minutes=after))
    taken_in()
    with control_scope():
        assert Incident.objects.count() == incidents
    assert len(alerts("cross_tenant_probe")) == incidents


def test_an_incident_that_was_merged_is_not_over_while_the_other_one_is_open(ani: Person, taken_in: TakenIn) -> None:
    probe(3, by=ani)
    taken_in()
    with control_scope():
        first = Incident.objects.get()
        other = a_hit("another", key="another")
        Incident.objects.filter(pk=first.pk).update(
            state="closed", outcome="merged", merged_into=other, closed_at=NOON + timedelta(minutes=1)
        )
    with clock.at(NOON + timedelta(minutes=5)):
        emit(names.CROSS_TENANT_ATTEMPT, subject="more", person=ani.user.uid, sha256="c" * 64)
    taken_in()
    with control_scope():
        assert Incident.objects.count() == 2
        assert ("digest", "c" * 64) in other.observables.values_list("kind", "value")


def test_after_the_suppress_time_it_is_a_new_alert_in_the_same_incident(ani: Person, taken_in: TakenIn) -> None:
    for at in (NOON, NOON + timedelta(hours=3)):
        probe(3, by=ani, at=at)
        taken_in()
    assert len(alerts("cross_tenant_probe")) == 2
    with control_scope():
        assert Incident.objects.count() == 1


def test_an_attack_on_one_region_is_no_incident_of_another(
    ani: Person, taken_in: TakenIn, banjarmasin: RegionState
) -> None:
    probe(2, by=ani)
    with region_scope(banjarmasin):
        probe(1, by=ani, at=NOON + timedelta(seconds=30))
    taken_in()
    assert alerts("cross_tenant_probe") == []


def test_a_detection_that_is_tried_out_shows_what_would_have_been(ani: Person, taken_in: TakenIn) -> None:
    set_status("cross_tenant_probe", "simulation")
    probe(3, by=ani)
    taken_in()
    (alert,) = alerts("cross_tenant_probe")
    assert (alert.is_simulated, alert.incident) == (True, None)
    with control_scope():
        assert not Incident.objects.exists()


def test_a_draft_does_not_look(ani: Person, taken_in: TakenIn) -> None:
    set_status("cross_tenant_probe", "draft")
    probe(3, by=ani)
    taken_in()
    assert alerts("cross_tenant_probe") == []


def test_what_is_low_is_listed_and_opens_no_incident_until_it_is_graver(ani: Person, taken_in: TakenIn) -> None:
    with clock.at(NOON):
        for _ in range(8):
            emit(names.AUTHN_LOGIN_FAIL, subject="a1")
    taken_in()
    (alert,) = alerts("brute_force")
    assert (alert.level, alert.incident) == (Severity.LOW, None)
    with clock.at(NOON + timedelta(minutes=1)):
        emit(names.AUTHN_LOGIN_SUCCESS, subject="a1", person=ani.user.uid)
    taken_in()
    (alert,) = alerts("brute_force")
    assert alert.level == Severity.MEDIUM
    with control_scope():
        assert Incident.objects.get().uid == alert.incident


def test_an_attack_on_many_accounts_costs_as_many_statements_as_one_on_few(
    manado: RegionState, taken_in: TakenIn
) -> None:
    def statements_behind(accounts: list[str]) -> int:
        with gathering():
            for account in accounts:
                emit(names.AUTHN_LOGIN_FAIL, subject=account)
        fresh = [event for event in taken_in() if event.subject in accounts]
        with control_scope(), CaptureQueriesContext(connection) as captured:
            follow(fresh)
        return len(captured)

    few, many = ([f"{word}{number}" for number in range(size)] for word, size in (("few", 2), ("many", 19)))
    with clock.at(NOON):
        for account in few + many:
            for _ in range(8):
                emit(names.AUTHN_LOGIN_FAIL, subject=account)
        taken_in()
        assert len(alerts("brute_force")) == 21
        assert statements_behind(many) == statements_behind(few)
        assert {alert.events for alert in alerts("brute_force")} == {9}


def test_one_campaign_over_two_regions_is_an_incident_of_the_platform(
    ani: Person, taken_in: TakenIn, banjarmasin: RegionState
) -> None:
    with clock.at(NOON):
        for n in range(25):
            emit(names.AUTHN_LOGIN_FAIL, subject=f"a{n}", password_bucket="0a1b2")
        with region_scope(banjarmasin):
            for n in range(25, 50):
                emit(names.AUTHN_LOGIN_FAIL, subject=f"a{n}", password_bucket="0a1b2")
    taken_in()
    (alert,) = alerts("slow_spray")
    assert (alert.region, alert.distinct) == ("", 50)
    with control_scope():
        assert Incident.objects.get().region is None


def test_a_detection_that_cannot_be_read_does_not_hold_up_the_others(ani: Person, taken_in: TakenIn) -> None:
    with control_scope():
        Detection.objects.filter(code="idor_sweep").update(content={"steps": "?"})
    probe(3, by=ani)
    taken_in()
    assert len(alerts("cross_tenant_probe")) == 1


def test_a_first_sign_in_from_another_browser_is_marked(ani: Person, manado: RegionState, taken_in: TakenIn) -> None:
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from kernel.watching.middleware import Watching

    def sign_in(request: HttpRequest) -> HttpResponse:
        emit(names.AUTHN_LOGIN_SUCCESS, person=ani.user.uid)
        return HttpResponse()

    for hour, agent in enumerate(["Firefox", "Firefox", "Chrome", "Chrome"]):
        with clock.at(NOON + timedelta(hours=hour)):
            Watching(sign_in)(RequestFactory().post("/masuk/", headers={"user-agent": agent}))
    with clock.at(NOON + timedelta(hours=5)):
        marked = [event.facts.get("new_device", False) for event in taken_in()]
    assert marked == [False, False, True, False]


def test_events_are_kept_by_how_grave_they_are(manado: RegionState, taken_in: TakenIn) -> None:
    with clock.at(NOON):
        for level in Severity:
            emit(names.CONFIG_CHANGE, severity=level)
        emit(names.AUTHN_LOGIN_FAIL, password_bucket="0a1b2", reason="x")
        taken_in()
    left = []
    for days in (2, 101, 181, 366, 731):
        with clock.at(NOON + timedelta(days=days)):
            keep_house.apply(throw=True)
        left.append(len(taken_in()))
    assert left == [6, 5, 3, 2, 0]


def test_the_bucket_of_an_attempted_password_is_forgotten_after_a_day(manado: RegionState, taken_in: TakenIn) -> None:
    with clock.at(NOON):
        emit(names.AUTHN_LOGIN_FAIL, password_bucket="0a1b2", reason="x")
        taken_in()
    with clock.at(NOON + timedelta(hours=23)), control_scope():
        assert keeping.forget_buckets() == 0
    with clock.at(NOON + timedelta(hours=25)), control_scope():
        assert keeping.forget_buckets() == 1
    assert taken_in()[0].facts == {"reason": "x"}


def test_the_wall_counts_by_region(manado: RegionState, banjarmasin: RegionState, taken_in: TakenIn) -> None:
    with clock.at(NOON):
        emit(names.AUTHN_LOGIN_SUCCESS)
        emit(names.AUTHZ_FAIL)
        emit(names.CROSS_TENANT_SESSION)
        with region_scope(banjarmasin):
            emit(names.AUTHZ_FAIL)
    taken_in()
    with control_scope():
        assert events_by_region(NOON) == {"manado": (2, 1), "banjarmasin": (1, 0)}


def test_a_page_and_the_name_that_leads_to_it_are_one_incident_for_each_host(
    taken_in: TakenIn, banjarmasin: RegionState
) -> None:
    with control_scope(), clock.at(NOON):
        emit(names.DNS_DRIFT, subject="a.manado.example", region="manado")
        emit(names.PAGE_CLOAKED, subject="a.manado.example", region="manado")
        emit(names.PAGE_CLOAKED, subject="b.manado.example", region="manado")
    taken_in()
    with control_scope():
        found = {(incident.key, incident.severity) for incident in Incident.objects.all()}
    assert found == {("page:a.manado.example", 4), ("page:b.manado.example", 4)}


def counts_told(region: RegionState) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """What the region was told, oldest first: the day, and name, severity and number of its events."""
    with region_scope(region):
        return [
            (message.kwargs["day"], [(row["name"], row["severity"], row["count"]) for row in message.kwargs["counts"]])
            for message in OutboxMessage.objects.filter(task=TAKE_COUNTS).order_by("pk")
        ]


def tell_at(moment: datetime) -> None:
    with clock.at(moment):
        tell_regions.apply(throw=True)


def test_a_region_is_told_its_own_counts_of_the_day(
    manado: RegionState, banjarmasin: RegionState, taken_in: TakenIn
) -> None:
    with clock.at(NOON):
        for _ in range(3):
            emit(names.AUTHZ_FAIL)
        emit(names.AUTHN_LOGIN_SUCCESS)
        with region_scope(banjarmasin):
            emit(names.HONEYPOT_HIT)
        taken_in()
    tell_at(NOON + timedelta(minutes=1))
    assert counts_told(manado) == [("2026-11-20", [("authz_fail", "low", 3)])]
    assert counts_told(banjarmasin) == [("2026-11-20", [("honeypot_hit", "low", 1)])]


def test_a_region_without_news_is_told_nothing(manado: RegionState, taken_in: TakenIn) -> None:
    with clock.at(NOON):
        emit(names.AUTHZ_FAIL)
        taken_in()
    tell_at(NOON + timedelta(minutes=1))
    tell_at(NOON + timedelta(minutes=2))
    assert len(counts_told(manado)) == 1


def test_what_came_while_nothing_ran_is_told_afterwards_each_day_for_itself(
    manado: RegionState, taken_in: TakenIn
) -> None:
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # in Manado
    for moment in (midnight - timedelta(seconds=1), midnight):
        with clock.at(moment):
            emit(names.AUTHZ_FAIL)
            taken_in()
    tell_at(midnight + timedelta(hours=9))
    one = [("authz_fail", "low", 1)]
    assert counts_told(manado) == [("2026-11-20", one), ("2026-11-21", one)]


def test_an_event_of_this_moment_waits_for_the_next_round(manado: RegionState, taken_in: TakenIn) -> None:
    with clock.at(NOON):
        emit(names.AUTHZ_FAIL)
        taken_in()
    tell_at(NOON + timedelta(seconds=5))
    assert counts_told(manado) == []
    tell_at(NOON + timedelta(seconds=65))
    assert len(counts_told(manado)) == 1


def test_a_region_that_falls_silent_in_office_hours_is_an_incident(manado: RegionState, taken_in: TakenIn) -> None:
    with clock.at(NOON - timedelta(days=7, minutes=5)):
        for _ in range(12):
            emit(names.AUTHN_LOGIN_SUCCESS)
        taken_in()
    with clock.at(NOON):
        look_for_silence.apply(throw=True)
        taken_in()
    (alert,) = alerts("silence")
    assert (alert.region, alert.level) == ("manado", Severity.MEDIUM)


@pytest.mark.parametrize(
    "moment", [NOON + timedelta(days=1), NOON + timedelta(hours=8)], ids=["on a Saturday", "in the evening"]
)
def test_nobody_is_expected_to_be_at_work(manado: RegionState, taken_in: TakenIn, moment: datetime) -> None:
    with clock.at(moment - timedelta(days=7, minutes=5)):
        for _ in range(12):
            emit(names.AUTHN_LOGIN_SUCCESS)
        taken_in()
    with clock.at(moment):
        look_for_silence.apply(throw=True)
        taken_in()
    assert alerts("silence") == []


def test_an_incident_has_the_addresses_of_its_group_however_much_else_went_on(
    ani: Person, budi: Person, taken_in: TakenIn
) -> None:
    with control_scope():
        SecurityEvent.objects.bulk_create(
            SecurityEvent(
                uid=new_uid(),
                at=NOON + timedelta(milliseconds=number),
                name=names.CROSS_TENANT_ATTEMPT,
                severity=Severity.HIGH.rank,
                region="manado",
                person=budi.user.uid,
                ip="198.51.100.1",
            )
            for number in range(1100)
        )
    probe(3, by=ani)
    taken_in()
    with control_scope():
        incident = Incident.objects.get()
        assert list(incident.observables.values_list("kind", "value")) == [("account", str(ani.user.uid))]


def test_what_an_alert_adds_up_is_said_in_its_own_unit(ani: Person, taken_in: TakenIn) -> None:
    with gathering():
        with clock.at(NOON):
            emit(names.AUTHN_IMPOSSIBLE_TRAVEL, person=ani.user.uid, km=950, minutes=30)
        with clock.at(NOON + timedelta(minutes=5)):
            emit(names.EXPORT_REQUESTED, person=ani.user.uid)
    taken_in()
    with control_scope():
        entry = TimelineEntry.objects.get(incident__key="travel", origin=TimelineEntry.Origin.DETECTION)
        assert "950 kilometer" in entry.text


def test_an_ordinary_day_of_a_region_is_no_alert_at_all(manado: RegionState) -> None:
    morning = NOON - timedelta(hours=3)
    treasurer, reviewer = new_uid(), new_uid()

    def told(name: str, number: int, at: datetime, **columns: Any) -> SecurityEvent:
        local = {"local_hour": (at.hour + 8) % 24, "local_weekday": at.weekday()}
        columns = {"region": "manado", "ip": "203.0.113.7", "agent": f"{number % 12:016x}", **local, **columns}
        return SecurityEvent(uid=new_uid(), at=at, name=name, severity=names.KINDS[name].severity.rank, **columns)

    def every(seconds: float, count: int, name: str, **columns: Any) -> list[SecurityEvent]:
        texts = {key: value for key, value in columns.items() if isinstance(value, str)}
        return [
            told(
                name,
                number,
                morning + timedelta(seconds=seconds * number),
                **{**columns, **{key: text.format(n=number) for key, text in texts.items()}},
            )
            for number in range(count)
        ]

    day = [
        *every(1, 1500, "authn_login_success", subject="a{n}"),
        *every(10, 150, "authn_login_fail", subject="b{n}"),
        # Pressed twice, or mistyped: each by another person.
        *every(60, 20, "mfa_fail", subject="c{n}"),
        *every(60, 20, "authn_token_reuse", subject="c{n}", facts={"what": "app code"}),
        *every(1200, 5, "export_requested", person=treasurer, facts={"action": "payout.file_taken"}),
        *every(1200, 5, "export_completed", person=treasurer, facts={"rows": 900}),
        *every(60, 15, "sensitive_read", person=treasurer, facts={"what": "bank accounts", "count": 50}),
        *every(20, 400, "sensitive_read", person=reviewer, subject="selfie{n}", facts={"count": 1}),
        *every(300, 8, "sensitive_update", person=treasurer, facts={"count": 40}),
        *every(30, 60, "authz_fail", subject="d{n}", agent="{n:016x}"),
        *every(5, 8, "sys_shutdown", region="", ip="", subject="web-1"),
        *every(5, 8, "sys_startup", region="", ip="", subject="web-1"),
    ]
    day.sort(key=lambda event: event.at)
    with control_scope():
        SecurityEvent.objects.bulk_create(day)
        for start in range(0, len(day), 500):
            follow(day[start : start + 500])
        assert list(Alert.objects.values_list("detection__code", flat=True)) == []
