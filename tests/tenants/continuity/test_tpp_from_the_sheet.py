"""The printed month of Manado from the kit's sheet to the slip, beside the same month from phones (M6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from tenants.attendance.models import AttendanceDocument
from tenants.continuity.models import AttendanceSheet
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthFacts, MonthRun, Slip, SlipLine
from tests.cast import make_user
from tests.files import pdf
from tests.sheets import xlsx_upload
from tests.tenants.tpp.manado_month import AFTERWARDS, Case, bkpsdm, build, days_of, live_through, run_month

__all__ = ["bkpsdm", "run_month"]

HEADINGS = ("Tanggal", "NIP", "Masuk", "Pulang", "Keterangan")
SignedIn = Callable[..., Client]


@dataclass(frozen=True)
class Lived:
    """What is known of somebody's month and has not come in yet."""

    employee: Employee
    counts: Mapping[str, int]
    working: list[date]


@dataclass
class Month:
    """Ten people of one OPD whose days are known to the test alone, and what is printed of them."""

    cases: list[Case]
    lived: list[Lived]

    @property
    def opd(self) -> Unit:
        return self.cases[0].employee.placements.get().position.unit

    def from_phones(self, bkpsdm: User) -> None:
        for each in self.lived:
            live_through(each.employee, each.counts, each.working, bkpsdm, source=Punch.Source.PHONE)

    def written(self) -> SimpleUploadedFile:
        """The same times and codes as somebody writes them into the kit's sheet; who was away leaves the row empty."""
        rows = [
            (
                str(day.date),
                each.employee.nip,
                *(f"{at:%H.%M}" if at else "" for at in (day.came, day.left)),
                day.letter,
            )
            for each in self.lived
            for day in days_of(each.counts, each.working)
        ]
        return xlsx_upload("isian-absen-2024-05.xlsx", [HEADINGS, *rows])


@pytest.fixture
def month(manado_rules: StoredRuleSet, bkpsdm: User) -> Month:
    lived: list[Lived] = []

    def keep(employee: Employee, counts: Mapping[str, int], working: list[date], bkpsdm: User) -> None:
        lived.append(Lived(employee, counts, working))

    return Month(build(bkpsdm, keep), lived)


def told(run: MonthRun) -> dict[str, Any]:
    """By NIP: the facts as the rules got them, what is paid, and each explained line with its days and minutes."""
    found: dict[str, Any] = {
        facts.heading["nip"]: [facts.text] for facts in MonthFacts.objects.filter(run=run).order_by("heading__nip")
    }
    for slip in Slip.objects.filter(run=run):
        lines = SlipLine.objects.filter(slip=slip).order_by("order")
        found[slip.heading["nip"]] += [slip.net, slip.digest, *lines.values_list("label", "amount", "inputs")]
    return found


def test_the_sheet_pays_to_the_rupiah_what_phones_would_have_paid_and_the_slip_leads_to_it(
    month: Month,
    bkpsdm: User,
    run_month: Callable[[], MonthRun],
    run_outbox: Callable[[], int],
    signed_in: SignedIn,
    with_role: Callable[..., User],
) -> None:
    with transaction.atomic():
        month.from_phones(bkpsdm)
        by_phone = told(run_month())
        transaction.set_rollback(True)
    assert not Punch.objects.exists()
    with clock.at(AFTERWARDS):
        asked = {"bulan": "2024-05", "opd": str(month.opd.uid), "nomor": "800/5/2024", "alasan": "Server padam sebulan"}
        files = {"berkas": month.written(), "pengantar": SimpleUploadedFile("surat.pdf", pdf())}
        operator = signed_in(with_role("operator_opd", opd=month.opd))
        assert operator.post("/cadangan/isian/baru/", {**asked, **files}).status_code == 302
        run_outbox()
        sheet = AttendanceSheet.objects.get()
        signed_in(bkpsdm).post(f"/cadangan/isian/{sheet.uid}/setujui/")
        run_outbox()
    run = run_month()
    assert not run.issues.exists()
    assert told(run) == by_phone
    paid = dict(Slip.objects.filter(run=run).values_list("heading__nip", "net"))
    assert paid == {case.employee.nip: case.expect["net"] for case in month.cases}
    assert set(Punch.objects.values_list("source", "device")) == {("manual", sheet.title)}
    assert set(AttendanceDocument.objects.values_list("letter_number", "reason")) == {("800/5/2024", sheet.title)}
    # From the slip to the day behind a figure, and there to where its times come from.
    late = next(each for each in month.lived if "TMK1" in each.counts)
    person = make_user(late.employee.nip, late.employee.name, "asn")
    Employee.objects.filter(pk=late.employee.pk).update(user=person)
    with clock.at(AFTERWARDS):
        reader = signed_in(person)
        slip = reader.get(f"/tpp/slip/{Slip.objects.get(run=run, employee=late.employee).uid}/").content.decode()
        day = f"/kehadiran/?hari={late.working[0]}"
        assert f'href="{day}"' in slip
        assert "dicatat operator" in reader.get(day).content.decode()
