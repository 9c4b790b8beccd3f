"""The roster: painted into a draft, published, copied, brought in from a sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.sheets.reading import Book
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.calendars.models import PatternAssignment, RosterCell, WorkPattern
from tenants.calendars.querysets import calendar_between
from tenants.calendars.signals import calendar_changed
from tests.cast import Office, Person, make_opd
from tests.tenants.calendars.making import rotation, store

MONTH = "2026-12"
FIRST = date(2026, 12, 1)
SHIFTS = {"P": "07.00-14.00", "S": "14.00-21.00", "M": "21.00-07.00"}


@pytest.fixture
def shifts(office: Office) -> WorkPattern:
    """The unit works by a rotation in which everybody is free until the roster says otherwise."""
    pattern = store(rotation("sif", SHIFTS, "- - -", date(2026, 1, 5), works_on_holidays=True))
    PatternAssignment.objects.create(unit=office.unit, pattern=pattern, period=(date(2026, 1, 1), None))
    return pattern


@pytest.fixture
def operator(office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("operator_opd", opd=office.opd))


def painted(client: Client, office: Office, pattern: WorkPattern, cells: dict[tuple[Person, int], str]) -> Any:
    body = {
        "unit": str(office.unit.uid),
        "month": MONTH,
        "pattern": str(pattern.uid),
        "cells": [
            {"person": str(person.employee.uid), "date": f"{MONTH}-{day:02d}", "value": value}
            for (person, day), value in cells.items()
        ],
    }
    return client.post("/kalender/jadwal/sel/", body, content_type="application/json")


def did(client: Client, office: Office, do: str, **more: str) -> Any:
    fields = {"unit": str(office.unit.uid), "bulan": MONTH, "do": do, **more}
    return client.post("/kalender/jadwal/tindakan/", fields, follow=True)


def worked(office: Office, person: Person, days: int = 7) -> list[str]:
    """What the person works on the first days of the month, as everything else sees it."""
    calendar = calendar_between(FIRST, FIRST + timedelta(days=days), employee_ids=[person.employee.pk])
    plans = (calendar.plan(office.unit.pk, FIRST + timedelta(days=n), person.employee.pk) for n in range(days))
    return ["".join(shift.code for shift in plan.shifts) for plan in plans]


def test_painted_cells_count_when_they_are_published(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client
) -> None:
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, **kwargs: Any) -> None:
        heard.append(kwargs)

    answer = painted(operator, office, shifts, {(ani, 1): "P", (ani, 2): "S", (ani, 3): "P", (ani, 4): "-"})
    row = answer.json()["rows"][0]
    assert [cell["problem"] for cell in row["cells"][:4]] == ["", "", "", ""]
    assert (row["hours"], [cell["text"] for cell in row["cells"][:4]]) == (21, ["P", "S", "P", ""])
    assert worked(office, ani) == [""] * 7
    calendar_changed.connect(listen)
    try:
        page = did(operator, office, "publish")
    finally:
        calendar_changed.disconnect(listen)
    assert "4 sel berlaku" in page.content.decode()
    assert worked(office, ani) == ["P", "S", "P", "", "", "", ""]
    told = [(call["first"], call["end"], call["employee_ids"]) for call in heard]
    assert told == [(FIRST, date(2026, 12, 5), [ani.employee.pk])]
    assert AuditEvent.objects.get(action="calendars.roster_published").after["cells"] == 4


def test_a_shift_too_early_behind_the_night_is_marked(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client
) -> None:
    shifts.rest_hours = 12
    shifts.save()
    answer = painted(operator, office, shifts, {(ani, 1): "M", (ani, 2): "P", (ani, 3): "S", (ani, 4): "P"})
    problems = [cell["problem"] for cell in answer.json()["rows"][0]["cells"][:4]]
    assert problems == ["", "dua sif bersambung", "", "istirahat hanya 10,0 jam"]
    page = operator.get(f"/kalender/jadwal/?unit={office.unit.uid}&bulan={MONTH}")
    assert (page.context["drafts"], page.context["problems"]) == (4, 2)


def test_a_cell_given_back_follows_the_pattern_again(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client
) -> None:
    painted(operator, office, shifts, {(ani, 1): "P"})
    did(operator, office, "publish")
    painted(operator, office, shifts, {(ani, 1): "S"})
    did(operator, office, "discard")
    assert worked(office, ani, 1) == ["P"]
    painted(operator, office, shifts, {(ani, 1): ""})
    did(operator, office, "publish")
    assert worked(office, ani, 1) == [""]
    assert not RosterCell.objects.exists()


def test_the_week_before_is_copied_to_the_same_weekdays(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client
) -> None:
    painted(operator, office, shifts, {(ani, 7): "P", (ani, 8): "-", (ani, 20): "M"})
    page = did(operator, office, "copy-week", minggu="2026-12-14")
    assert "2 sel disalin" in page.content.decode()
    found = RosterCell.objects.filter(date__gte=date(2026, 12, 14)).order_by("date").values_list("date", "code")
    assert list(found) == [(date(2026, 12, 14), "P"), (date(2026, 12, 15), ""), (date(2026, 12, 20), "M")]


def test_the_month_is_filled_from_four_weeks_before(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client
) -> None:
    RosterCell.objects.create(employee=ani.employee, date=FIRST - timedelta(days=28), code="P", pattern=shifts)
    did(operator, office, "copy-month")
    assert RosterCell.objects.filter(date=FIRST, code="P", is_draft=True).exists()


@pytest.mark.parametrize(
    ("value", "day", "status"), [("X", "2026-12-01", 422), ("P", "2026-11-30", 400), ("P", "besok", 400)]
)
def test_what_cannot_be_a_cell_is_refused(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client, value: str, day: str, status: int
) -> None:
    cell = {"person": str(ani.employee.uid), "date": day, "value": value}
    body = {"unit": str(office.unit.uid), "month": MONTH, "pattern": str(shifts.uid), "cells": [cell]}
    answer = operator.post("/kalender/jadwal/sel/", body, content_type="application/json")
    assert answer.status_code == status
    assert not RosterCell.objects.exists()


def test_without_script_a_person_has_a_form(office: Office, ani: Person, shifts: WorkPattern, operator: Client) -> None:
    url = f"/kalender/jadwal/{ani.employee.uid}/?bulan={MONTH}"
    assert "Ikut pola" in operator.get(url).content.decode()
    assert operator.post(url, {"day_1": "M", "day_2": "-"}).status_code == 302
    assert list(RosterCell.objects.order_by("date").values_list("code", "is_draft")) == [("M", True), ("", True)]
    refused = operator.post(url, {"day_1": "Z", "day_3": "S"})
    assert refused.status_code == 422
    # What was chosen stays chosen.
    third = refused.content.decode().split('name="day_3"')[1].split("</select>")[0]
    assert '<option value="S" selected>' in third


def test_a_sheet_goes_out_and_comes_back_as_a_draft(
    office: Office, ani: Person, shifts: WorkPattern, operator: Client, run_outbox: Callable[[], int]
) -> None:
    painted(operator, office, shifts, {(ani, 1): "P"})
    out = operator.get(f"/kalender/jadwal/lembar/?unit={office.unit.uid}&bulan={MONTH}")
    lines = Book(out.content).lines()
    assert [line[:4] for line in lines[:2]] == [["NIP *", "Nama", "1", "2"], [ani.employee.nip, "Ani", "P", ""]]
    columns = [Column("NIP"), Column("Nama"), *(Column(str(day)) for day in range(1, 32))]
    good = [ani.employee.nip, "Ani", "m", "L", *[""] * 29]
    _bring(operator, office, columns, [good])
    run_outbox()
    found = RosterCell.objects.filter(date__lte=date(2026, 12, 2)).order_by("date").values_list("code", "follows")
    assert list(found) == [("M", False), ("", False)]
    _bring(operator, office, columns, [[ani.employee.nip, "Ani", "Q", *[""] * 30]])
    run_outbox()
    job = Job.objects.latest("created_at")
    assert [(row.column, row.value) for row in job.rows.all()] == [("1", "Q")]


def _bring(client: Client, office: Office, columns: list[Column], rows: list[list[str]]) -> None:
    content = BytesIO(workbook([Sheet("Jadwal", columns, rows)])).getvalue()
    file = SimpleUploadedFile("jadwal.xlsx", content)
    fields = {"unit": str(office.unit.uid), "bulan": MONTH, "berkas": file}
    assert client.post("/kalender/jadwal/unggah/", fields).status_code == 302


def test_an_operator_of_another_opd_does_not_find_the_unit(
    office: Office, ani: Person, shifts: WorkPattern, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    stranger = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Sosial")))
    assert stranger.get(f"/kalender/jadwal/?unit={office.unit.uid}&bulan={MONTH}").status_code == 404
    assert stranger.get(f"/kalender/jadwal/{ani.employee.uid}/?bulan={MONTH}").status_code == 404
    assert painted(stranger, office, shifts, {(ani, 1): "P"}).status_code == 404
    assert office.unit.name not in stranger.get("/kalender/jadwal/").content.decode()
