"""M6: an OPD's month by hand, each step through the real action and the worker's job, in one process like a worker's.

`python -m tests.benchmarks.workloads.manual_month PEOPLE DAYS PID...` fills the empty database behind `DATABASE_URL`
with an OPD of so many people without a punch, and answers with one JSON line for each step; the processes named are
those of the servers, whose CPU is told too.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from control.operations.schema_changes import migrate_operator_side, roll_out  # noqa: E402
from kernel import clock  # noqa: E402
from kernel.accounts.models import User  # noqa: E402
from kernel.files.models import StoredFile  # noqa: E402
from kernel.jobs import work  # noqa: E402
from kernel.jobs.models import Job  # noqa: E402
from kernel.periods import Month  # noqa: E402
from kernel.sheets.reading import Book  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.attendance.following import follow_punches  # noqa: E402
from tenants.continuity.actions import fetch_kit, start_reading  # noqa: E402
from tenants.continuity.approving import approve_sheet  # noqa: E402
from tenants.continuity.expected import expected_days  # noqa: E402
from tenants.continuity.filling import decrypted, encrypted  # noqa: E402
from tenants.continuity.keys import password_of  # noqa: E402
from tenants.continuity.making import make_kit  # noqa: E402
from tenants.continuity.models import AttendanceSheet  # noqa: E402
from tenants.organisation.models import Unit  # noqa: E402
from tenants.punches.models import Punch  # noqa: E402
from tenants.tpp.actions import start_run  # noqa: E402
from tenants.tpp.models import MonthRun  # noqa: E402
from tests.benchmarks.accounting import tree_seconds  # noqa: E402
from tests.benchmarks.fixture import _new_region, _rules  # noqa: E402
from tests.benchmarks.fixture_file import ZONE  # noqa: E402
from tests.benchmarks.payroll_region import DAYS, analyse, fill_payroll, working_days  # noqa: E402
from tests.benchmarks.workloads.run import wrong_with  # noqa: E402
from tests.cast import make_user  # noqa: E402
from tests.files import pdf  # noqa: E402
from tests.sheets import xlsx  # noqa: E402

CODE: Final = "isian"
# Where the kit's sheet has its columns.
DATE, NIP, CAME, LEFT, NOTE = 0, 1, 4, 5, 6
# Every so manieth row is wrong in the sheet with wrong rows, each in another way, with the column that says so.
WRONG_EVERY: Final = 50
SPOILED: Final[tuple[tuple[int, str, str], ...]] = (
    (CAME, "jam tujuh", "Masuk"),
    (LEFT, "03.10", "Pulang"),
    (NOTE, "S", "Keterangan"),
    (NIP, "197001012015019999", "NIP"),
    (DATE, "kemarin", "Tanggal"),
)
_NOT_ONCE: Final = """
    SELECT count(*) FROM continuity_attendancesheetrow r
    WHERE (SELECT count(*) FROM punches_punch p WHERE p.employee_id = r.employee_id AND p.source = 'manual'
               AND p.kind = 'in' AND p.captured_at = r.came_at) <> 1
       OR (SELECT count(*) FROM punches_punch p WHERE p.employee_id = r.employee_id AND p.source = 'manual'
               AND p.kind = 'out' AND p.captured_at = r.left_at) <> 1
"""
_NOT_JUDGED: Final = """
    SELECT count(*) FROM continuity_attendancesheetrow r
    LEFT JOIN attendance_dayresult d ON d.employee_id = r.employee_id AND d.date = r.date
    WHERE (d.presence, d.first_in, d.last_out) IS DISTINCT FROM ('hadir', r.came_at, r.left_at)
