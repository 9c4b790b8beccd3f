"""Seeded regions for the benchmarks: one large, several small, finished months behind them, everybody signed in.

`python -m tests.benchmarks.fixture --people 1000 --regions 12 --small 60 --months 2 --busy 6000 --payroll 1000 6000
--out FILE` fills the empty database behind `DATABASE_URL` through the real provisioning, bulk inserts and the real
computing of days, and writes who there is and a digest over the content. The same figures on the same day give the same
digest.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange  # noqa: E402

from control.onboarding.actions import NewRegion, provision_region  # noqa: E402
from control.operations.schema_changes import migrate_operator_side, roll_out  # noqa: E402
from kernel import clock  # noqa: E402
from kernel.accounts.actors import System  # noqa: E402
from kernel.accounts.models import Role, RoleGrant, User  # noqa: E402
from kernel.accounts.sessions import SessionStore  # noqa: E402
from kernel.periods import Month  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from kernel.tenancy.state import RegionState  # noqa: E402
from tenants.activities.models import Activity  # noqa: E402
from tenants.approvals.models import ApprovalRequest, Decision  # noqa: E402
from tenants.attendance.results import recompute_days  # noqa: E402
from tenants.employees.models import Employee, Placement, Standing  # noqa: E402
from tenants.organisation.models import Position, PositionTerms, Unit  # noqa: E402
from tenants.punches.models import Punch  # noqa: E402
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set  # noqa: E402
from tenants.skp.models import MonthlyRating  # noqa: E402
from tenants.tpp.models import SalaryBase  # noqa: E402
from tests.benchmarks.busy_month import DAYS, load_busy_month  # noqa: E402
from tests.benchmarks.fixture_file import CSRF, ZONE, FilledRegion, Fixture, Phone  # noqa: E402
from tests.benchmarks.payroll_region import analyse, fill_payroll, job_kinds  # noqa: E402
from tests.cast import with_regulation  # noqa: E402

SEED = 20261101
PEOPLE_OF_AN_OPD = 100
SECTIONS = 4
STAFF_WITH_PHONES = 200
BATCH = 5000


def fill(*, regions: int, people: int, small: int, months: int, busy: int, payroll: Sequence[int]) -> Fixture:
    """One region of `people`, the rest of `small` people each, all with so many finished months and the running one;
    one of `busy` people whose newest finished month is full of activities; one of each number of people in `payroll`
    with all facts of that month."""
    migrate_operator_side()
    roll_out()
    filled, digests = [], []
    for number in range(regions):
        state = _new_region(f"tolok{number:02d}")
        with region_scope(state):
            filled.append(_fill_region(state, people if number == 0 else small, months, Random(SEED + number)))  # noqa: S311
            digests.append(_digest())
        print(f"{state.code}: {len(filled[-1].phones)} people", flush=True)
    state = _new_region("ramai")
    with region_scope(state):
        crowded = _fill_busy_region(state, busy, Random(SEED - 1))  # noqa: S311
    month = Month.of(clock.today(ZONE)).previous
    paid = {}
    for number in payroll:
        state = _new_region(f"gaji{number:05d}")
        with region_scope(state):
            paid[number] = _fill_payroll_region(state, number, month)
            digests.append(_digest())
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(%s)", ["".join(digests)])
        digest = str(cursor.fetchone()[0])
    return Fixture(digest, str(month), filled, crowded, paid)


def fill_payroll_only(payroll: Sequence[int]) -> dict[int, dict[str, str]]:
    """Regions with all facts of the newest finished month and nothing else: code, runner and month by their people."""
    migrate_operator_side()
    roll_out()
    month = Month.of(clock.today(ZONE)).previous
    found = {}
    for number in payroll:
        state = _new_region(f"gaji{number:05d}")
        with region_scope(state):
            region = _fill_payroll_region(state, number, month)
        found[number] = {"code": region.code, "runner": region.runner, "month": str(month)}
    return found


def _new_region(code: str) -> RegionState:
    new = NewRegion(code=code, kind="kota", name=f"Kota {code.capitalize()}", short_name=code, time_zone=ZONE)
    provision_region(new=new, actor=System("benchmarks"))
    return registry.region_by_code(code)


def _fill_busy_region(state: RegionState, people: int, chance: Random) -> FilledRegion:
    """Its month is written without punches; the phones are those of the superiors, the first ones are staff."""
    month = Month.of(clock.today(ZONE)).previous
    days = list(_working_days(month.first_day, month.end))[:DAYS]
    with transaction.atomic():
        employees = _employees(people, chance)
        job_kinds()
        runner = _rules()
        loaded = load_busy_month(days)
    with connection.cursor() as cursor:
        for model in (Activity, ApprovalRequest, Decision, Employee, Standing, Placement, User):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
    with_inbox = set(ApprovalRequest.objects.waiting().values_list("approver", flat=True).distinct())
    chiefs = [employee for employee in employees if employee.pk in with_inbox]
    staff = [employee for employee in employees if employee.pk not in with_inbox][:STAFF_WITH_PHONES]
    print(f"{state.code}: {people} people, {loaded} activities", flush=True)
    return FilledRegion(
        state.code, state.schema_name, f"{state.code}.localhost", _phones([*staff, *chiefs]), str(runner.uid)
    )


def _fill_payroll_region(state: RegionState, people: int, month: Month) -> FilledRegion:
    with transaction.atomic():
        fill_payroll(people, month)
        runner = _rules()
    analyse()
    recompute_days(first=month.first_day, end=month.end)
    analyse()
    print(f"{state.code}: {people} people", flush=True)
    return FilledRegion(state.code, state.schema_name, f"{state.code}.localhost", [], str(runner.uid))


def _fill_region(state: RegionState, people: int, months: int, chance: Random) -> FilledRegion:
    today = clock.today(ZONE)
    running = Month.of(today)
    first = running
    for _ in range(months):
        first = first.previous
    with transaction.atomic():
        employees = _employees(people, chance)
        _punches(employees, first.first_day, today, chance)
        _activities(employees, first.first_day, today, running, chance)
        _month_figures(employees, [running.previous], chance)
        runner = _rules()
    recompute_days(first=first.first_day, end=today)
    with connection.cursor() as cursor:
        for model in (
            Punch,
            Activity,
            Employee,
            Standing,
            Placement,
            User,
            Session,
            RoleGrant,
            Unit,
            Position,
            PositionTerms,
        ):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
    return FilledRegion(state.code, state.schema_name, f"{state.code}.localhost", _phones(employees), str(runner.uid))


def _position(
    code: str, title: str, unit: Unit, *, kelas: int, kind: str = "pelaksana", superior: Position | None = None
) -> Position:
    position = Position.objects.create(code=code, title=title, unit=unit, kind=kind, superior=superior)
    PositionTerms.objects.create(position=position, kelas=kelas, period=DateRange(None, None))
    return position


def _employees(people: int, chance: Random) -> list[Employee]:
    """People in OPDs of about a hundred: a head, four sections with a chief each, the rest staff."""
    password = make_password("kata-sandi-uji-123")
    roles = {role.code: role for role in Role.objects.all()}
    users: list[User] = []
    employees: list[Employee] = []
    posts: list[Position] = []
    for number in range(max(1, people // PEOPLE_OF_AN_OPD)):
        opd = Unit.objects.create(code=f"1.{number:02d}", name=f"Dinas {number:02d}", kind=Unit.Kind.OPD)
        opd.opd = opd
        opd.save(update_fields=["opd"])
        head = _position(f"{number:02d}-K", "Kepala Dinas", opd, kelas=11, kind="jpt")
        of_opd = [head]
        staff: list[Position] = []
        for letter in "ABCD"[:SECTIONS]:
            unit = Unit.objects.create(
                code=f"1.{number:02d}.{letter}", name=f"Bidang {letter}", kind=Unit.Kind.BIDANG, parent=opd, opd=opd
            )
            chief = _position(
                f"{number:02d}-{letter}", "Kepala Bidang", unit, kelas=9, kind="administrator", superior=head
            )
            of_opd.append(chief)
            staff.append(_position(f"{number:02d}-{letter}-P", "Pengelola Data", unit, kelas=7, superior=chief))
        mine = min(PEOPLE_OF_AN_OPD, people - number * PEOPLE_OF_AN_OPD)
        if number == max(1, people // PEOPLE_OF_AN_OPD) - 1:
            mine = people - number * PEOPLE_OF_AN_OPD
        posts += [of_opd[n] if n < len(of_opd) else staff[n % len(staff)] for n in range(mine)]
    for number, _post in enumerate(posts):
        born = f"{1970 + chance.randrange(28)}{1 + chance.randrange(12):02d}{1 + chance.randrange(28):02d}"
        nip = f"{born}{2015 + number // 10_000}01{number % 10_000:04d}"
        users.append(User(login=nip, display_name=f"Pegawai {number:04d}", password=password))
    User.objects.bulk_create(users)
    employees += [Employee(nip=user.login, name=user.display_name, user=user) for user in users]
    Employee.objects.bulk_create(employees)
    Standing.objects.bulk_create(
        Standing(
            employee=employee,
            status="PNS",
            golongan="III/c" if number % 5 else "IV/a",
            period=DateRange(None, None),
        )
        for number, employee in enumerate(employees)
    )
    Placement.objects.bulk_create(
        Placement(employee=employee, position=post, period=DateRange(date(2024, 1, 1), None))
        for employee, post in zip(employees, posts, strict=True)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=roles[code])
        for user, post in zip(users, posts, strict=True)
        for code in (("asn",) if post.kind == "pelaksana" else ("asn", "atasan"))
    )
    return employees


def _working_days(first: date, end: date) -> Iterator[date]:
    day = first
    while day < end:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def _punches(employees: list[Employee], first: date, end: date, chance: Random) -> None:
    """Two a working day; one in six comes late, one day in fifty has none."""
    rows: list[Punch] = []
    receipt = 0
    for day in _working_days(first, end):
        for employee in employees:
            if chance.randrange(50) == 0:
                continue
            late = chance.randrange(5, 60) if chance.randrange(6) == 0 else -chance.randrange(1, 40)
            times = (
                (Punch.Kind.IN, clock.at_local(day, time(7, 30), ZONE) + timedelta(minutes=late)),
                (Punch.Kind.OUT, clock.at_local(day, time(16, 45), ZONE) + timedelta(minutes=chance.randrange(60))),
            )
            for kind, moment in times:
                receipt += 1
                rows.append(
                    Punch(
                        id=_uuid7(moment, chance),
                        receipt=receipt,
                        employee=employee,
                        kind=kind,
                        source=Punch.Source.PHONE,
                        captured_at=moment,
                        received_at=moment,
                        latitude=Decimal("1.474830"),
                        longitude=Decimal("124.842079"),
                        accuracy_m=12,
                        device="bench",
                    )
                )
    Punch.objects.bulk_create(rows, batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('punch_receipt', %s)", [receipt])


def _activities(employees: list[Employee], first: date, end: date, running: Month, chance: Random) -> None:
    """Two a working day: approved in finished months, of all states in the running one."""
    kinds = job_kinds()
    rows: list[Activity] = []
    # Of the running month one in fifteen is still a draft, the rest is half approved and half waiting.
    states = [Activity.State.DRAFT] + 7 * [Activity.State.SUBMITTED, Activity.State.APPROVED]
    for day in _working_days(first, end):
        for employee in employees:
            for hour in (8, 13):
                kind = kinds[chance.randrange(len(kinds))]
                begin = clock.at_local(day, time(hour, chance.randrange(30)), ZONE)
                state = states[chance.randrange(len(states))] if Month.of(day) == running else Activity.State.APPROVED
                is_approved = state == Activity.State.APPROVED
                rows.append(
                    Activity(
                        employee=employee,
                        job_kind=kind,
                        date=day,
                        span=DateTimeTZRange(begin, begin + timedelta(minutes=kind.norm_minutes)),
                        minutes=kind.norm_minutes,
                        description=f"Laporan {day:%d-%m} bagian {hour}",
                        state=state,
                        approved_minutes=kind.norm_minutes if is_approved else None,
                        approved_points=kind.points if is_approved else None,
                        approved_weight=kind.weight if is_approved else None,
                        catalogue_version=1 if is_approved else None,
                        submitted_at=None if state == Activity.State.DRAFT else begin,
                        decided_at=begin if is_approved else None,
                    )
                )
    Activity.objects.bulk_create(rows, batch_size=BATCH)


def _month_figures(employees: list[Employee], months: list[Month], chance: Random) -> None:
    MonthlyRating.objects.bulk_create(
        MonthlyRating(
            employee=employee,
            month=month.first_day,
            predikat="baik",
            skp_percent=Decimal(chance.randrange(8000, 10001)) / 100,
            behaviour_sum=chance.randrange(560, 701),
            source="benchmarks",
        )
        for month in months
        for employee in employees
    )
    SalaryBase.objects.bulk_create(
        SalaryBase(employee=employee, month=month.first_day, amount=Decimal(chance.randrange(3000, 6000)) * 1000)
        for month in months
        for employee in employees
    )


def _rules() -> User:
    """The Manado rule set, signed by two people; gives the one who may also run a month."""
    officials = []
    for number, codes in enumerate((("bkpsdm", "bpkad"), ("bpkad",))):
        user = User(login=f"19850505201002000{number}", display_name=f"Petugas {number}")
        user.set_unusable_password()
        user.save()
        for role in Role.objects.filter(code__in=codes):
            RoleGrant.objects.create(user=user, role=role)
        officials.append(user)
    draft = copy_ready_set(code="manado", valid_from=date(2024, 1, 1), actor=officials[0])
    draft = with_regulation(draft, officials[0])
    for official in officials:
        sign_rule_set(uid=draft.uid, actor=official)
    publish_rule_set(uid=draft.uid, actor=officials[0])
    return officials[0]


def _phones(employees: list[Employee]) -> list[Phone]:
    """A session for each, as a log-in leaves it; none of them costs a password hash."""
    store = SessionStore()
    expires = datetime.now(UTC) + timedelta(days=14)
    phones, sessions = [], []
    for employee in employees:
        if employee.user is None:
            continue
        key = store._get_new_session_key()
        content = {
            SESSION_KEY: str(employee.user.pk),
            BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
            HASH_SESSION_KEY: employee.user.get_session_auth_hash(),
        }
        sessions.append(Session(session_key=key, session_data=store.encode(content), expire_date=expires))
        phones.append(Phone(employee.pk, {"sessionid": key, "csrftoken": CSRF}))
    Session.objects.bulk_create(sessions, batch_size=BATCH)
    return phones


def _uuid7(moment: datetime, chance: Random) -> UUID:
    value = int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | chance.getrandbits(12) << 64
    return UUID(int=value | 0b10 << 62 | chance.getrandbits(62))


def _digest() -> str:
    """Over what the seed decides: people, punches and activities of the open region."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT concat_ws('|',
                (SELECT sum(hashtextextended(e.nip || s.golongan, 0))
                 FROM employees_employee e JOIN employees_standing s ON s.employee_id = e.id),
                (SELECT sum(hashtextextended(concat_ws('|', e.nip, p.kind, p.captured_at, p.id), 0))
                 FROM punches_punch p JOIN employees_employee e ON e.id = p.employee_id),
                (SELECT sum(hashtextextended(concat_ws('|', e.nip, a.span, a.minutes, a.state), 0))
                 FROM activities_activity a JOIN employees_employee e ON e.id = a.employee_id),
                (SELECT sum(hashtextextended(concat_ws('|', e.nip, d.date, d.presence, d.events), 0))
                 FROM attendance_dayresult d JOIN employees_employee e ON e.id = d.employee_id))
            """
        )
        return str(cursor.fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=int, default=12)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--small", type=int, default=60)
    parser.add_argument("--months", type=int, default=2)
    parser.add_argument("--busy", type=int, default=6000)
    parser.add_argument("--payroll", type=int, nargs="*", default=[])
    parser.add_argument("--only-payroll", type=int, nargs="+", help="regions for a month's run alone, told as JSON")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    if wanted.only_payroll:
        print(json.dumps(fill_payroll_only(wanted.only_payroll)))
        return
    if wanted.out is None:
        parser.error("--out is needed")
    fixture = fill(
        regions=wanted.regions,
        people=wanted.people,
        small=wanted.small,
        months=wanted.months,
        busy=wanted.busy,
        payroll=wanted.payroll,
    )
    fixture.write(wanted.out)
    print(f"digest {fixture.digest}, newest finished month {fixture.month}")


if __name__ == "__main__":
    main()
