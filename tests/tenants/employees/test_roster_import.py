"""The roster on its way into the database, through the page, the job and the command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.periods import Month
from tenants.employees.errors import NothingToImport, RosterHasErrors
from tenants.employees.models import Employee, Placement, Standing
from tenants.employees.querysets import superior_of
from tenants.employees.roster_import import Written, import_roster
from tenants.organisation.models import Position, PositionTerms, Unit
from tests.cast import Office, Person
from tests.closed_months import close_months
from tests.files import handed_out
from tests.tenants.employees.roster import THREE_POSITIONS, book, nip, person

TODAY = date(2026, 11, 22)
ACTOR = System("tests")


def imported(content: bytes, *, valid_rows_only: bool = False) -> Written:
    return import_roster(content=content, today=TODAY, actor=ACTOR, valid_rows_only=valid_rows_only)


def standings_of(serial: int) -> list[tuple[Any, ...]]:
    rows = Standing.objects.filter(employee__nip=nip(serial)).order_by("period")
    return [(row.period.lower, row.period.upper, row.status, row.golongan) for row in rows]


def terms_of(code: str) -> list[tuple[Any, ...]]:
    rows = PositionTerms.objects.filter(position__code=code).order_by("period")
    return [(row.period.lower, row.period.upper, row.kelas, row.category) for row in rows]


@pytest.fixture
def admin(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def test_units_positions_people_and_accounts_are_written(manado: Any) -> None:
    written = imported(book([person(1), person(2, "U-2"), person(3, "U-1"), person(1, "U-2", kind="Plh")]))
    assert written == Written(units=2, positions=3, people=3, placements=4, changed=0, left_out=0)
    unit = Unit.objects.select_related("opd", "parent").get(code="9.01.01")
    assert unit.opd is not None
    assert (unit.opd.code, unit.parent) == ("9.01", unit.opd)
    opd = Unit.objects.get(code="9.01")
    assert opd.opd_id == opd.pk
    staff = Employee.objects.select_related("user").get(nip=nip(1))
    head = Employee.objects.select_related("user").get(nip=nip(3))
    assert superior_of(staff, TODAY) == Employee.objects.get(nip=nip(2))
    assert staff.user is not None
    assert head.user is not None
    assert (staff.user.login, staff.user.has_usable_password()) == (nip(1), False)
    assert staff.user.role_codes == {"asn", "atasan"}
    assert head.user.role_codes == {"asn", "atasan"}
    assert AuditEvent.objects.get(action="employees.roster_imported").after["people"] == 3


def test_only_those_with_posts_below_theirs_become_superiors(manado: Any) -> None:
    imported(book([person(1), person(2, "U-2")]))
    roles = {e.nip: e.user.role_codes for e in Employee.objects.select_related("user") if e.user is not None}
    assert roles == {nip(1): {"asn"}, nip(2): {"asn", "atasan"}}


def test_the_same_file_again_changes_nothing(manado: Any) -> None:
    content = book([person(1), person(2, "U-2")])
    imported(content)
    before = list(Placement.objects.order_by("pk").values_list("pk", "period"))
    users = User.objects.count()
    assert imported(content) == Written()
    assert list(Placement.objects.order_by("pk").values_list("pk", "period")) == before
    assert User.objects.count() == users


def test_a_move_ends_the_old_post_on_the_day_before(manado: Any) -> None:
    imported(book([person(1)]))
    imported(book([person(1, "U-2", since="01-05-2026", letter="SK 9/2026")]))
    periods = Placement.objects.filter(employee__nip=nip(1)).order_by("period")
    assert [(p.position.code, p.period.lower, p.period.upper) for p in periods] == [
        ("U-3", date(2024, 1, 2), date(2026, 5, 1)),
        ("U-2", date(2026, 5, 1), None),
    ]
    employee = Employee.objects.select_related("user").get(nip=nip(1))
    assert employee.user is not None
    assert employee.user.role_codes == {"asn", "atasan"}


def test_changes_of_units_positions_and_people_are_written(manado: Any) -> None:
    imported(book([person(1)]))
    imported(
        book(
            [person(1, name="Orang Satu", golongan="III/b")],
            units=[("9.02", "Badan Uji", "OPD"), ("9.01.01", "Bidang Pindahan", "Bidang", "9.02")],
            positions=[("U-3", "Pengelola Baru", "9.01.01", "Pelaksana", 8, "khusus", "U-1")],
        )
    )
    unit = Unit.objects.select_related("opd").get(code="9.01.01")
    assert unit.opd is not None
    assert (unit.name, unit.opd.code) == ("Bidang Pindahan", "9.02")
    position = Position.objects.select_related("superior").get(code="U-3")
    assert position.superior is not None
    assert (position.title, position.superior.code) == ("Pengelola Baru", "U-1")
    assert terms_of("U-3") == [(None, TODAY, 7, "umum"), (TODAY, None, 8, "khusus")]
    employee = Employee.objects.select_related("user").get(nip=nip(1))
    assert employee.user is not None
    assert (employee.name, employee.user.display_name) == ("Orang Satu", "Orang Satu")
    assert standings_of(1) == [(None, TODAY, "PNS", "III/a"), (TODAY, None, "PNS", "III/b")]


def test_a_new_status_counts_from_its_day_and_the_same_file_again_changes_nothing(manado: Any) -> None:
    imported(book([person(1, status="CPNS")]))
    appointed = book(
        [person(1, status="PNS", golongan="III/b", status_since="01-06-2026", golongan_since="01-10-2026")]
    )
    assert imported(appointed).changed == 1
    history = [
        (None, date(2026, 6, 1), "CPNS", "III/a"),
        (date(2026, 6, 1), date(2026, 10, 1), "PNS", "III/a"),
        (date(2026, 10, 1), None, "PNS", "III/b"),
    ]
    assert standings_of(1) == history
    before = list(Standing.objects.values_list("pk", "recorded_at"))
    assert imported(appointed) == Written()
    assert standings_of(1) == history
    assert list(Standing.objects.values_list("pk", "recorded_at")) == before


def test_a_new_class_counts_from_its_day_and_the_same_file_again_changes_nothing(manado: Any) -> None:
    imported(book())
    raised = book(positions=[("U-3", "Pengelola Uji", "9.01.01", "Pelaksana", 8, "", "U-2", "", "01-05-2026")])
    assert imported(raised).changed == 1
    history = [(None, date(2026, 5, 1), 7, "umum"), (date(2026, 5, 1), None, 8, "umum")]
    assert terms_of("U-3") == history
    assert imported(raised) == Written()
    assert terms_of("U-3") == history


def test_a_first_import_with_days_says_nothing_of_the_time_before(manado: Any) -> None:
    content = book([person(1, status_since="01-03-2020", golongan_since="01-04-2024")])
    imported(content)
    assert standings_of(1) == [(date(2024, 4, 1), None, "PNS", "III/a")]
    assert imported(content) == Written()


def test_a_change_in_a_closed_month_is_refused_beside_the_row(manado: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(book([person(1)]))
    close_months(monkeypatch, Month(2026, 9))
    with pytest.raises(RosterHasErrors):
        imported(book([person(1, golongan="III/b", golongan_since="15-09-2026")]))
    with pytest.raises(RosterHasErrors):
        imported(book(positions=[("U-3", "Pengelola Uji", "9.01.01", "Pelaksana", 8, "", "U-2", "", "30-09-2026")]))
    imported(book([person(1, golongan="III/b", golongan_since="01-10-2026")]))
    assert standings_of(1)[-1] == (date(2026, 10, 1), None, "PNS", "III/b")


def test_a_closed_opd_keeps_only_its_own_people_and_posts_as_they_are(
    office: Office, ani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(book([person(1)]))
    close_months(monkeypatch, Month(2026, 9), opds=[office.opd])
    # Somebody of another OPD goes on, but not into a post that the closed month of that OPD would read.
    imported(book([person(1, golongan="III/b", golongan_since="15-09-2026")]))
    assert standings_of(1)[-1] == (date(2026, 9, 15), None, "PNS", "III/b")
    post = ("U-3", "Pengelola Uji", "9.01.01", "Pelaksana", 8, "", "U-2", "", "30-09-2026")
    imported(book([person(1, golongan="III/b")], positions=[*THREE_POSITIONS[:2], post]))
    assert terms_of("U-3")[-1][2] == 8
    with pytest.raises(RosterHasErrors):
        imported(book([person(1, "P-3", golongan="III/b", since="15-09-2026")], units=(), positions=()))
    imported(book([person(1, "P-3", golongan="III/b", since="01-10-2026")], units=(), positions=()))
    assert Placement.objects.filter(employee__nip=nip(1), position=office.staff).exists()


def test_an_account_that_is_there_is_taken_over(manado: Any) -> None:
    user = User.objects.create(login=nip(1), display_name="Orang 1", password="!x")
    imported(book([person(1)]))
    assert Employee.objects.get(nip=nip(1)).user == user


def test_a_wrong_row_refuses_the_file_unless_the_right_ones_are_wanted(manado: Any) -> None:
    content = book([person(1), person(2, "U-9"), person(3)])
    with pytest.raises(RosterHasErrors) as refused:
        imported(content)
    assert refused.value.rows == 1
    assert not Employee.objects.exists()
    written = imported(content, valid_rows_only=True)
    assert (written.people, written.left_out) == (2, 1)
    with pytest.raises(NothingToImport):
        imported(book([person(2, "U-9")], units=(), positions=()), valid_rows_only=True)


def test_people_of_the_region_who_are_not_in_the_file_stay_as_they_are(office: Office, ani: Person) -> None:
    imported(book([person(1)]))
    ani.employee.refresh_from_db()
    assert ani.employee.is_active
    assert ani.employee.placements.get().period.upper is None


def test_twenty_and_two_hundred_rows_need_the_same_number_of_statements(manado: Any) -> None:
    counts = []
    for first, size in ((1, 20), (100, 200)):
        units = [(f"{first}.{n}", f"Dinas {n}", "OPD") for n in range(size)]
        positions = [
            (f"{first}-{n}", f"Jabatan {n}", f"{first}.{n}", "Pelaksana", 7, "", f"{first}-0" if n else "")
            for n in range(size)
        ]
        people = [person(first + n, f"{first}-{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            imported(book(people, units=units, positions=positions))
        counts.append(len(captured))
    assert abs(counts[0] - counts[1]) <= 2
    changed = []
    for first, size in ((1, 20), (100, 200)):
        people = [person(first + n, f"{first}-{n}", golongan="III/c", until="31-12-2027") for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            imported(book(people, units=(), positions=()))
        changed.append(len(captured))
    assert abs(changed[0] - changed[1]) <= 2


def upload(client: Client, content: bytes) -> Any:
    return client.post("/pegawai/impor/", {"file": SimpleUploadedFile("pegawai.xlsx", content)})


def test_the_admin_checks_looks_and_imports_what_is_right(
    manado: Any, admin: User, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    client = signed_in(admin)
    numeric = person(9, number=199009132025242014, name="Orang Angka")
    assert upload(client, book([person(1), numeric, person(2, "U-9")])).status_code == 302
    check = Job.objects.get(kind="employees.roster_check")
    waiting = client.get(f"/pegawai/impor/{check.uid}/")
    assert waiting.headers["Location"] == f"/pekerjaan/{check.uid}/"
    run_outbox()
    assert not Employee.objects.exists()
    page = client.get(f"/pegawai/impor/{check.uid}/").content.decode()
    for words in ("NIP tersimpan sebagai angka", "U-9 tidak ada", "Impor yang benar saja (6 baris)", "Orang 1"):
        assert words in page
    check.refresh_from_db()
    returned = client.get(f"/berkas/{check.result['rejected']}/")
    sheets = CalamineWorkbook.from_filelike(BytesIO(handed_out(returned).body))
    rows = sheets.get_sheet_by_name("Pegawai").to_python()
    assert [row[1] for row in rows[1:]] == ["Orang Angka", "Orang 2"]
    assert "18 angkanya" in str(rows[1][-1])
    assert client.post(f"/pegawai/impor/{check.uid}/konfirmasi/", {"rows": "all"}).status_code == 409
    assert client.post(f"/pegawai/impor/{check.uid}/konfirmasi/", {"rows": "valid"}).status_code == 302
    run_outbox()
    job = Job.objects.get(kind="employees.roster_import")
    assert job.state == Job.State.DONE, job.failure
    assert list(Employee.objects.values_list("nip", flat=True)) == [nip(1)]
    assert "Pegawai baru" in client.get(f"/pekerjaan/{job.uid}/").content.decode()
    again = client.post(f"/pegawai/impor/{check.uid}/konfirmasi/", {"rows": "valid"})
    assert again.status_code == 409
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"employees.roster_uploaded", "employees.roster_confirmed", "employees.roster_imported"} <= actions


def test_the_job_done_twice_writes_once(
    manado: Any, admin: User, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    from kernel.jobs import work

    client = signed_in(admin)
    upload(client, book([person(1)]))
    run_outbox()
    check = Job.objects.get(kind="employees.roster_check")
    client.post(f"/pegawai/impor/{check.uid}/konfirmasi/", {"rows": "all"})
    run_outbox()
    job = Job.objects.get(kind="employees.roster_import")
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    work.run(str(job.uid))
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert Employee.objects.count() == 1
    assert Placement.objects.count() == 1


def test_a_file_that_is_no_workbook_is_refused_at_once(
    manado: Any, admin: User, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(admin)
    assert upload(client, b"%PDF-1.7 not a sheet").status_code == 422
    assert upload(client, b"PK\x03\x04 not a sheet").status_code == 422
    assert not Job.objects.exists()


def test_the_template_can_be_handed_in_as_it_is(
    manado: Any, admin: User, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    answer = signed_in(admin).get("/pegawai/impor/contoh.xlsx")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert imported(content) == Written(units=2, positions=2, people=1, placements=1)


def test_only_those_who_import_may(
    ani: Person, with_role: Callable[..., User], office: Office, signed_in: Callable[..., Client]
) -> None:
    for user in (ani.user, with_role("operator_opd", opd=office.opd), with_role("inspektorat")):
        assert signed_in(user).get("/pegawai/impor/").status_code == 403


def test_the_command_checks_and_imports(manado: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pegawai.xlsx"
    file.write_bytes(book([person(1), person(2, "U-9")]))
    call_command("import_roster", "manado", str(file), "--dry-run")
    out = capsys.readouterr()
    assert "Pegawai: 1 add, 0 change, 0 same, 1 error" in out.out
    assert "Pegawai 3, Kode jabatan" in out.err
    with pytest.raises(CommandError, match="1 baris salah"):
        call_command("import_roster", "manado", str(file))
    assert not Employee.objects.exists()
    call_command("import_roster", "manado", str(file), "--valid-rows-only")
    assert "1 people" in capsys.readouterr().out
    assert Employee.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("import_roster", "manado", str(tmp_path / "missing.xlsx"))


def test_a_position_moved_by_the_file_counts_for_the_next_superior(manado: Any) -> None:
    imported(book([person(1), person(2, "U-2"), person(3, "U-1")]))
    imported(book(units=(), positions=[(*THREE_POSITIONS[2][:6], "U-1")]))
    assert superior_of(Employee.objects.get(nip=nip(1)), TODAY) == Employee.objects.get(nip=nip(3))
