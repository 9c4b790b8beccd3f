"""When a person is out of service: recorded by its letter, corrected, taken back, brought in by a sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import closing
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.employees.errors import OwnRecord, StopRefused
from tenants.employees.models import ServiceStop
from tenants.employees.stops import (
    StopInput,
    StopPeriod,
    correct_stop,
    record_stop,
    stops_between,
    withdraw_stop,
    without_stops,
)
from tests.cast import Person
from tests.closed_months import close_months
from tests.sheets import xlsx

SignedIn = Callable[..., Client]
LETTER = date(2026, 10, 12)
TENTH = date(2026, 10, 10)


def stop(kind: str, first: date = TENTH, last: date | None = None, letter: str = "SK/1") -> StopInput:
    return StopInput(kind, first, last, letter, LETTER)


@pytest.fixture
def official(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def test_a_stop_is_read_back_for_many_people_in_one_statement(
    ani: Person, budi: Person, official: User, django_assert_num_queries: Callable[..., object]
) -> None:
    record_stop(uid=ani.employee.uid, stop=stop("death"), actor=official)
    record_stop(uid=budi.employee.uid, stop=stop("study_leave", date(2026, 9, 1), date(2026, 9, 30)), actor=official)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a context manager
        found = stops_between(None, date(2026, 10, 1), date(2026, 11, 1))
    assert found == {ani.employee.pk: (StopPeriod("death", TENTH, None, "SK/1"),)}
    assert found[ani.employee.pk][0].words == "Meninggal dunia 10 Okt 2026, SK SK/1"
    assert stops_between([budi.employee.pk], date(2026, 9, 30), date(2026, 10, 1)).keys() == {budi.employee.pk}


def test_the_same_letter_said_twice_is_one_record(ani: Person, official: User) -> None:
    first = record_stop(uid=ani.employee.uid, stop=stop("retirement"), actor=official)
    assert record_stop(uid=ani.employee.uid, stop=stop("retirement"), actor=official) == first
    assert AuditEvent.objects.filter(action="employees.stop_recorded").count() == 1


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (stop("resignation", date(2026, 12, 1)), "ended"),
        (stop("long_leave", date(2026, 11, 1)), "after_ending"),
        (stop("study_leave", date(2026, 9, 15), date(2026, 9, 20)), "overlaps"),
        (stop("suspension", date(2026, 9, 15), date(2026, 9, 10)), "reversed"),
        (stop("dismissal", date(2026, 9, 15), date(2026, 9, 20)), "ending_is_final"),
    ],
)
def test_what_contradicts_another_stop_is_refused(ani: Person, official: User, second: StopInput, reason: str) -> None:
    record_stop(uid=ani.employee.uid, stop=stop("study_leave", date(2026, 9, 1), date(2026, 9, 30)), actor=official)
    record_stop(uid=ani.employee.uid, stop=stop("death"), actor=official)
    with pytest.raises(StopRefused) as refused:
        record_stop(uid=ani.employee.uid, stop=second, actor=official)
    assert refused.value.reason == reason
    assert refused.value.message()
    assert ServiceStop.objects.count() == 2


def test_the_database_refuses_two_endings_and_an_ending_with_a_last_day(ani: Person) -> None:
    def write(kind: str, until: date | None) -> None:
        with transaction.atomic():
            ServiceStop.objects.create(
                employee=ani.employee,
                kind=kind,
                period=DateRange(TENTH, until),
                letter_number="SK/1",
                letter_date=LETTER,
            )

    with pytest.raises(IntegrityError, match="service_stop_ending_has_no_last_day"):
        write("death", date(2026, 11, 1))
    write("death", None)
    with pytest.raises(IntegrityError, match="service_stop_one_ending"):
        write("retirement", None)
    write("study_leave", None)
    with pytest.raises(IntegrityError, match="service_stop_one_study_leave"):
        write("study_leave", date(2026, 11, 1))


def test_a_stop_is_corrected_and_taken_back_with_the_reason_in_the_log(ani: Person, official: User) -> None:
    row = record_stop(uid=ani.employee.uid, stop=stop("study_leave"), actor=official)
    changed = stop("study_leave", date(2026, 10, 15), date(2026, 12, 31))
    correct_stop(uid=ani.employee.uid, stop_uid=row.uid, stop=changed, reason="Salah baca SK", actor=official)
    row.refresh_from_db()
    assert (row.first, row.last) == (date(2026, 10, 15), date(2026, 12, 31))
    withdraw_stop(uid=ani.employee.uid, stop_uid=row.uid, reason="Orang lain", actor=official)
    assert not ServiceStop.objects.exists()
    notes = AuditEvent.objects.filter(action__startswith="employees.stop").order_by("id")
    assert list(notes.values_list("action", "note")) == [
        ("employees.stop_recorded", ""),
        ("employees.stop_corrected", "Salah baca SK"),
        ("employees.stop_withdrawn", "Orang lain"),
    ]


def test_nobody_records_the_own_stop_and_no_stranger_does(ani: Person, dedi: Person, official: User) -> None:
    ani.employee.user = official
    ani.employee.save(update_fields=["user"])
    with pytest.raises(OwnRecord):
        record_stop(uid=ani.employee.uid, stop=stop("study_leave"), actor=official)
    with pytest.raises(NotAllowed):
        record_stop(uid=ani.employee.uid, stop=stop("study_leave"), actor=dedi.user)


def test_a_letter_for_a_locked_month_is_taken_as_late_and_told(
    ani: Person, official: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    october = Month(2026, 10)
    close_months(monkeypatch, october)
    told: list[object] = []
    monkeypatch.setattr(closing, "_late_receivers", [lambda pairs, what: told.append((set(pairs), what))])
    assert record_stop(uid=ani.employee.uid, stop=stop("death"), actor=official).is_late
    assert told == [({(ani.employee.pk, october)}, "Penghentian tugas")]


def test_service_is_what_lies_between_the_stops() -> None:
    def days(first: int, last: int | None) -> DateRange:
        return DateRange(date(2026, 10, first), None if last is None else date(2026, 10, last + 1))

    october = (date(2026, 10, 1), date(2026, 11, 1))
    assert list(without_stops(*october, [])) == [october]
    assert list(without_stops(*october, [days(1, 4), days(10, 12), days(11, 20)])) == [
        (date(2026, 10, 5), date(2026, 10, 10)),
        (date(2026, 10, 21), date(2026, 11, 1)),
    ]
    assert list(without_stops(*october, [days(10, None)])) == [(date(2026, 10, 1), date(2026, 10, 10))]
    assert list(without_stops(date(2026, 10, 1), None, [days(10, 12)])) == [
        (date(2026, 10, 1), date(2026, 10, 10)),
        (date(2026, 10, 13), None),
    ]
    assert list(without_stops(*october, [days(1, None)])) == []


def test_the_page_records_corrects_and_takes_back(ani: Person, official: User, signed_in: SignedIn) -> None:
    client = signed_in(official)
    address = f"/pegawai/{ani.employee.uid}/penghentian/"
    sent = {"kind": "death", "first": "2026-10-10", "last": "2026-10-12", "letter_number": "474/1"}
    wrong = client.post(address, {**sent, "letter_date": "2026-10-12"})
    assert wrong.status_code == 422
    assert "tidak punya tanggal akhir" in wrong.content.decode()
    saved = client.post(address, {**sent, "last": "", "letter_date": "2026-10-12"}, follow=True).content.decode()
    assert "Meninggal dunia" in saved
    assert "474/1" in saved
    row = ServiceStop.objects.get()
    corrected = client.post(
        f"{address}{row.uid}/",
        {**sent, "kind": "retirement", "last": "", "letter_date": "2026-10-12", "reason": "Salah jenis"},
        follow=True,
    ).content.decode()
    assert "Pensiun" in corrected
    asked = client.get(f"{address}{row.uid}/batal/").content.decode()
    assert "Pensiun 10 Okt 2026, SK 474/1" in asked
    client.post(f"{address}{row.uid}/batal/", {"reason": "Keliru"})
    assert not ServiceStop.objects.exists()


def test_the_list_is_searched_and_does_not_grow_in_statements(
    ani: Person, budi: Person, official: User, signed_in: SignedIn
) -> None:
    record_stop(uid=ani.employee.uid, stop=stop("death"), actor=official)
    record_stop(uid=budi.employee.uid, stop=stop("long_leave", date(2026, 1, 1), date(2026, 1, 31)), actor=official)
    client = signed_in(official)
    text = assert_query_count("employees.stops", lambda: client.get("/pegawai/penghentian/")).content.decode()
    assert ani.employee.name in text
    assert budi.employee.name in text
    only = client.get("/pegawai/penghentian/?jenis=long_leave").content.decode()
    assert ani.employee.name not in only
    assert "Tidak ada penghentian" in client.get("/pegawai/penghentian/?cari=siapa").content.decode()


def sheet(*rows: list[str]) -> bytes:
    headings = ["NIP *", "Jenis *", "Mulai *", "Sampai", "Nomor SK *", "Tanggal SK *", "Keterangan"]
    return xlsx([headings, *rows], page="Penghentian")


def test_a_sheet_is_looked_at_first_then_stored_once(
    ani: Person, budi: Person, official: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> None:
    client = signed_in(official)
    content = sheet(
        [ani.employee.nip, "Meninggal dunia", "10-10-2026", "", "474/1", "12-10-2026", ""],
        [budi.employee.nip, "Tugas belajar", "2026-10-15", "", "800/2", "2026-10-01", "S2"],
        ["199001012015011999", "Pensiun", "01-11-2026", "", "800/3", "01-10-2026", ""],
        [ani.employee.nip, "Cuti besar", "01-11-2026", "", "800/4", "01-10-2026", ""],
        [budi.employee.nip, "Piknik", "01-11-2026", "", "800/5", "01-10-2026", ""],
    )

    def hand_in() -> Job:
        upload = {"file": SimpleUploadedFile("henti.xlsx", content)}
        assert client.post("/pegawai/penghentian/unggah/", upload).status_code == 302
        run_outbox()
        return Job.objects.latest("id")

    checked = hand_in()
    assert [count for _, count in checked.result["facts"]] == [5, 2, 0, 3]
    assert not ServiceStop.objects.exists()
    assert client.get(f"/pegawai/penghentian/simpan/{checked.uid}/").status_code == 200
    client.post(f"/pegawai/penghentian/simpan/{checked.uid}/")
    run_outbox()
    assert set(ServiceStop.objects.values_list("employee", "kind", "period")) == {
        (ani.employee.pk, "death", DateRange(TENTH, None)),
        (budi.employee.pk, "study_leave", DateRange(date(2026, 10, 15), None)),
    }
    messages = list(checked.rows.order_by("id").values_list("row_number", "message"))
    assert [number for number, _ in messages] == [4, 5, 6]
    assert "Sudah tercatat Meninggal dunia sejak 10 Oktober 2026" in messages[1][1]
    assert [count for _, count in hand_in().result["facts"]] == [5, 0, 2, 3]
    assert client.get("/pegawai/penghentian/contoh.xlsx").status_code == 200
