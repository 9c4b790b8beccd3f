"""Signed events at the lane: taken once, graded, never dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.arrears.models import LateFact
from tenants.attendance.following import follow_punches
from tenants.punches import marks, views
from tenants.punches.actions import register_phone, report_lost
from tenants.punches.drawing import draw
from tenants.punches.models import PhoneKey, Probe, Punch, PunchProof, RefusedPunch
from tests.cast import Person
from tests.closed_months import close_months
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.punches.conftest import PhoneOf, of
from tests.tenants.punches.signing import SigningPhone

Sent = Callable[..., list[dict[str, Any]]]


def test_a_signed_punch_gets_a_receipt_grade_and_the_next_mark(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        (answer,) = sent(phone, phone.event(place={"lat": "1.4748301", "lon": "124.8420799", "accuracy_m": 12}))
    stored = Punch.objects.get()
    assert answer == {
        "id": str(stored.id),
        "state": "accepted",
        "grade": "A",
        "receipt": stored.receipt,
        "captured_at": at(MONDAY, "07:25").astimezone(clock.zone("UTC")).isoformat(),
        "reasons": [],
        "words": [],
        "draw": draw(stored.id),
    }
    assert (stored.employee, stored.kind, stored.source, stored.state) == (ani.employee, "in", "phone", "accepted")
    assert (str(stored.latitude), str(stored.longitude), stored.accuracy_m) == ("1.4748301", "124.8420799", 12)
    assert stored.key == PhoneKey.objects.get()
    assert marks.read(phone.mark, "manado", of(ani).uid) == at(MONDAY, "07:25")


def test_the_proof_is_the_very_text_that_was_signed(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    event = phone.event()
    with on(MONDAY, "07:25"):
        sent(phone, event)
    proof = PunchProof.objects.get()
    assert (proof.body, proof.signature) == (event["body"], event["sig"])
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        PunchProof.objects.update(body="")


def test_the_same_event_again_is_a_duplicate_with_the_same_receipt(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    event = phone.event()
    with on(MONDAY, "07:25"):
        first, second = sent(phone, event, event)
        third, fifth = sent(phone, event, event)
    with on(MONDAY + timedelta(days=3), "12:10"):
        (fourth,) = sent(phone, event)
    same = ("id", "grade", "receipt", "captured_at", "reasons", "draw")
    for again in (second, third, fourth, fifth):
        assert again["state"] == "duplicate"
        assert {name: again[name] for name in same} == {name: first[name] for name in same}
    assert Punch.objects.count() == 1


def test_k1_a_punch_in_flight_mode_counts_when_it_was_made(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    """The phone had a mark at 07.00, was cut off, punched at 07.25 and found a signal at 12.10."""
    phone = phone_of(ani, wall=at(MONDAY, "07:00"))
    with on(MONDAY, "07:00"):
        phone.hold(marks.issue("manado", of(ani).uid, clock.now()))
    phone.wait(timedelta(minutes=25))
    event = phone.event()
    phone.wait(timedelta(hours=4, minutes=45))
    with on(MONDAY, "12:10"):
        (answer,) = sent(phone, event)
    stored = Punch.objects.get()
    assert (stored.captured_at, stored.mark_at) == (at(MONDAY, "07:25"), at(MONDAY, "07:00"))
    assert (answer["state"], answer["grade"], answer["reasons"]) == ("accepted", "A", ["offline"])


def test_k1_after_a_restart_of_the_phone_it_counts_in_grade_b(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani, wall=at(MONDAY, "07:00"))
    with on(MONDAY, "07:00"):
        phone.hold(marks.issue("manado", of(ani).uid, clock.now()))
    phone.wait(timedelta(minutes=20))
    phone.restart()
    phone.wait(timedelta(minutes=5))
    event = phone.event()
    phone.restart()
    phone.wait(timedelta(hours=4, minutes=45))
    with on(MONDAY, "12:10"):
        (answer,) = sent(phone, event)
    assert Punch.objects.get().captured_at == at(MONDAY, "07:25")
    assert (answer["state"], answer["grade"]) == ("accepted", "B")
    assert answer["reasons"] == ["clock_unproven", "offline"]


@pytest.mark.parametrize("off", [timedelta(minutes=30), timedelta(minutes=-30)])
def test_k2_a_clock_that_was_moved_is_corrected_by_the_mark(
    ani: Person, phone_of: PhoneOf, sent: Sent, off: timedelta
) -> None:
    phone = phone_of(ani, wall=at(MONDAY, "07:00"))
    with on(MONDAY, "07:00"):
        phone.hold(marks.issue("manado", of(ani).uid, clock.now()))
    phone.wait(timedelta(minutes=25))
    phone.wall += off
    event = phone.event()
    phone.wait(timedelta(hours=1))
    with on(MONDAY, "08:25"):
        (answer,) = sent(phone, event)
    stored = Punch.objects.get()
    assert (stored.captured_at, stored.claimed_at) == (at(MONDAY, "07:25"), at(MONDAY, "07:25") + off)
    assert answer["reasons"] == ["clock_corrected", "offline"]
    assert answer["state"] == "accepted"


def test_k2_a_moved_clock_without_a_mark_is_corrected_and_reviewed(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani, off=timedelta(minutes=30))
    event = phone.event()
    phone.restart()
    phone.wait(timedelta(hours=1))
    with on(MONDAY, "08:25"):
        (answer,) = sent(phone, event)
    assert Punch.objects.get().captured_at == at(MONDAY, "07:25")
    assert (answer["state"], answer["grade"]) == ("accepted_review", "C")
    assert "clock_skew" in answer["reasons"]


def test_k2_a_clock_that_is_off_by_less_than_two_minutes_counts_as_it_is(
    ani: Person, phone_of: PhoneOf, sent: Sent
) -> None:
    phone = phone_of(ani, off=timedelta(seconds=-119))
    with on(MONDAY, "07:25"):
        (answer,) = sent(phone, phone.event())
    assert Punch.objects.get().captured_at == at(MONDAY, "07:25") - timedelta(seconds=119)
    assert (answer["grade"], answer["reasons"]) == ("A", [])


def test_k3_six_punches_of_three_days_arrive_once_and_in_order(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    events = []
    for day in range(3):
        for clock_time, kind in (("07:25", "in"), ("16:02", "out")):
            phone.wall = at(MONDAY + timedelta(days=day), clock_time)
            phone.restart()
            events.append(phone.event(kind))
    phone.wall = at(MONDAY + timedelta(days=3), "07:20")
    with on(MONDAY + timedelta(days=3), "07:20"):
        first = sent(phone, *events)
        for _ in range(2):
            again = sent(phone, *reversed(events))
            assert {one["state"] for one in again} == {"duplicate"}
    assert [one["receipt"] for one in first] == sorted(one["receipt"] for one in first)
    assert Punch.objects.count() == 6
    stored = list(Punch.objects.order_by("receipt").values_list("captured_at", flat=True))
    assert stored == [
        at(MONDAY + timedelta(days=day), clock_time) for day in range(3) for clock_time in ("07:25", "16:02")
    ]


def test_an_event_of_weeks_ago_is_kept_and_reviewed(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    event = phone.event()
    later = MONDAY + timedelta(days=12)
    phone.restart()
    phone.wall = at(later, "07:20")
    with on(later, "07:20"):
        (answer,) = sent(phone, event)
    assert answer["state"] == "accepted_review"
    assert "late" in answer["reasons"]
    assert Punch.objects.get().captured_at == at(MONDAY, "07:25")


def test_an_event_of_a_closed_month_is_kept_and_noted_as_late(
    ani: Person, phone_of: PhoneOf, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(ani)
    event = phone.event()
    later = date(2026, 11, 10)
    phone.restart()
    phone.wall = at(later, "07:20")
    october = Month(2026, 10)
    close_months(monkeypatch, october)
    with on(later, "07:20"):
        (answer,) = sent(phone, event)
        sent(phone, event)
        follow_punches()
    assert answer["reasons"][-1] == "month_closed"
    assert Punch.objects.count() == 1
    late = LateFact.objects.get()
    assert (late.employee, late.of_month, late.what) == (ani.employee, october.first_day, "Absen")


def test_a_missing_event_before_shows_as_a_gap(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        sent(phone, phone.event())
        phone.event()
        (answer,) = sent(phone, phone.event("out"))
    assert (answer["grade"], answer["reasons"]) == ("C", ["chain_gap"])


def test_a_chain_goes_on_over_sendings_however_they_are_cut(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        for _ in range(3):
            answers = sent(phone, *(phone.event() for _ in range(5)))
            assert [one["reasons"] for one in answers] == [[]] * 5


def test_an_event_behind_the_one_that_follows_it_is_reviewed(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    first = phone.event(mono_ms=9_000)
    second = phone.event(mono_ms=4_000)
    with on(MONDAY, "07:25"):
        answers = sent(phone, first, second)
    assert answers[1]["reasons"] == ["chain_reordered"]


def test_a_changed_text_is_refused_and_kept_aside_once(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    event = phone.event()
    forged = {**event, "body": event["body"].replace('"in"', '"out"')}
    with on(MONDAY, "07:25"):
        for _ in range(2):
            refused, good = sent(phone, forged, event)
    assert (refused["state"], refused["reasons"], refused["receipt"]) == ("refused", ["signature"], None)
    assert good["state"] == "duplicate"
    aside = RefusedPunch.objects.get()
    assert (aside.reason, aside.payload["body"], aside.employee) == ("signature", forged["body"], ani.employee)
    assert AuditEvent.objects.filter(action="punches.refused").count() == 1


def test_an_event_of_another_region_is_refused(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    phone.region = "banjarmasin"
    with on(MONDAY, "07:25"):
        (answer,) = sent(phone, phone.event())
    assert (answer["state"], answer["reasons"]) == ("refused", ["foreign_region"])
    assert answer["words"] == ["Absen ini milik daerah lain."]
    assert not Punch.objects.exists()


def test_a_key_that_nobody_registered_here_is_refused(ani: Person, manado: Any, sent: Sent) -> None:
    phone = SigningPhone("manado", at(MONDAY, "07:25"), device=str(new_uid()))
    with on(MONDAY, "07:25"):
        (answer,) = sent(phone, phone.event())
    assert answer["reasons"] == ["key_unknown"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "0b6fb2d4-5d3c-4a55-9f64-0f2f6d7a2d11"},
        {"id": 7},
        {"kind": "undefined"},
        {"captured_at": "2026-10-05T07:25:00"},
        {"captured_at": "2026-10-05T07:25:60+99:00"},
        {"captured_at": None},
        {"device": ""},
    ],
)
def test_what_is_no_event_is_refused_and_the_others_are_taken(
    ani: Person, phone_of: PhoneOf, sent: Sent, wrong: dict[str, Any]
) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        bad, good = sent(phone, phone.event(**wrong), phone.event(prev=""))
    assert (bad["state"], bad["reasons"]) == ("refused", ["unreadable"])
    assert good["state"] == "accepted"
    assert RefusedPunch.objects.count() == 1


def test_odd_places_and_words_cost_nobody_the_punch(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    odd: list[dict[str, Any]] = [
        {"place": {"lat": "NaN", "lon": "1"}},
        {"place": {"lat": "91", "lon": "1"}},
        {"place": []},
        {"place": {"lat": "1", "lon": "2", "accuracy_m": "1e99"}},
        {"place_error": "x" * 300},
        {"context": "none"},
        {"context": {"reason": "rapat\u0000 di \ud800 luar"}},
        {"mono_ms": 10**30},
        {"mono_ms": "1"},
        {"mark": "1.manado.x"},
        {"mark": "é"},
        {"boot": None},
    ]
    with on(MONDAY, "07:25"):
        answers = sent(phone, *(phone.event(**one) for one in odd))
    assert {one["state"] for one in answers} <= {"accepted", "accepted_review"}
    assert Punch.objects.count() == len(odd)
    assert Punch.objects.get(note__gt="").note == "rapat di ? luar"


def test_somebody_elses_id_is_refused(ani: Person, budi: Person, phone_of: PhoneOf, sent: Sent) -> None:
    uid = str(new_uid())
    with on(MONDAY, "07:25"):
        mine, yours = phone_of(ani), phone_of(budi)
        sent(mine, mine.event(id=uid))
        (answer,) = sent(yours, yours.event(id=uid))
    assert answer["reasons"] == ["other_person"]
    assert Punch.objects.get().employee == ani.employee


def test_an_event_that_a_colleague_brought_counts_for_its_signer(
    ani: Person, budi: Person, phone_of: PhoneOf, sent: Sent
) -> None:
    """The clocks of Budi's phone, which is an hour ahead, say nothing about Ani's."""
    with on(MONDAY, "07:00"):
        mine, yours = phone_of(ani, wall=at(MONDAY, "07:00")), phone_of(budi, wall=at(MONDAY, "08:00"))
        mine.hold(marks.issue("manado", of(ani).uid, clock.now()))
    mine.wait(timedelta(minutes=25))
    event = mine.event()
    carried = {**event, "carrier": yours.device, "carrier_sig": yours.sign(event["body"])}
    with on(MONDAY, "09:00"):
        (answer,) = sent(yours, carried)
    stored = Punch.objects.get()
    assert (stored.employee, stored.carried_by) == (ani.employee, budi.employee)
    assert stored.captured_at == at(MONDAY, "07:25")
    assert (answer["grade"], answer["reasons"]) == ("A", ["offline", "carried"])
    assert PhoneKey.objects.get(employee=of(ani)).last_contact_at is None


def test_a_carrier_who_did_not_sign_is_not_named(ani: Person, budi: Person, phone_of: PhoneOf, sent: Sent) -> None:
    with on(MONDAY, "07:25"):
        mine, yours = phone_of(ani), phone_of(budi)
        event = mine.event()
        sent(yours, {**event, "carrier": yours.device, "carrier_sig": event["sig"]})
    assert Punch.objects.get().carried_by is None


def test_a_second_phone_works_at_once_in_grade_b_and_is_looked_at_after_a_day(
    ani: Person, phone_of: PhoneOf, sent: Sent
) -> None:
    with on(MONDAY, "07:00"):
        phone_of(ani)
        new = phone_of(ani)
    with on(MONDAY, "07:25"):
        (first,) = sent(new, new.event())
    tuesday = MONDAY + timedelta(days=1)
    new.wait(timedelta(days=1))
    with on(tuesday, "07:25"):
        (second,) = sent(new, new.event())
    assert (first["state"], first["grade"], first["reasons"]) == ("accepted", "B", ["key_pending"])
    assert (second["state"], second["grade"], second["reasons"]) == ("accepted_review", "C", ["key_unconfirmed"])


def test_what_a_lost_phone_signs_is_kept_and_looked_at(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:00"):
        report_lost(uid=PhoneKey.objects.get().uid, actor=ani.user)
    with on(MONDAY, "07:25"):
        (answer,) = sent(phone, phone.event())
    assert (answer["state"], answer["reasons"]) == ("accepted_review", ["key_revoked"])


def test_a_probe_is_taken_as_every_other_and_counts_for_nobody(manado: Any, sent: Sent) -> None:
    from tenants.punches.signatures import point_of

    phone = SigningPhone("manado", at(MONDAY, "06:30"))
    key = PhoneKey.objects.create(kind="probe", state="active", public_key=point_of(phone.jwk))
    phone.device = str(key.uid)
    with on(MONDAY, "06:30"):
        event = phone.event()
        for _ in range(2):
            (answer,) = sent(phone, event)
    assert (answer["state"], answer["grade"], answer["receipt"]) == ("accepted", "A", 0)
    assert Probe.objects.count() == 1
    assert not Punch.objects.exists()


def test_a_whole_sending_costs_the_statements_of_one(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        sent(phone, phone.event())
        one = phone.event()
        assert_query_count("punches.send", lambda: sent(phone, one))
        many = [phone.event() for _ in range(27)]
        with CaptureQueriesContext(connection) as statements:
            sent(phone, *many, *many[:3])
        with CaptureQueriesContext(connection) as again:
            sent(phone, *many, *many[:3])
    assert [query["sql"].split()[0] for query in statements.captured_queries] == ["SELECT", "WITH"]
    assert len(again) == 2
    assert Punch.objects.count() == 29


def test_a_sending_of_days_that_are_over_costs_the_same_for_thirty_as_for_two(
    ani: Person, budi: Person, phone_of: PhoneOf, sent: Sent
) -> None:
    counts = []
    warming = phone_of(ani)
    with on(MONDAY, "07:25"):
        sent(warming, warming.event())
    for person, number in ((ani, 2), (budi, 30)):
        phone = phone_of(person)
        events = [phone.event() for _ in range(number)]
        phone.restart()
        phone.wall = at(MONDAY + timedelta(days=2), "07:00")
        with on(MONDAY + timedelta(days=2), "07:00"), CaptureQueriesContext(connection) as statements:
            sent(phone, *events)
        counts.append(len(statements))
        OutboxMessage.objects.all().delete()
    assert counts[0] == counts[1] <= 20


def test_a_phones_last_contact_moves_at_most_once_an_hour(ani: Person, phone_of: PhoneOf, sent: Sent) -> None:
    phone = phone_of(ani)
    seen = []
    for clock_time in ("07:25", "08:10", "08:25"):
        phone.wall = at(MONDAY, clock_time)
        with on(MONDAY, clock_time):
            sent(phone, phone.event())
        seen.append(PhoneKey.objects.get().last_contact_at)
    assert seen == [at(MONDAY, "07:25"), at(MONDAY, "07:25"), at(MONDAY, "08:25")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"events": []}', 400),
        (b'{"events": [' + b"{}," * 30 + b"{}]}", 400),
        (b"[" * 100_000, 400),
        (b'{"events": [{"body": "' + b"x" * 300_000 + b'", "sig": ""}]}', 413),
    ],
)
def test_an_envelope_that_is_none_is_refused_as_a_whole(manado: Any, signed_in: Any, body: bytes, status: int) -> None:
    answer = signed_in(None).post("/absen/kirim/", body, content_type="application/json")
    assert answer.status_code == status
    assert not RefusedPunch.objects.exists()


def test_a_page_that_runs_wild_is_told_when_to_come_again(ani: Person, phone_of: PhoneOf, signed_in: Any) -> None:
    client: Client = signed_in(None)
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        event = phone.event()
        statuses = [
            client.post("/absen/kirim/", phone.envelope(event), content_type="application/json")
            for _ in range(views._runs.most + 1)
        ]
    assert {answer.status_code for answer in statuses[:-1]} == {200}
    assert statuses[-1].status_code == 429
    assert 1 <= int(statuses[-1]["Retry-After"]) <= 61


def test_a_flood_of_strangers_is_turned_away_and_colleagues_behind_the_same_address_are_not(
    ani: Person, phone_of: PhoneOf, signed_in: Any
) -> None:
    client: Client = signed_in(None)
    stranger = SigningPhone("manado", at(MONDAY, "07:25"), device=str(new_uid()), boot="")
    with on(MONDAY, "07:25"):
        phone = phone_of(ani)

        def send(sender: SigningPhone, *events: dict[str, str]) -> Any:
            return client.post("/absen/kirim/", sender.envelope(*events), content_type="application/json")

        while send(stranger, *(stranger.event() for _ in range(30))).status_code == 200:
            pass
        kept = RefusedPunch.objects.count()
        turned_away = send(stranger, stranger.event())
        mixed = send(phone, phone.event(), stranger.event())
    assert turned_away.status_code == 429
    assert int(turned_away["Retry-After"]) >= 1
    assert [one["state"] for one in mixed.json()["answers"]] == ["accepted"]
    assert RefusedPunch.objects.count() == kept == views._strangers.most


def test_while_the_database_is_away_phones_are_told_when_to_come_again(
    ani: Person, phone_of: PhoneOf, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(ani)

    def away(**_: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(views, "take_events", away)
    answer = signed_in(None).post(
        "/absen/kirim/",
        phone.envelope(phone.event()),
        content_type="application/json",
        headers={"Origin": "http://manado.localhost"},
    )
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 1
    assert answer["Access-Control-Allow-Origin"] == "http://manado.localhost"
    assert answer["Access-Control-Expose-Headers"] == "Retry-After"


def test_only_the_regions_own_names_may_send_from_elsewhere(manado: Any, signed_in: Any) -> None:
    client: Client = signed_in(None)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    own = client.options("/absen/kirim/", headers={"Origin": "https://manado.localhost:8443", **asked})
    other = client.options("/absen/kirim/", headers={"Origin": "https://banjarmasin.localhost", **asked})
    assert own.status_code == other.status_code == 204
    assert own["Cache-Control"] == "no-store"
    assert own["Access-Control-Allow-Origin"] == "https://manado.localhost:8443"
    assert own["Access-Control-Allow-Headers"] == "content-type"
    assert "Access-Control-Allow-Origin" not in other


def test_the_mark_says_whose_it_is_which_phones_there_are_and_the_time(
    ani: Person, phone_of: PhoneOf, signed_in: Any
) -> None:
    phone = phone_of(ani)
    with on(MONDAY, "07:25"):
        told = signed_in(ani.user).get("/absen/tanda/").json()
    assert told["owner"] == str(of(ani).uid)
    assert told["server_time"] == at(MONDAY, "07:25").astimezone(clock.zone("UTC")).isoformat()
    assert [(key["device"], key["state"]) for key in told["keys"]] == [(phone.device, "active")]
    assert marks.read(told["mark"], "manado", of(ani).uid) == at(MONDAY, "07:25")


def test_a_key_is_registered_once_however_often_it_is_sent(ani: Person, budi: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    phone = SigningPhone("manado", at(MONDAY, "07:25"))

    def register(who: Any, jwk: object) -> Any:
        return who.post("/absen/hp/", {"jwk": jwk, "label": "Chrome di  Android"}, content_type="application/json")

    first, again = register(client, phone.jwk), register(client, phone.jwk)
    second = register(client, SigningPhone("manado", at(MONDAY, "07:25")).jwk)
    assert first.json() == again.json() == {"device": str(PhoneKey.objects.earliest("id").uid), "state": "active"}
    assert second.json()["state"] == "pending"
    assert PhoneKey.objects.earliest("id").name == "Chrome di Android"
    assert register(signed_in(budi.user), phone.jwk).status_code == 409
    for wrong in (None, {}, {**phone.jwk, "d": "x"}, {**phone.jwk, "x": "AAAA"}, {**phone.jwk, "crv": "P-384"}):
        assert register(client, wrong).status_code in (400, 409)
    assert PhoneKey.objects.count() == 2


def test_registering_needs_the_pages_token(ani: Person, manado: Any) -> None:
    from tests.cast import RegionClient

    client = RegionClient("manado.localhost", enforce_csrf_checks=True)
    client.force_login(ani.user)
    jwk = SigningPhone("manado", at(MONDAY, "07:25")).jwk
    assert client.post("/absen/hp/", {"jwk": jwk}, content_type="application/json").status_code == 403
    assert not PhoneKey.objects.exists()


def test_of_many_keys_of_an_emptied_browser_the_oldest_go(ani: Person, manado: Any) -> None:
    for _ in range(8):
        register_phone(employee=of(ani), jwk=SigningPhone("manado", clock.now()).jwk, name="Chrome", actor=ani.user)
    assert PhoneKey.objects.filter(state="pending").count() == 5
    assert PhoneKey.objects.filter(state="active").count() == 1


def test_an_event_stays_small(ani: Person, phone_of: PhoneOf) -> None:
    phone = phone_of(ani)
    phone.hold(marks.issue("manado", of(ani).uid, clock.now()))
    event = phone.event(place={"lat": "-1.4748301", "lon": "124.8420799", "accuracy_m": 12, "taken_at": "x" * 29})
    assert len(json.dumps(phone.envelope(event))) < 2048
