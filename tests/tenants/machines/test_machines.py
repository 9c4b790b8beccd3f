"""A machine's log on its way in: page, job, command, unknown PINs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from kernel.files.actions import MAX_BYTES
from kernel.jobs.models import Job, JobRow
from tenants.attendance.following import follow_punches
from tenants.attendance.models import DayResult
from tenants.calendars.models import WorkPattern
from tenants.machines.actions import save_pins
from tenants.machines.errors import PinTaken
from tenants.machines.models import Machine, MachinePin, UnknownPin
from tenants.punches.models import Punch
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.kernel.files.inspection.documents import far_corner
from tests.sheets import xlsx, xlsx_upload
from tests.tenants.attendance.week import MONDAY, at, on

LOG = (
    "        7\t2026-10-05 07:25:31\t0\t1\t0\t0\n"
    "        7\t2026-10-05 16:02:09\t255\t15\t0\t0\n"
    "        7\t2026-10-05 12:01:00\t2\t1\t0\t0\n"
    "       12\t2026-10-05 07:31:00\t0\t1\t0\t0\n"
    "       12\t2026-10-06 07:31:00\t0\t1\t0\t0\n"
    "rusak\n"
    "        7\t2031-10-05 07:25:31\t0\t1\t0\t0\n"
)


def upload(text: str = LOG) -> SimpleUploadedFile:
    return SimpleUploadedFile("attlog.dat", text.encode())


@pytest.fixture
def send(signed_in: Any, with_role: Any, run_outbox: Callable[[], int]) -> Callable[..., Job]:
    """Upload a log as BKPSDM and let the job run."""
    client = signed_in(with_role("bkpsdm"))

    def post(text: str = LOG, device: str = "Lobi") -> Job:
        with on(MONDAY + timedelta(days=3), "09:00"):
            answer = client.post("/kehadiran/mesin/log/", {"device": device, "file": upload(text)})
            assert answer.status_code == 302
            run_outbox()
            follow_punches()
        return Job.objects.order_by("id").last()  # type: ignore[return-value]

    return post


def numbers(job: Job) -> list[int]:
    return [value for _label, value in job.result["facts"]]


def test_known_pins_become_punches_and_days_and_the_rest_is_told_row_by_row(
    ani: Person, shift: WorkPattern, manado_rules: Any, send: Callable[..., Job]
) -> None:
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    job = send()
    assert job.state == "done"
    assert numbers(job) == [7, 3, 0, 2, 2]
    assert list(Punch.objects.order_by("captured_at").values_list("kind", "captured_at", "source", "device")) == [
        ("in", at(MONDAY, "07:25:31"), "machine", "Lobi"),
        ("break", at(MONDAY, "12:01"), "machine", "Lobi"),
        ("undefined", at(MONDAY, "16:02:09"), "machine", "Lobi"),
    ]
    day = DayResult.objects.get(date=MONDAY)
    assert (day.presence, day.last_out, day.events) == ("hadir", at(MONDAY, "16:02:09"), [])
    rows = list(JobRow.objects.order_by("row_number").values_list("row_number", "column", "value"))
    assert rows == [(4, "PIN", "12"), (6, "", "rusak"), (7, "", LOG.splitlines()[6].strip())]


def test_the_same_file_again_adds_nothing(ani: Person, shift: WorkPattern, send: Callable[..., Job]) -> None:
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    send()
    stored = set(Punch.objects.values_list("id", "receipt"))
    assert numbers(send()) == [7, 0, 3, 2, 2]
    assert set(Punch.objects.values_list("id", "receipt")) == stored


def test_an_operator_brings_in_no_punches_of_another_opd(
    ani: Person, office: Office, signed_in: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    elsewhere = make_opd("3.01", "Dinas Lain")
    own = make_employee("Pegawai Sendiri", make_position(elsewhere, "X-1", "Staf"))
    MachinePin.objects.create(device="Lobi & Aula", pin="7", employee=ani.employee)
    MachinePin.objects.create(device="Lobi & Aula", pin="8", employee=own)
    client = signed_in(with_role("operator_opd", opd=elsewhere))
    log = "7\t2026-10-05 07:25:31\t0\n8\t2026-10-05 07:26:31\t0\n9\t2026-10-05 07:26:31\t0\n"
    with on(MONDAY + timedelta(days=3), "09:00"):
        client.post("/kehadiran/mesin/log/", {"device": "Lobi & Aula", "file": upload(log)})
        run_outbox()
    assert list(Punch.objects.values_list("employee_id", flat=True)) == [own.pk]
    job = Job.objects.get()
    assert ["Milik pegawai OPD lain", 1] in job.result["facts"]
    foreign, unknown = JobRow.objects.filter(job=job).order_by("row_number")
    assert (foreign.row_number, foreign.value) == (1, "7")
    assert "OPD lain" in foreign.message
    assert unknown.fix_url.endswith("?mesin=Lobi+%26+Aula&pin=9")


def test_the_same_line_twice_in_one_file_is_one_punch(ani: Person, send: Callable[..., Job]) -> None:
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    line = "7\t2026-10-05 07:25:31\t0\n"
    assert numbers(send(line * 3))[:3] == [3, 1, 2]
    assert Punch.objects.count() == 1


def test_a_job_that_lost_its_worker_starts_over_without_doubling_anything(
    ani: Person, send: Callable[..., Job]
) -> None:
    from kernel.jobs import work

    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    job = send()
    Job.objects.filter(pk=job.pk).update(state="queued")
    with on(MONDAY + timedelta(days=3), "09:00"):
        again = work.run(str(job.uid))
    assert (again.state, again.error_rows, JobRow.objects.filter(job=job).count()) == ("done", 3, 3)
    assert Punch.objects.count() == 3


def test_claiming_an_unknown_pin_reads_the_file_again(
    ani: Person, send: Callable[..., Job], signed_in: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    send()
    assert set(UnknownPin.objects.values_list("pin", "lines")) == {("7", 3), ("12", 2)}
    client = signed_in(with_role("bkpsdm"))
    with on(MONDAY + timedelta(days=3), "09:00"):
        page = client.get("/kehadiran/mesin/").content.decode()
        assert "?mesin=Lobi&amp;pin=12" in page
        answer = client.post("/kehadiran/mesin/pin/", {"device": "Lobi", "pasted": f"0012\t{ani.employee.nip}"})
        assert answer.status_code == 302
        run_outbox()
    assert Punch.objects.filter(employee=ani.employee).count() == 2
    assert set(UnknownPin.objects.values_list("pin", flat=True)) == {"7"}


def test_a_pin_of_one_person_is_not_given_to_another(ani: Person, budi: Person, with_role: Any) -> None:
    actor = with_role("bkpsdm")
    save_pins(device="Lobi", pins={"7": ani.employee}, actor=actor)
    save_pins(device="Lobi", pins={"007": ani.employee}, actor=actor)
    save_pins(device="Gudang", pins={"7": budi.employee}, actor=actor)
    with pytest.raises(PinTaken):
        save_pins(device="Lobi", pins={"7": budi.employee}, actor=actor)
    assert MachinePin.objects.count() == 2


def sheet(rows: list[list[Any]]) -> SimpleUploadedFile:
    return xlsx_upload("pin.xlsx", rows)


def test_pins_come_from_a_sheet_and_a_nip_that_lost_its_digits_is_refused(
    ani: Person, signed_in: Any, with_role: Any
) -> None:
    client = signed_in(with_role("bkpsdm"))
    good = sheet([["PIN", "NIP"], [7, ani.employee.nip]])
    assert client.post("/kehadiran/mesin/pin/", {"device": "Lobi", "sheet": good}).status_code == 302
    assert MachinePin.objects.get().pin == "7"
    spoilt = sheet([["PIN", "NIP"], [8, int(ani.employee.nip)]])
    answer = client.post("/kehadiran/mesin/pin/", {"device": "Lobi", "sheet": spoilt})
    assert answer.status_code == 422
    assert "kehilangan angka terakhirnya" in answer.content.decode()


def test_a_sheet_that_is_too_much_for_a_reader_is_refused_beside_its_field(signed_in: Any, with_role: Any) -> None:
    bomb = SimpleUploadedFile("pin.xlsx", far_corner())
    answer = signed_in(with_role("bkpsdm")).post("/kehadiran/mesin/pin/", {"device": "Lobi", "sheet": bomb})
    assert answer.status_code == 422
    assert "di luar tabel" in answer.context["form"].errors["sheet"][0]


def test_a_sheet_that_is_too_large_is_refused_beside_its_field(signed_in: Any, with_role: Any) -> None:
    large = SimpleUploadedFile("pin.csv", b"7;1\n" * (MAX_BYTES // 4 + 1))
    answer = signed_in(with_role("bkpsdm")).post("/kehadiran/mesin/pin/", {"device": "Lobi", "sheet": large})
    assert answer.status_code == 422
    assert "lebih besar dari 5 MB" in answer.context["form"].errors["sheet"][0]


@pytest.mark.parametrize("pasted", ["", "7", "7 123", "?? 199001012015011101", "7 199001012015011999"])
def test_pairs_that_cannot_be_right_are_refused(ani: Person, signed_in: Any, with_role: Any, pasted: str) -> None:
    answer = signed_in(with_role("bkpsdm")).post("/kehadiran/mesin/pin/", {"device": "Lobi", "pasted": pasted})
    assert answer.status_code == 422
    assert not MachinePin.objects.exists()


def test_an_operator_pairs_people_of_the_own_opd_only(
    ani: Person, office: Office, signed_in: Any, with_role: Any
) -> None:
    other = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Sosial")))
    pair = {"device": "Lobi", "pasted": f"7 {ani.employee.nip}"}
    assert other.post("/kehadiran/mesin/pin/", pair).status_code == 422
    assert signed_in(with_role("operator_opd", opd=office.opd)).post("/kehadiran/mesin/pin/", pair).status_code == 302
    pin = MachinePin.objects.get()
    assert other.post(f"/kehadiran/mesin/pin/{pin.pk}/lepas/").status_code == 404
    assert signed_in(with_role("bkpsdm")).post(f"/kehadiran/mesin/pin/{pin.pk}/lepas/").status_code == 302
    assert not MachinePin.objects.exists()


def test_the_command_does_the_same_and_says_what_it_did(ani: Person, shift: WorkPattern, tmp_path: Path) -> None:
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    file = tmp_path / "attlog.dat"
    file.write_text(LOG)
    out, errors = StringIO(), StringIO()
    with on(MONDAY + timedelta(days=3), "09:00"):
        call_command("import_machine_log", "manado", "Lobi", str(file), stdout=out, stderr=errors)
        assert out.getvalue().startswith("7 lines: 3 added, 0 known before, 2 with an unknown PIN, 2 unreadable.")
        assert "line 6:" in errors.getvalue()
        call_command("import_machine_log", "manado", "Lobi", str(file), stdout=out, stderr=errors)
    assert "0 added, 3 known before" in out.getvalue()
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_machine_log", "manado", "Lobi", str(tmp_path / "none.dat"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "log.xlsx",
            xlsx(
                [
                    ["Laporan scan", None, None, None],
                    ["AC-No.", "Name", "Date/Time", "State"],
                    [7, "Ani", "05/10/2026 07:25:31", "C/In"],
                    ["0007", "Ani", "2026-10-05 16:02", "C/Out"],
                    [12, "Orang lain", "05-10-2026 07.31.00", ""],
                    [7, "Ani", "13/13/2026 07:25", "C/In"],
                ]
            ),
        ),
        (
            "log.csv",
            b"PIN;Nama;Tanggal;Jam;Status\n;;;;\n7;Ani;05/10/2026;07:25:31;Masuk\n7;Ani;05/10/2026;16:02;Pulang\n"
            b"12;Orang lain;05/10/2026;07.31;\n7;Ani;13/13/2026;07:25;Masuk\n",
        ),
    ],
)
def test_a_log_exported_as_a_sheet_is_read_by_its_headings_and_is_the_same_as_the_machine_s_own(
    ani: Person, signed_in: Any, with_role: Any, run_outbox: Callable[[], int], name: str, content: bytes
) -> None:
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    client = signed_in(with_role("bkpsdm"))
    own = b"7\t2026-10-05 07:25:31\t0\n"
    with on(MONDAY + timedelta(days=3), "09:00"):
        for file in (SimpleUploadedFile(name, content), SimpleUploadedFile("attlog.dat", own)):
            assert client.post("/kehadiran/mesin/log/", {"device": "Lobi", "file": file}).status_code == 302
            run_outbox()
    sheet_job, own_job = Job.objects.order_by("id")
    assert (sheet_job.state, numbers(sheet_job)) == ("done", [4, 2, 0, 1, 1])
    assert numbers(own_job)[1:3] == [0, 1]
    assert list(Punch.objects.order_by("captured_at").values_list("kind", "captured_at")) == [
        ("in", at(MONDAY, "07:25:31")),
        ("out", at(MONDAY, "16:02")),
    ]
    bad = JobRow.objects.filter(job=sheet_job).order_by("row_number").last()
    assert bad is not None
    assert (bad.row_number, "Waktu tidak terbaca" in bad.message) == (6, True)


def test_a_sheet_without_the_headings_fails_and_says_which(
    signed_in: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    file = xlsx_upload("log.xlsx", [["Nama", "Keterangan"], ["Ani", "Hadir"]])
    signed_in(with_role("bkpsdm")).post("/kehadiran/mesin/log/", {"device": "Lobi", "file": file})
    run_outbox()
    job = Job.objects.get()
    assert (job.state, "PIN" in job.failure) == ("failed", True)


def test_a_file_of_a_machine_in_another_zone_is_read_by_that_machines_clock(
    ani: Person, office: Office, send: Callable[..., Job]
) -> None:
    Machine.objects.create(
        serial="ZX1", device="Lobi", unit=office.opd, time_zone="Asia/Jakarta", state=Machine.State.ACTIVE
    )
    MachinePin.objects.create(device="Lobi", pin="7", employee=ani.employee)
    send()
    first = Punch.objects.order_by("captured_at").values_list("captured_at", flat=True)[0]
    # 07.25.31 in Jakarta is an hour later on the wall in Manado.
    assert first == at(MONDAY, "08:25:31")
