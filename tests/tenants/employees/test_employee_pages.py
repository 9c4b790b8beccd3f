"""The list of people, one person, and posts given, ended and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.employees.models import Employee, Placement
from tenants.employees.signals import placement_changed
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.closed_months import close_months

MOVE = {"kind": "definitif", "first": "2026-05-01", "last": "", "letter_number": "800/7/2026"}


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


@pytest.fixture
def opd_operator(office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("operator_opd", opd=office.opd))


@pytest.fixture
def stranger(office: Office) -> Employee:
    """Somebody in another OPD."""
    return make_employee("Zainal", make_position(make_opd("1.02", "Dinas Kesehatan"), "K-1", "Perawat", kelas=6))


def rows(page: Any) -> str:
    return str(page.content.decode())


def test_the_list_shows_people_with_their_posts_of_today(admin: Client, ani: Person, stranger: Employee) -> None:
    page = rows(admin.get("/pegawai/"))
    for words in ("Ani", "Pengelola Data", "Dinas Pendidikan", "Zainal", "Perawat"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("cari=zai", {"Zainal"}),
        ("status=PPPK", set()),
        ("keadaan=kosong", {"Tanpa Posisi"}),
        ("keadaan=nonaktif", {"Sudah Pensiun"}),
        ("", {"Ani", "Zainal", "Tanpa Posisi"}),
    ],
)
def test_the_list_is_narrowed(admin: Client, ani: Person, stranger: Employee, query: str, shown: set[str]) -> None:
    make_employee("Tanpa Posisi")
    gone = make_employee("Sudah Pensiun")
    Employee.objects.filter(pk=gone.pk).update(is_active=False)
    page = rows(admin.get(f"/pegawai/?{query}", headers={"HX-Request": "true"}))
    assert "<html" not in page
    assert {name for name in ("Ani", "Zainal", "Tanpa Posisi", "Sudah Pensiun") if f">{name}<" in page} == shown


def test_the_opd_operator_sees_and_changes_only_the_own_opd(
    opd_operator: Client, ani: Person, stranger: Employee
) -> None:
    page = rows(opd_operator.get("/pegawai/"))
    assert "Ani" in page
    assert "Zainal" not in page
    assert opd_operator.get(f"/pegawai/{ani.employee.uid}/").status_code == 200
    assert opd_operator.get(f"/pegawai/{stranger.uid}/").status_code == 404
    assert opd_operator.post(f"/pegawai/{stranger.uid}/nonaktifkan/", {"last": "2026-11-30"}).status_code == 404
    url = f"/pegawai/{ani.employee.uid}/penempatan/"
    answer = opd_operator.post(url, {**MOVE, "position": "K-1"})
    assert answer.status_code == 422
    assert "di OPD yang Anda kelola" in rows(answer)


def test_the_list_costs_the_same_for_one_and_for_thirty(admin: Client, office: Office) -> None:
    for number in range(30):
        make_employee(f"Orang {number:02}", office.staff)
    page = assert_query_count("employees.list", lambda: admin.get("/pegawai/"))
    assert "Berikutnya" in rows(page)


def test_the_page_of_a_person_costs_a_fixed_number_of_queries(admin: Client, ani: Person, budi: Person) -> None:
    page = rows(assert_query_count("employees.employee", lambda: admin.get(f"/pegawai/{ani.employee.uid}/")))
    assert "Atasan langsung" in page
    assert "Budi" in page


def test_a_move_ends_the_old_post_and_is_heard(admin: Client, ani: Person, office: Office) -> None:
    heard: list[Any] = []

    def listen(sender: Any, **kwargs: Any) -> None:
        heard.append((kwargs["employee"].pk, kwargs["first"]))

    placement_changed.connect(listen)
    try:
        answer = admin.post(f"/pegawai/{ani.employee.uid}/penempatan/", {**MOVE, "position": "P-2"})
    finally:
        placement_changed.disconnect(listen)
    assert answer.status_code == 302
    placements = Placement.objects.filter(employee=ani.employee).order_by("period")
    assert [(p.position.code, p.period.lower, p.period.upper) for p in placements] == [
        ("P-3", date(2024, 1, 1), date(2026, 5, 1)),
        ("P-2", date(2026, 5, 1), None),
    ]
    assert heard == [(ani.employee.pk, date(2026, 5, 1))]
    ani.user.refresh_from_db()
    assert "atasan" in User.objects.get(pk=ani.user.pk).role_codes
    events = AuditEvent.objects.filter(action__startswith="employees.").order_by("id")
    assert list(events.values_list("action", flat=True)) == ["employees.placement_ended", "employees.placed"]


def test_an_acting_post_leaves_the_definitive_one(admin: Client, ani: Person, office: Office) -> None:
    fields = {**MOVE, "position": "P-2", "kind": "plt", "last": "2026-05-31"}
    assert admin.post(f"/pegawai/{ani.employee.uid}/penempatan/", fields).status_code == 302
    assert ani.employee.placements.filter(kind="definitif", period__contains=date(2026, 5, 15)).exists()
    assert ani.employee.placements.get(kind="plt").period.upper == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first": "2023-06-01"}, "Bentrok dengan penempatan sebagai Pengelola Data"),
        ({"last": "2026-04-01"}, "sesudah TMT"),
        ({"position": "P-99"}, "Tidak ada jabatan dengan kode ini"),
        ({"letter_number": ""}, "errorlist"),
    ],
)
def test_an_impossible_post_is_refused_beside_the_field(
    admin: Client, ani: Person, office: Office, fields: dict[str, str], words: str
) -> None:
    answer = admin.post(f"/pegawai/{ani.employee.uid}/penempatan/", {**MOVE, "position": "P-2", **fields})
    assert answer.status_code == 422
    assert words in rows(answer)
    assert ani.employee.placements.count() == 1


def test_a_post_is_ended_on_its_last_day(admin: Client, ani: Person) -> None:
    placement = ani.employee.placements.get()
    url = f"/pegawai/{ani.employee.uid}/penempatan/{placement.uid}/akhiri/"
    assert admin.post(url, {"last": "2023-12-31"}).status_code == 422
    assert admin.post(url, {"last": "2026-10-31"}).status_code == 302
    placement.refresh_from_db()
    assert placement.period.upper == date(2026, 11, 1)


def test_data_are_corrected_with_before_and_after(admin: Client, ani: Person) -> None:
    fields = {"name": "Ani Lumenta", "email": "ani@manado.test"}
    assert admin.post(f"/pegawai/{ani.employee.uid}/ubah/", fields).status_code == 302
    event = AuditEvent.objects.get(action="employees.changed")
    assert (event.before, event.after) == (
        {"name": "Ani", "email": ""},
        {"name": "Ani Lumenta", "email": "ani@manado.test"},
    )
    assert User.objects.get(pk=ani.user.pk).display_name == "Ani Lumenta"


def test_service_ends_with_every_post_and_the_account(
    admin: Client, ani: Person, signed_in: Callable[..., Client]
) -> None:
    own = signed_in(ani.user)
    url = f"/pegawai/{ani.employee.uid}/nonaktifkan/"
    assert admin.post(url, {"last": "2026-10-31", "reason": "Pensiun"}).status_code == 302
    ani.employee.refresh_from_db()
    assert not ani.employee.is_active
    assert ani.employee.placements.get().period.upper == date(2026, 11, 1)
    assert own.get("/pegawai/").headers["Location"].startswith("/masuk/")
    assert AuditEvent.objects.get(action="employees.deactivated").note == "Pensiun"
    assert admin.post(f"/pegawai/{ani.employee.uid}/aktifkan/").status_code == 302
    assert Employee.objects.get(pk=ani.employee.pk).is_active
    assert User.objects.get(pk=ani.user.pk).is_active


def test_a_nip_taken_meanwhile_keeps_the_person_inactive(admin: Client, ani: Person) -> None:
    Employee.objects.filter(pk=ani.employee.pk).update(is_active=False)
    make_employee("Orang Lain", nip=ani.employee.nip)
    assert admin.post(f"/pegawai/{ani.employee.uid}/aktifkan/").status_code == 409


def test_a_post_that_was_to_begin_later_does_not_keep_somebody_in_service(
    admin: Client, ani: Person, office: Office
) -> None:
    later = make_position(office.unit, "P-9", "Analis", kelas=9)
    move = {**MOVE, "position": later.code, "first": "2027-01-01"}
    assert admin.post(f"/pegawai/{ani.employee.uid}/penempatan/", move).status_code == 302
    end = {"last": "2026-11-30", "reason": "Pindah daerah"}
    assert admin.post(f"/pegawai/{ani.employee.uid}/nonaktifkan/", end).status_code == 302
    only = Placement.objects.get(employee=ani.employee)
    assert (only.position, only.period.upper) == (office.staff, date(2026, 12, 1))
    cancelled = AuditEvent.objects.get(action="employees.placement_cancelled")
    assert (cancelled.before["position"], cancelled.before["first"]) == ("P-9", "2027-01-01")


def test_nobody_changes_the_own_data_or_post(
    office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    clerk = with_role("operator_opd", opd=office.opd)
    own = make_employee("Operator", office.staff, user=clerk)
    client = signed_in(clerk)
    assert client.post(f"/pegawai/{own.uid}/ubah/", {"name": "Operator Utama", "email": ""}).status_code == 409
    assert client.post(f"/pegawai/{own.uid}/penempatan/", {**MOVE, "position": office.head.code}).status_code == 409
    assert client.post(f"/pegawai/{own.uid}/nonaktifkan/", {"last": "2026-11-30", "reason": "x"}).status_code == 409
    assert f"/pegawai/{own.uid}/ubah/" not in client.get(f"/pegawai/{own.uid}/").content.decode()
    own.refresh_from_db()
    assert own.name == "Operator"
    assert Placement.objects.filter(employee=own).count() == 1


@pytest.fixture
def closed_until_august(monkeypatch: pytest.MonkeyPatch) -> None:
    close_months(monkeypatch, Month(2026, 7), Month(2026, 8))


def held(employee: Employee) -> list[tuple[Any, ...]]:
    rows = Placement.objects.filter(employee=employee).order_by("period")
    return [(row.position.code, row.kind, row.period.lower, row.period.upper) for row in rows]


@pytest.mark.usefixtures("closed_until_august")
@pytest.mark.parametrize(
    "move",
    [
        {"first": "2026-08-31"},
        {"first": "2026-05-01"},
        {"kind": "plt", "first": "2026-08-20", "last": "2026-09-10"},
        {"kind": "plh", "first": "2026-07-01", "last": "2026-07-03"},
    ],
)
def test_a_post_that_a_closed_month_would_read_is_refused(
    admin: Client, ani: Person, office: Office, move: dict[str, str]
) -> None:
    before = held(ani.employee)
    answer = admin.post(
        f"/pegawai/{ani.employee.uid}/penempatan/", {**MOVE, "position": office.section_head.code, **move}
    )
    assert answer.status_code == 422
    words = rows(answer)
    assert "2026 sudah dikunci" in words
    assert "perubahan menjadi tambahan atau pengurangan pada perhitungan berikutnya" in words
    assert "Isi tanggal paling awal 1 September 2026." in words
    assert held(ani.employee) == before


@pytest.mark.usefixtures("closed_until_august")
def test_a_post_from_the_first_open_day_is_taken(admin: Client, ani: Person, office: Office) -> None:
    form = {**MOVE, "position": office.section_head.code, "first": "2026-09-01"}
    assert admin.post(f"/pegawai/{ani.employee.uid}/penempatan/", form).status_code == 302
    assert [row[2:] for row in held(ani.employee)] == [
        (date(2024, 1, 1), date(2026, 9, 1)),
        (date(2026, 9, 1), None),
    ]
    early = {"kind": "plt", "first": "2026-06-01", "last": "2026-06-30", "position": office.head.code}
    assert admin.post(f"/pegawai/{ani.employee.uid}/penempatan/", {**MOVE, **early}).status_code == 302


@pytest.mark.usefixtures("closed_until_august")
def test_the_first_post_of_somebody_may_have_begun_before_a_closed_month(admin: Client, office: Office) -> None:
    newcomer = make_employee("Gita")
    form = {**MOVE, "position": office.staff.code, "first": "2020-03-01"}
    assert admin.post(f"/pegawai/{newcomer.uid}/penempatan/", form).status_code == 302
    assert held(newcomer) == [(office.staff.code, "definitif", date(2020, 3, 1), None)]


@pytest.mark.usefixtures("closed_until_august")
@pytest.mark.parametrize("page", ["end", "deactivate"])
def test_service_does_not_end_within_a_closed_month(admin: Client, ani: Person, page: str) -> None:
    placement = ani.employee.placements.get()
    url = f"/pegawai/{ani.employee.uid}/" + (f"penempatan/{placement.uid}/akhiri/" if page == "end" else "nonaktifkan/")
    for last in ("2026-08-30", "2026-05-31"):
        answer = admin.post(url, {"last": last, "reason": "Meninggal dunia"})
        assert answer.status_code == 422
        assert "Isi tanggal paling awal 31 Agustus 2026." in rows(answer)
    ani.employee.refresh_from_db()
    assert (held(ani.employee)[0][3], ani.employee.is_active) == (None, True)
    assert admin.post(url, {"last": "2026-08-31", "reason": "Meninggal dunia"}).status_code == 302
    assert held(ani.employee)[0][3] == date(2026, 9, 1)


@pytest.mark.usefixtures("closed_until_august")
def test_a_superior_is_not_said_for_a_closed_month(admin: Client, ani: Person, budi: Person, citra: Person) -> None:
    url = f"/pegawai/{ani.employee.uid}/atasan/"
    form = {"superior": citra.employee.nip, "first": "2026-08-01", "last": "", "reason": "SK", "letter_number": ""}
    answer = admin.post(url, form)
    assert answer.status_code == 422
    assert "Isi tanggal paling awal 1 September 2026." in rows(answer)
    assert not ani.employee.superior_overrides.exists()
    assert admin.post(url, {**form, "first": "2026-09-01"}).status_code == 302
    override = ani.employee.superior_overrides.get()
    ended = admin.post(f"{url}{override.uid}/akhiri/", {"last": "2026-08-15"})
    assert ended.status_code == 302


def test_an_ended_post_is_not_prolonged_into_the_next_one(admin: Client, ani: Person, office: Office) -> None:
    url = f"/pegawai/{ani.employee.uid}/penempatan/"
    admin.post(url, {**MOVE, "position": office.section_head.code, "first": "2026-09-01"})
    before = held(ani.employee)
    ended = ani.employee.placements.order_by("period")[0]
    answer = admin.post(f"{url}{ended.uid}/akhiri/", {"last": "2026-09-15"})
    assert answer.status_code == 422
    assert "1 September 2026" in rows(answer)
    assert held(ani.employee) == before
