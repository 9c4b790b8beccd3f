"""Status and golongan over time: recorded, corrected, refused, and what everybody reads on a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from tenants.employees.models import Employee, Standing
from tenants.employees.querysets import standings_on
from tests.cast import Office, Person, make_employee
from tests.closed_months import close_months

APRIL, MAY, OCTOBER = date(2026, 4, 1), date(2026, 5, 1), date(2026, 10, 1)
PROMOTION = {"status": "PNS", "golongan": "III/b", "first": "2026-04-01", "letter_number": "823/14/2026"}


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


@pytest.fixture
def closed_until_august(monkeypatch: pytest.MonkeyPatch) -> None:
    close_months(monkeypatch, Month(2026, 7), Month(2026, 8))


def history(employee: Employee) -> list[tuple[Any, ...]]:
    rows = Standing.objects.filter(employee=employee).order_by("period")
    return [(row.period.lower, row.period.upper, row.status, row.golongan) for row in rows]


def url_of(employee: Employee) -> str:
    return f"/pegawai/{employee.uid}/status/"


def test_a_promotion_ends_the_golongan_before_it(admin: Client, ani: Person) -> None:
    assert admin.post(url_of(ani.employee), PROMOTION).status_code == 302
    assert history(ani.employee) == [(None, APRIL, "PNS", "III/a"), (APRIL, None, "PNS", "III/b")]
    assert standings_on([ani.employee.pk], date(2026, 3, 31))[ani.employee.pk].golongan == "III/a"
    assert standings_on([ani.employee.pk], APRIL)[ani.employee.pk].golongan == "III/b"
    event = AuditEvent.objects.get(action="employees.standing_changed")
    assert event.before == {"status": "PNS", "golongan": "III/a"}
    assert event.after == {"status": "PNS", "golongan": "III/b", "first": "2026-04-01", "letter": "823/14/2026"}
    page = admin.get(f"/pegawai/{ani.employee.uid}/").content.decode()
    for words in ("Riwayat status dan golongan", "1 Apr 2026", "31 Mar 2026", "823/14/2026", "sejak awal"):
        assert words in page


def test_an_earlier_change_recorded_late_stands_before_the_later_one(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), {**PROMOTION, "golongan": "III/c", "first": "2026-10-01"})
    admin.post(url_of(ani.employee), PROMOTION)
    assert [row[:2] + row[3:] for row in history(ani.employee)] == [
        (None, APRIL, "III/a"),
        (APRIL, OCTOBER, "III/b"),
        (OCTOBER, None, "III/c"),
    ]


def test_the_same_change_twice_is_one(admin: Client, ani: Person) -> None:
    for _ in range(2):
        assert admin.post(url_of(ani.employee), PROMOTION).status_code == 302
    assert len(history(ani.employee)) == 2
    assert AuditEvent.objects.filter(action="employees.standing_changed").count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"golongan": "V/z"}, "Tulis seperti III/a"),
        ({"golongan": ""}, "Tulis seperti III/a"),
        ({"status": "PPPK", "golongan": "III/b"}, "Tulis seperti IX"),
        ({"first": ""}, "errorlist"),
        ({"first": "0026-04-01"}, "errorlist"),
    ],
)
def test_a_change_that_cannot_be_is_refused_beside_the_field(
    admin: Client, ani: Person, fields: dict[str, str], words: str
) -> None:
    answer = admin.post(url_of(ani.employee), {**PROMOTION, **fields})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert history(ani.employee) == [(None, None, "PNS", "III/a")]


def test_a_second_change_from_the_same_day_is_refused(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), PROMOTION)
    answer = admin.post(url_of(ani.employee), {**PROMOTION, "golongan": "III/c"})
    assert answer.status_code == 422
    assert "Sudah ada catatan yang berlaku mulai 1 April 2026" in answer.content.decode()


@pytest.mark.usefixtures("closed_until_august")
def test_a_change_that_a_closed_month_would_read_is_refused(admin: Client, ani: Person) -> None:
    for first in ("2026-04-01", "2026-08-31"):
        answer = admin.post(url_of(ani.employee), {**PROMOTION, "first": first})
        assert answer.status_code == 422
        assert "2026 sudah dikunci" in answer.content.decode()
    assert len(history(ani.employee)) == 1
    assert admin.post(url_of(ani.employee), {**PROMOTION, "first": "2026-09-01"}).status_code == 302


def test_a_wrong_record_is_put_right_with_the_reason(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), PROMOTION)
    wrong = ani.employee.standings.get(golongan="III/b")
    url = f"{url_of(ani.employee)}{wrong.uid}/betulkan/"
    assert 'value="2026-04-01"' in admin.get(url).content.decode()
    right = {**PROMOTION, "golongan": "III/c", "first": "2026-05-01"}
    assert admin.post(url, right).status_code == 422
    assert admin.post(url, {**right, "reason": "Salah baca SK"}).status_code == 302
    assert history(ani.employee) == [(None, MAY, "PNS", "III/a"), (MAY, None, "PNS", "III/c")]
    event = AuditEvent.objects.get(action="employees.standing_corrected")
    assert (event.before["golongan"], event.before["first"], event.note) == ("III/b", "2026-04-01", "Salah baca SK")
    assert (event.after["golongan"], event.after["first"]) == ("III/c", "2026-05-01")


def test_a_change_that_was_none_is_taken_back_by_correcting_it(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), PROMOTION)
    wrong = ani.employee.standings.get(golongan="III/b")
    fields = {**PROMOTION, "golongan": "III/a", "reason": "SK milik orang lain"}
    assert admin.post(f"{url_of(ani.employee)}{wrong.uid}/betulkan/", fields).status_code == 302
    assert history(ani.employee) == [(None, None, "PNS", "III/a")]


@pytest.mark.usefixtures("closed_until_august")
def test_a_correction_leaves_closed_months_as_they_were(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), {**PROMOTION, "first": "2026-10-01"})
    first, second = ani.employee.standings.order_by("period")
    always = admin.post(
        f"{url_of(ani.employee)}{first.uid}/betulkan/", {**PROMOTION, "golongan": "II/d", "first": "", "reason": "x"}
    )
    assert always.status_code == 422
    assert "Juli 2026 sudah dikunci" in always.content.decode()
    url = f"{url_of(ani.employee)}{second.uid}/betulkan/"
    earlier = {**PROMOTION, "reason": "TMT salah"}
    assert admin.post(url, {**earlier, "first": "2026-08-15"}).status_code == 422
    assert admin.post(url, {**earlier, "first": "2026-09-01"}).status_code == 302
    # The number of the letter changes no figure.
    letter = {"status": "PNS", "golongan": "III/a", "first": "", "letter_number": "823/1/2020", "reason": "Nomor SK"}
    assert admin.post(f"{url_of(ani.employee)}{first.uid}/betulkan/", letter).status_code == 302
    first.refresh_from_db()
    assert first.letter_number == "823/1/2020"


def test_only_the_first_record_may_begin_on_no_day(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), PROMOTION)
    wrong = ani.employee.standings.get(golongan="III/b")
    answer = admin.post(f"{url_of(ani.employee)}{wrong.uid}/betulkan/", {**PROMOTION, "first": "", "reason": "x"})
    assert answer.status_code == 422
    stranger = make_employee("Zainal").standings.get()
    assert admin.get(f"{url_of(ani.employee)}{stranger.uid}/betulkan/").status_code == 404


def test_a_change_to_come_counts_from_its_day(admin: Client, ani: Person) -> None:
    assert admin.post(url_of(ani.employee), {**PROMOTION, "first": "2099-01-01"}).status_code == 302
    page = admin.get(f"/pegawai/{ani.employee.uid}/").content.decode()
    assert "Nanti" in page
    assert "III/a" in admin.get("/pegawai/?cari=ani").content.decode()
    assert "III/b" not in admin.get("/pegawai/?cari=ani").content.decode()


def test_the_list_is_narrowed_by_the_status_of_today(admin: Client, ani: Person) -> None:
    admin.post(url_of(ani.employee), {**PROMOTION, "status": "PPPK", "golongan": "IX"})
    part = {"HX-Request": "true"}
    assert "Ani" in admin.get("/pegawai/?status=PPPK", headers=part).content.decode()
    assert "Ani" not in admin.get("/pegawai/?status=PNS", headers=part).content.decode()


def test_nobody_promotes_themselves(
    office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    clerk = with_role("operator_opd", opd=office.opd)
    own = make_employee("Operator", office.staff, user=clerk)
    assert signed_in(clerk).post(url_of(own), PROMOTION).status_code == 409
    assert history(own) == [(None, None, "PNS", "III/a")]


def test_the_database_holds_one_standing_for_a_day(ani: Person) -> None:
    with pytest.raises(IntegrityError, match="standing_one_at_a_time"), transaction.atomic():
        Standing.objects.create(employee=ani.employee, status="PNS", period=DateRange(APRIL, MAY))
    with pytest.raises(IntegrityError, match="standing_counts_some_day"), transaction.atomic():
        Standing.objects.create(employee=ani.employee, status="PNS", period=DateRange(APRIL, APRIL))
