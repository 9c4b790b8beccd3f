"""A region whose month is over and not computed, for the browser tests of the money: run by `manage.py shell`.

Two offices. In the one Farah leads, below her Budi, below him Ani, who came late on Tuesdays, Gita, who never came but
has approved work, and Lina, whose salary base is missing; in the other Kartika and Mira. Beside them officials who are
employees of neither: Dewi (operator of the one office), Wati (its treasurer), an admin (BKPSDM), Citra (BPKAD), Hadi
(Inspektorat). Everybody has an account, papers have their signers, and the one office has a ceiling that is too low.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from config.demo import months
from control.onboarding.actions import NewRegion, provision_region
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from tenants.activities.models import Activity, JobKind
from tenants.attendance.results import recompute_days
from tenants.calendars.models import Holiday
from tenants.calendars.querysets import calendar_between
from tenants.calendars.working_days import RegionCalendar
from tenants.employees.bank.accounts import AccountDraft, known_accounts, write_accounts
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tenants.skp.models import MonthlyRating
from tenants.tpp.salary import record_salary_bases
from tests.cast import PASSWORD, make_employee, make_nip, make_opd, make_position, make_unit
from tests.e2e.full_region import publish_rules, user_with
from tests.tenants.reports.paper_desk import appoint_everybody

CODE: Final = "uang"
OFFICE, OTHER_OFFICE = "Dinas Perhubungan", "Dinas Kearsipan"
ANI, BUDI, FARAH, GITA, LINA, KARTIKA, MIRA = (make_nip(number) for number in range(71, 78))
ADMIN, CITRA, DEWI, HADI, WATI = (make_nip(number) for number in range(81, 86))
LATE_MINUTES: Final = 40
SALARY: Final = Decimal(4_000_000)
_TUESDAY: Final = 1


def set_up(zone: str) -> None:
    """Provision the region and fill it; prints what the tests must know as JSON."""
    new = NewRegion(code=CODE, kind="kota", name="Kota Uang", short_name="Uang", time_zone=zone)
    provision_region(new=new, actor=System("tests"))
    with region_scope(registry.region_by_code(CODE)):
        # Over for more than a few hours, on whatever day this runs.
        month = Month.of(clock.today(zone) - timedelta(days=1)).previous
        office = _offices()
        admin = _officials(office)
        publish_rules("manado", admin, User.objects.get(login=CITRA))
        _live_through(month, zone, admin)
        _give_accounts(month, admin)
        appoint_everybody(admin)
    print(json.dumps({"password": PASSWORD, "month": str(month)}))


def _officials(office: Unit) -> User:
    user_with(CITRA, "Citra", "bpkad")
    user_with(HADI, "Hadi", "inspektorat")
    user_with(DEWI, "Dewi", "operator_opd", opd=office)
    user_with(WATI, "Wati", "bendahara", opd=office)
    return user_with(ADMIN, "Admin Uang", "bkpsdm")


def _offices() -> Unit:
    opd = make_opd("2.15", OFFICE)
    unit = make_unit(opd, "2.15.1", "Bidang Lalu Lintas")
    head = make_position(opd, "H-1", "Kepala Dinas Perhubungan", kelas=11, kind="administrator")
    section = make_position(unit, "H-2", "Kepala Seksi", kelas=9, kind="pengawas", superior=head)
    staff = make_position(unit, "H-3", "Pengelola Data", kelas=7, superior=section)
    make_employee("Farah", head, nip=FARAH, golongan="IV/b")
    make_employee("Budi", section, nip=BUDI, user=user_with(BUDI, "Budi", "asn", "atasan"), golongan="III/d")
    make_employee("Ani", staff, nip=ANI, user=user_with(ANI, "Ani", "asn"))
    make_employee("Gita", staff, nip=GITA)
    make_employee("Lina", staff, nip=LINA)
    other = make_opd("2.24", OTHER_OFFICE)
    archive = make_position(other, "A-1", "Kepala Dinas Kearsipan", kelas=11, kind="administrator")
    make_employee("Kartika", archive, nip=KARTIKA, golongan="IV/a")
    make_employee("Mira", make_position(other, "A-2", "Arsiparis", superior=archive), nip=MIRA)
    return opd


def _live_through(month: Month, zone: str, admin: User) -> None:
    """Punches, one rating and one salary base each, and Gita's work; weekdays are working days."""
    Holiday.objects.filter(date__gte=month.first_day).delete()
    calendar = calendar_between(month.first_day, month.end)
    workers = {
        employee.nip: months.Worker(employee.pk, posts.definitive)
        for employee in Employee.objects.all()
        if (posts := posts_on([employee.pk], month.first_day)[employee.pk]).definitive is not None
    }
    days = {nip: months.working_days(worker, calendar, month, month.end) for nip, worker in workers.items()}
    Punch.objects.bulk_create(
        [
            punch
            for nip, worker in workers.items()
            if nip != GITA
            for day in days[nip]
            for punch in _punches(worker, day, calendar, is_late=nip == ANI and day.weekday() == _TUESDAY)
        ]
    )
    kinds = list(JobKind.objects.in_force(month.first_day).filter(position_kinds=[]).order_by("code")[:4])
    Activity.objects.bulk_create([months.approved_work(workers[GITA], day, kinds, zone) for day in days[GITA][:3]])
    MonthlyRating.objects.bulk_create([months.rating_of(worker, month) for worker in workers.values()])
    bases = {worker.employee_id: SALARY for nip, worker in workers.items() if nip != LINA}
    record_salary_bases(month=month, amounts=bases, actor=admin)
    recompute_days(first=month.first_day, end=month.end)


def _punches(worker: months.Worker, day: date, calendar: RegionCalendar, *, is_late: bool) -> list[Punch]:
    hours = calendar.hours(worker.post.unit_id, day)
    if hours is None:
        raise LookupError(f"{day} is no working day")
    begins, ends = hours
    came = begins + timedelta(minutes=LATE_MINUTES if is_late else -10)
    return [
        Punch(
            id=new_uid(),
            employee_id=worker.employee_id,
            kind=kind,
            source=Punch.Source.MACHINE,
            device="Lobi 1",
            captured_at=at,
        )
        for kind, at in ((Punch.Kind.IN, came), (Punch.Kind.OUT, ends + timedelta(minutes=5)))
    ]


def _give_accounts(month: Month, admin: User) -> None:
    people = Employee.objects.order_by("nip")
    drafts = {
        person.pk: AccountDraft("127", "Bank SulutGo", f"0{person.nip[-9:]}", person.name, month.first_day)
        for person in people
    }
    write_accounts(drafts, known=known_accounts(drafts), actor=admin, batch=None)