"""


@dataclass
class Step:
    """What a step says of itself: in words, and what is wrong, asked when its time is over."""

    what: str = ""
    check: Callable[[], list[str]] = list


@dataclass
class Desk:
    """The OPD, its month, who works on it, and the filled sheet. `servers` are the processes of both servers."""

    opd: Unit
    month: Month
    operator: User
    official: User
    servers: Sequence[int]
    lines: list[list[object]] = field(default_factory=list)
    rows: int = 0

    def steps(self, days: Sequence[date]) -> None:
        """All of them, one after the other."""
        with self.measured("kit") as step:
            made = make_kit(opd=self.opd, actor=self.operator, on=self.month.first_day)
            file = fetch_kit(uid=made.uid, actor=self.operator).file
            step.what = f"{made.people} people, {made.days} lists, {file.size / 1_000_000:.1f} MB"
        self.fill(file, days)
        spoiled, wanted = self.spoiled()
        bad = self.saved(spoiled)
        with self.measured("read with wrong rows") as step:
            job = self.sent(bad)
            step.what = f"{len(wanted)} of {self.rows} rows wrong, each named, nothing written"
            step.check = lambda: self.wrong_with_errors(job, wanted)
        good = self.saved(self.lines)
        with self.measured("read") as step:
            job = self.sent(good)
            step.what = f"{self.rows} rows"
            step.check = lambda: self.wrong_with_sheet(job)
        sheet = AttendanceSheet.objects.get()
        with self.measured("approve") as step:
            approve_sheet(uid=sheet.uid, actor=self.official)
            step.what = f"{2 * self.rows} punches"
            step.check = self.wrong_with_punches
        with self.measured("sent again") as step:
            job = self.sent(good)
            approve_sheet(uid=sheet.uid, actor=self.official)
            step.what = "no sheet and no punch more"
            step.check = lambda: [*self.wrong_with_sheet(job), *self.wrong_with_punches()]
        with self.measured("judge") as step:
            followed = follow_punches()
            step.what = f"{followed.written} days"
            step.check = self.wrong_with_days
        with self.measured("run") as step:
            run = start_run(month=self.month, actor=self.official)
            if run.job is None:
                raise LookupError("the run has no job")
            work.run(str(run.job.uid))
            run.refresh_from_db()
            step.what = f"{run.people} slips, net {run.net_total:,.0f} rupiah"
            step.check = lambda: wrong_with(MonthRun.objects.get(pk=run.pk))

    @contextmanager
    def measured(self, name: str) -> Iterator[Step]:
        """Measure the block, ask whether all is right, and tell both."""
        statements = 0

        def count(execute: Callable[..., Any], *asked: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*asked)

        step = Step()
        servers, began, cpu = tree_seconds(self.servers), time.perf_counter(), time.process_time()
        with connection.execute_wrapper(count):
            yield step
        told = {
            "step": name,
            "what": step.what,
            "seconds": round(time.perf_counter() - began, 2),
            "cpu_s": round(time.process_time() - cpu, 2),
            "servers_cpu_s": round(tree_seconds(self.servers) - servers, 2),
            "statements": statements,
        }
        print(json.dumps({**told, "wrong": step.check()}), flush=True)

    # The sheet --------------------------------------------------------------------------------------------------------

    def fill(self, file: StoredFile, days: Sequence[date]) -> None:
        """Open the kit's sheet with its password and write two times into each row of these days, one in six late."""
        with default_storage.open(file.path, "rb") as archive, zipfile.ZipFile(BytesIO(archive.read())) as files:
            locked = files.read(f"isian-absen-{self.month}.xlsx")
        self.lines = [list(line) for line in Book(decrypted(locked, [self.password])).lines(None)]
        wanted = {str(day) for day in days}
        for number, line in enumerate(self.lines):
            line[DATE] = str(line[DATE])[:10]
            if line[DATE] in wanted and line[NIP]:
                line[CAME] = f"07.{31 + number % 29}" if number % 6 == 0 else f"07.{number % 30:02d}"
                line[LEFT] = f"16.{45 + number % 15}"
                self.rows += 1

    def spoiled(self) -> tuple[list[list[object]], set[tuple[int, str]]]:
        """The sheet with wrong rows, and which row is wrong in which column."""
        lines, wanted = [list(line) for line in self.lines], set()
        filled = [number for number, line in enumerate(lines) if line[NIP] and line[CAME] and number]
        for turn, number in enumerate(filled[::WRONG_EVERY]):
            column, text, heading = SPOILED[turn % len(SPOILED)]
            lines[number][column] = text
            wanted.add((number + 1, heading))
        return lines, wanted

    def saved(self, lines: Sequence[Sequence[object]]) -> bytes:
        """The workbook as Excel saves it, still locked."""
        return encrypted(xlsx(lines), self.password)

    def sent(self, sheet: bytes) -> Job:
        """Sent by the operator with its letter, and read by the worker's job."""
        job = start_reading(
            month=self.month,
            opd=self.opd,
            reason="Sistem tidak dapat diakses sebulan",
            letter_number="800/12/2026",
            sheet=ContentFile(sheet, name="isian-absen.xlsx"),
            letter=ContentFile(pdf("Surat pengantar"), name="pengantar.pdf"),
            actor=self.operator,
        )
        return work.run(str(job.uid))

    @property
    def password(self) -> str:
        return password_of(self.opd.uid, 1)

    # What must hold ---------------------------------------------------------------------------------------------------

    def wrong_with_errors(self, job: Job, wanted: set[tuple[int, str]]) -> list[str]:
        """The wrong rows, and no others, are named, each by its column with a sentence; no sheet is there."""
        named = {(row.row_number, row.column) for row in job.rows.exclude(message="")}
        wrong = [f"{len(named ^ wanted)} rows are named wrongly or not at all"] if named != wanted else []
        return wrong + (["a sheet was written"] if AttendanceSheet.objects.exists() else [])

    def wrong_with_sheet(self, job: Job) -> list[str]:
        """One sheet with all rows, and the job leads to it."""
        sheets = list(AttendanceSheet.objects.all())
        if len(sheets) != 1:
            return [f"{len(sheets)} sheets; the job says {job.state}, {job.result}"]
        sheet = sheets[0]
        wrong = [] if sheet.days == sheet.rows.count() == self.rows else [f"the sheet says {sheet.days} days"]
        return wrong + ([] if str(sheet.uid) in job.result.get("url", "") else ["the job does not lead to the sheet"])

    def wrong_with_punches(self) -> list[str]:
        """Each row is exactly one punch in and one out of the source manual, and there is no other punch."""
        with connection.cursor() as cursor:
            cursor.execute(_NOT_ONCE)
            [(rows,)] = cursor.fetchall()
        wrong = [f"{rows} rows are not one punch in and one out"] if rows else []
        stored = Punch.objects.count()
        return wrong + ([f"{stored} punches of {self.rows} rows"] if stored != 2 * self.rows else [])

    def wrong_with_days(self) -> list[str]:
        """Each row's day is judged by the row's times."""
        with connection.cursor() as cursor:
            cursor.execute(_NOT_JUDGED)
            [(rows,)] = cursor.fetchall()
        return [f"{rows} rows whose day is judged by other times"] if rows else []


