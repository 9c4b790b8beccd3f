"""A small region with everybody in it, for the browser tests of chains, SKP, oversight and practice.

Laid down inside the running platform by `manage.py shell`. Two offices: in the one Farah leads, below her Budi, below
him Ani and colleagues; in the other Kartika and two people. Beside them an admin (BKPSDM), Citra (BPKAD) and Hadi
(Inspektorat). Rules are in force that need neither ratings nor salaries, and the month before this one is computed.
"""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from functools import cache
from typing import Final

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from config.demo import months
from control.onboarding.actions import NewRegion, provision_region
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import Role, RoleGrant, User
from kernel.jobs import work
from kernel.periods import Month
from kernel.tenancy import registry
from kernel.tenancy.context import current_region, region_scope
from tenants.activities.actions import ActivityInput, send_activity
from tenants.activities.models import Activity, JobKind
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.attendance.results import recompute_days
from tenants.calendars.models import Holiday
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on
from tenants.organisation.models import Position, Unit
from tenants.punches.models import Punch
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set
from tenants.tpp.actions import start_run
from tests.cast import PASSWORD, make_employee, make_nip, make_opd, make_position, make_unit, with_regulation
from tests.files import jpeg

CODE: Final = "lengkap"
OFFICE, OTHER_OFFICE = "Dinas Pendidikan", "Dinas Kesehatan"
ANI, BUDI, CITRA, FARAH, HADI, KARTIKA, LINA, ADMIN = (make_nip(number) for number in range(61, 69))
# A piece of work of the month before, with a file.
EVIDENCED: Final = "Laporan semester sekolah dasar"
_PHOTO: Final = jpeg()


def set_up(zone: str, code: str) -> None:
    """Provision the region and fill it; prints what the tests must know as JSON."""
    new = NewRegion(code=code, kind="kota", name=f"Kota {code.title()}", short_name=code.title(), time_zone=zone)
    provision_region(new=new, actor=System("tests"))
    with region_scope(registry.region_by_code(code)):
        admin = user_with(ADMIN, "Admin Lengkap", "bkpsdm")
        people = _people()
        publish_rules("tangerang", admin, people[CITRA])
        month = Month.of(clock.today(zone)).previous
        _month(month)
        _evidenced_work(people[ANI], people[BUDI], month, zone)
        run = start_run(month=month, actor=admin)
        assert run.job is not None
        work.run(str(run.job.uid))
    print(json.dumps({"password": PASSWORD, "month": str(month)}))


def user_with(login: str, name: str, *roles: str, opd: Unit | None = None) -> User:
    """A user with these roles, within the OPD or the whole region, and the password that all have."""
    user = User.objects.create(login=login, display_name=name, password=_hashed())
    within = opd.uid if opd else None
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=Role.objects.get(code=code), opd_uid=within) for code in roles
    )
    return user


@cache
def _hashed() -> str:
    """All have one password, hashed once."""
    return make_password(PASSWORD)


def _people() -> dict[str, User]:
    users = {
        nip: user_with(nip, name, *roles)
        for nip, name, *roles in (
            (ANI, "Ani", "asn"),
            (BUDI, "Budi", "asn", "atasan"),
            (CITRA, "Citra", "asn", "bpkad"),
            (FARAH, "Farah", "asn", "atasan"),
            (HADI, "Hadi", "inspektorat"),
            (KARTIKA, "Kartika", "asn", "atasan"),
            (LINA, "Lina", "asn"),
        )
    }
    opd = make_opd("1.01", OFFICE)
    unit = make_unit(opd, "1.01.1", "Bidang Pembinaan")
    head = make_position(opd, "P-1", "Kepala Dinas Pendidikan", kelas=14, kind="jpt")
    head.office = Position.Office.KEPALA_OPD
    head.save(update_fields=["office"])
    section = make_position(unit, "P-2", "Kepala Bidang", kelas=11, kind="administrator", superior=head)
    staff = make_position(unit, "P-3", "Pengelola Data", superior=section)
    make_employee("Farah", head, nip=FARAH, user=users[FARAH], golongan="IV/b")
    make_employee("Budi", section, nip=BUDI, user=users[BUDI], golongan="III/d")
    make_employee("Ani", staff, nip=ANI, user=users[ANI])
    for number in range(1, 9):
        make_employee(f"Pegawai {number:02}", staff, nip=make_nip(100 + number))
    treasurer = make_position(opd, "P-4", "Bendahara", kelas=8, superior=head)
    make_employee("Citra", treasurer, nip=CITRA, user=users[CITRA])
    _other_office(users)
    return users


def _other_office(users: dict[str, User]) -> Unit:
    opd = make_opd("1.02", OTHER_OFFICE)
    head = make_position(opd, "K-1", "Kepala Dinas Kesehatan", kelas=14, kind="jpt")
    head.office = Position.Office.KEPALA_OPD
    head.save(update_fields=["office"])
    nurse = make_position(opd, "K-2", "Perawat", superior=head)
    make_employee("Kartika", head, nip=KARTIKA, user=users[KARTIKA], golongan="IV/a")
    make_employee("Lina", nurse, nip=LINA, user=users[LINA])
    make_employee("Mira", nurse, nip=make_nip(120))
    return opd


def publish_rules(code: str, admin: User, second: User) -> None:
    """A copy of the ready set in force since 2024, signed by these two."""
    draft = with_regulation(copy_ready_set(code=code, valid_from=date(2024, 1, 1), actor=admin), admin)
    for signer in (admin, second):
        sign_rule_set(uid=draft.uid, actor=signer)
    publish_rule_set(uid=draft.uid, actor=admin)


def _month(month: Month) -> None:
    """Punches and approved work of everybody; weekdays are working days, whatever holiday they are."""
    Holiday.objects.filter(date__gte=month.first_day).delete()
    calendar = calendar_between(month.first_day, month.end)
    kinds = list(JobKind.objects.in_force(month.first_day).filter(position_kinds=[]).order_by("code")[:4])
    workers = [
        months.Worker(employee_id, posts.definitive)
        for employee_id, posts in sorted(posts_on(None, month.first_day).items())
        if posts.definitive is not None
    ]
    days = {worker: months.working_days(worker, calendar, month, month.end) for worker in workers}
    Punch.objects.bulk_create(
        [punch for worker, own in days.items() for day in own for punch in months.punches_of(worker, day, calendar)]
    )
    zone = current_region().time_zone
    Activity.objects.bulk_create(
        [months.approved_work(worker, day, kinds, zone) for worker, own in days.items() for day in own[:3]]
    )
    recompute_days(first=month.first_day, end=month.end)


def _evidenced_work(ani: User, budi: User, month: Month, zone: str) -> None:
    """Handed in by Ani on the evening of a Wednesday, approved by Budi in the same minute."""
    day = month.first_day + timedelta(days=14)
    day += timedelta(days=(2 - day.weekday()) % 7)
    kind = JobKind.objects.in_force(day).filter(position_kinds=[]).order_by("code")[0]
    file = ContentFile(_PHOTO, "rapat.jpg")
    draft = ActivityInput(kind.uid, day, time(9), None, 1, EVIDENCED, files=[file])
    with clock.at(clock.at_local(day, time(20), zone)):
        sent = send_activity(employee=Employee.objects.get(nip=ANI), draft=draft, actor=ani)
        request = ApprovalRequest.objects.get(document_uid=sent.uid)
        decide(request_uids=[request.uid], verdict="approved", actor=budi)
