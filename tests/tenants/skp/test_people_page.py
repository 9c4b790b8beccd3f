"""The people whom a superior assesses, one of them, and words that can be given at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import decide
from tenants.employees.models import Employee, Placement
from tenants.skp.assessments import rate_organisation
from tenants.skp.models import Feedback, MonthlyRating
from tests.cast import Office, Person, make_employee, make_nip, make_position, make_user
from tests.tenants.skp.planning import NOVEMBER, approve_plan, hand_in_plan, make_plan, rate, realise

SignedIn = Callable[..., Client]


def test_the_list_says_how_far_each_person_is(ani: Person, budi: Person, kept_here: User, signed_in: SignedIn) -> None:
    client = signed_in(budi.user)
    assert "Belum ada rencana" in client.get("/skp/bawahan/").content.decode()
    plan = make_plan(ani)
    request = hand_in_plan(ani, plan)
    assert "Rencana menunggu persetujuan" in client.get("/skp/bawahan/").content.decode()
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert "Belum ada realisasi" in client.get("/skp/bawahan/?periode=2026-11").content.decode()
    realise(ani, plan)
    page = client.get("/skp/bawahan/?periode=2026-11").content.decode()
    assert "Diserahkan" in page
    assert f"/skp/bawahan/{ani.employee.uid}/2026-11/" in page
    rate(ani, plan, budi)
    page = client.get("/skp/bawahan/?periode=2026-11").content.decode()
    assert "Sebaran predikat" in page
    assert "Baik" in page


def test_the_organisations_rating_is_a_hint_on_the_list_and_forces_nothing(
    ani: Person, budi: Person, office: Office, kept_here: User, signed_in: SignedIn
) -> None:
    rate_organisation(opd_uid=office.opd.uid, period=NOVEMBER, rating="butuh_perbaikan", actor=kept_here)
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan)
    rate(ani, plan, budi, result="di_atas", behaviour="di_atas")
    page = signed_in(budi.user).get("/skp/bawahan/?periode=2026-11").content.decode()
    assert "Dinas Pendidikan: Butuh Perbaikan" in page
    assert "paling sedikit 60%" in page
    assert "berbeda" in page


def test_who_has_nobody_below_sees_an_empty_list(ani: Person, kept_here: User, signed_in: SignedIn) -> None:
    assert "Tidak ada bawahan langsung" in signed_in(ani.user).get("/skp/bawahan/").content.decode()


def test_who_left_in_the_period_is_still_assessed_by_who_stands_above_the_last_post(
    ani: Person, budi: Person, citra: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan)
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 11, 21)))
    Employee.objects.filter(pk=ani.employee.pk).update(is_active=False)
    assert "Ani" not in signed_in(citra.user).get("/skp/bawahan/?periode=2026-11").content.decode()
    client = signed_in(budi.user)
    assert "Ani" in client.get("/skp/bawahan/?periode=2026-11").content.decode()
    assert "Ani" not in client.get("/skp/bawahan/?periode=2026-12").content.decode()
    rate(ani, plan, budi)
    assert MonthlyRating.objects.get().employee == ani.employee


def test_feedback_reaches_the_person_at_any_time(
    ani: Person, budi: Person, citra: Person, kept_here: User, signed_in: SignedIn
) -> None:
    address = f"/skp/bawahan/{ani.employee.uid}/"
    client = signed_in(budi.user)
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "Laporan rapi, percepat rekap."}).status_code == 302
    assert Feedback.objects.get().author == budi.user
    assert "percepat rekap" in signed_in(ani.user).get("/skp/").content.decode()
    assert signed_in(citra.user).post(address, {"text": "Hai"}).status_code == 404


def test_the_list_takes_as_many_statements_for_many_people_as_for_one(
    ani: Person, budi: Person, office: Office, kept_here: User, signed_in: SignedIn
) -> None:
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan)
    client = signed_in(budi.user)
    assert_query_count("skp.people", lambda: client.get("/skp/bawahan/?periode=2026-11"))
    for number in range(12):
        post = make_position(office.unit, f"P-9{number:02d}", "Pengelola", superior=office.section_head)
        user = make_user(make_nip(300 + number), f"Orang {number}", "asn")
        person = Person(user, make_employee(f"Orang {number}", post, user=user))
        realise(person, approve_plan(person, make_plan(person), budi))
    assert_query_count("skp.people", lambda: client.get("/skp/bawahan/?periode=2026-11"))