def lay_down(people: int, days: int, servers: Sequence[int]) -> tuple[Desk, list[date]]:
    """The region with its OPD and the newest finished month with so many weekdays, without a punch; the days of duty.

    Raises LookupError where the region's calendar has fewer.
    """
    migrate_operator_side()
    roll_out()
    with region_scope(_new_region(CODE)):
        month = Month.of(clock.today(ZONE)).previous
        while len(working_days(month)) < days:
            month = month.previous
        with transaction.atomic():
            fill_payroll(people, month, of_an_opd=people, has_punches=False)
            official = _rules()
        analyse()
        opd = Unit.objects.opds().get()
        operator = make_user("198505052010029999", "Operator OPD", "operator_opd", opd=opd)
        duty = [day for day, rows in expected_days(opd, month.days()).items() if len(rows) == people]
    if len(duty) < days:
        raise LookupError(f"{month} has {len(duty)} days of duty, {days} are asked for")
    return Desk(opd, month, operator, official, servers), duty[:days]


def main() -> None:
    people, days, *servers = map(int, sys.argv[1:])
    if days > DAYS:
        sys.exit(f"A month of this fixture has {DAYS} days at most.")
    desk, duty = lay_down(people, days, servers)
    with region_scope(registry.region_by_code(CODE)):
        desk.steps(duty)


if __name__ == "__main__":
    main()
