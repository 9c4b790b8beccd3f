"""Class and category over time: recorded, corrected, refused, and what everybody reads on a day."""

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
from tenants.employees.models import Employee
from tenants.employees.posts import Post
from tenants.employees.querysets import posts_on
from tenants.organisation.models import Position, PositionTerms
from tests.cast import Office, Person
from tests.closed_months import close_months

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
RAISE = {"kelas": "8", "category": "umum", "first": "2026-05-01", "letter_number": "060/7/2026"}


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def history(position: Position) -> list[tuple[Any, ...]]:
    rows = PositionTerms.objects.filter(position=position).order_by("period")
    return [(row.period.lower, row.period.upper, row.kelas, row.category) for row in rows]


def url_of(position: Position) -> str:
    return f"/organisasi/jabatan/{position.uid}/kelas/"


def post_of(employee: Employee, day: date) -> Post:
    post = posts_on([employee.pk], day)[employee.pk].definitive
    assert post is not None
    return post


def test_a_new_class_ends_the_one_before_it(admin: Client, office: Office, ani: Person) -> None:
    assert admin.post(url_of(office.staff), RAISE).status_code == 302
    assert history(office.staff) == [(None, MAY, 7, "umum"), (MAY, None, 8, "umum")]
    assert [post_of(ani.employee, day).kelas for day in (date(2026, 4, 30), MAY)] == [7, 8]
    placed = Employee.objects.placed_on(date(2026, 4, 30)).values_list(*("kelas",))
    assert list(placed.filter(pk=ani.employee.pk)) == [(7,)]
    event = AuditEvent.objects.get(action="organisation.terms_changed")
    assert (event.before, event.after["kelas"]) == ({"kelas": 7, "category": "umum"}, 8)
    page = admin.get(f"/organisasi/jabatan/{office.staff.uid}/").content.decode()
    for words in ("Kelas dan kategori", "1 Mei 2026", "060/7/2026", "sejak awal"):
        assert words in page


def test_a_position_without_terms_on_the_day_is_still_held(office: Office, ani: Person) -> None:
    office.staff.terms.update(period=DateRange(MAY, None))
    post = post_of(ani.employee, date(2026, 4, 30))
    assert (post.title, post.kelas, post.position_category) == ("Pengelola Data", None, None)
    with pytest.raises(LookupError):
        _ = post.terms


@pytest.mark.parametrize(
    "fields", [{"kelas": "18"}, {"kelas": "0"}, {"category": ""}, {"first": ""}, {"first": "31-13-2026"}]
)
def test_a_change_that_cannot_be_is_refused_beside_the_field(
    admin: Client, office: Office, fields: dict[str, str]
) -> None:
    answer = admin.post(url_of(office.staff), {**RAISE, **fields})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert history(office.staff) == [(None, None, 7, "umum")]


def test_a_change_that_a_closed_month_would_read_is_refused(
    admin: Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, Month(2026, 6))
    answer = admin.post(url_of(office.staff), RAISE)
    assert answer.status_code == 422
    assert "Bulan Juni 2026 sudah dikunci" in answer.content.decode()
    assert admin.post(url_of(office.staff), {**RAISE, "first": "2026-07-01"}).status_code == 302
    first = office.staff.terms.get(kelas=7)
    fields = {**RAISE, "kelas": "9", "first": "", "reason": "Salah ketik"}
    wrong = admin.post(f"{url_of(office.staff)}{first.uid}/betulkan/", fields)
    assert wrong.status_code == 422
    assert [row[2] for row in history(office.staff)] == [7, 8]


def test_a_wrong_record_is_put_right_with_the_reason(admin: Client, office: Office) -> None:
    admin.post(url_of(office.staff), RAISE)
    wrong = office.staff.terms.get(kelas=8)
    url = f"{url_of(office.staff)}{wrong.uid}/betulkan/"
    right = {**RAISE, "kelas": "9", "category": "guru", "first": "2026-06-01"}
    assert admin.post(url, right).status_code == 422
    assert admin.post(url, {**right, "reason": "Salah baca SK"}).status_code == 302
    assert history(office.staff) == [(None, JUNE, 7, "umum"), (JUNE, None, 9, "guru")]
    event = AuditEvent.objects.get(action="organisation.terms_corrected")
    assert (event.before["kelas"], event.after["kelas"], event.note) == (8, 9, "Salah baca SK")
    other = office.head.terms.get()
    assert admin.get(f"{url_of(office.staff)}{other.uid}/betulkan/").status_code == 404


def test_the_database_holds_one_class_for_a_day(office: Office) -> None:
    with pytest.raises(IntegrityError, match="position_terms_one_at_a_time"), transaction.atomic():
        PositionTerms.objects.create(position=office.staff, kelas=8, period=DateRange(MAY, JUNE))
    with pytest.raises(IntegrityError, match="position_kelas_1_to_17"), transaction.atomic():
        PositionTerms.objects.filter(position=office.staff).update(kelas=18)
