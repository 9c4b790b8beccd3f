"""A region for the month's run: so many people, 22 days of punches and 60 activities of each, written set-based.

`fill_payroll(people, month)` takes about a second for each 1,000 people, days judged apart. Call it in the scope of a
provisioned region without people, inside a transaction; the same figures give the same content.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, LiteralString

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.tenancy.fence import number_of_new_row
from tenants.activities.models import JobKind
from tenants.employees.models import Employee
from tenants.organisation.models import Position, PositionTerms, Unit
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import SalaryBase

PEOPLE_OF_AN_OPD: Final = 100
SECTIONS: Final = 4
DAYS: Final = 22
ACTIVITIES: Final = 60

_USERS: Final[LiteralString] = """
INSERT INTO accounts_user (uid, region_id, password, login, email, display_name, is_active, must_change_password,
    created_at)
SELECT md5(concat('u', g))::uuid, %(region)s, '!',
    concat(to_char(date '1970-01-01' + g / 1000, 'YYYYMMDD'), '201501', 1 + g %% 2, lpad((g %% 1000)::text, 3, '0')),
    '', concat('Pegawai ', lpad(g::text, 5, '0')), true, false, %(at)s
FROM generate_series(0, %(people)s - 1) g
"""
_EMPLOYEES: Final[LiteralString] = """
INSERT INTO employees_employee (uid, region_id, nip, name, email, is_active, user_id)
SELECT md5(concat('e', u.login))::uuid, u.region_id, u.login, u.display_name, '', true, u.id
FROM accounts_user u WHERE u.login ~ '^[0-9]{8}201501' ORDER BY u.display_name
"""
# Everybody's number from 0 on, in the order of their keys, with the post: four chiefs and a head in each OPD.
_NUMBERED: Final[LiteralString] = """
CREATE TEMPORARY TABLE payroll_person ON COMMIT DROP AS
SELECT e.id, (row_number() OVER (ORDER BY e.id) - 1)::int AS n FROM employees_employee e
"""
_PLACEMENTS: Final[LiteralString] = """
INSERT INTO employees_placement (uid, kind, period, letter_number, employee_id, position_id)
SELECT md5(concat('p', p.id))::uuid, 'definitif', daterange('2024-01-01', NULL), '', p.id, post.position_id
FROM payroll_person p
JOIN unnest(%(opds)s::int[], %(slots)s::int[], %(positions)s::bigint[]) AS post(opd, slot, position_id)
    ON post.opd = p.n / %(of_an_opd)s
    AND post.slot = CASE WHEN p.n %% %(of_an_opd)s < 5 THEN p.n %% %(of_an_opd)s ELSE 5 + p.n %% 4 END
"""
_STANDINGS: Final[LiteralString] = """
INSERT INTO employees_standing (uid, status, golongan, period, letter_number, recorded_at, employee_id)
SELECT md5(concat('s', id))::uuid, 'PNS', CASE WHEN n %% 5 = 0 THEN 'IV/a' ELSE 'III/c' END, daterange(NULL, NULL), '',
    %(at)s, id
FROM payroll_person
"""
# One day in fifty has no punch; one in six is late, by 5 to 64 minutes.
_PUNCHES: Final[LiteralString] = """
INSERT INTO punches_punch (region_id, id, employee_id, kind, source, captured_at, received_at, latitude, longitude,
    accuracy_m, place_error, device, state)
SELECT %(region)s, md5(concat_ws('|', p.id, d.day, k.kind))::uuid, p.id, k.kind, 'phone', at.moment, at.moment,
    1.474830, 124.842079, 12, '', 'bench', 'accepted'
FROM payroll_person p
CROSS JOIN (SELECT day, row_number() OVER (ORDER BY day) - 1 AS n FROM unnest(%(days)s::date[]) day) d
CROSS JOIN (VALUES ('in'), ('out')) AS k(kind)
CROSS JOIN LATERAL (SELECT (d.day + CASE k.kind
    WHEN 'in' THEN time '07:30' + make_interval(mins => CASE WHEN (p.n * 7 + d.n * 11) %% 6 = 0
        THEN 5 + ((p.n * 13 + d.n * 17) %% 60)::int ELSE -1 - ((p.n + d.n * 5) %% 38)::int END)
    ELSE time '16:45' + make_interval(mins => ((p.n * 3 + d.n) %% 60)::int) END) AT TIME ZONE %(zone)s AS moment) at
WHERE (p.n * 31 + d.n * 7) %% 50 <> 0
"""
# In twenty activities one still waits for its approval. Three slots of a day; nobody's overlap.
_ACTIVITIES: Final[LiteralString] = """
INSERT INTO activities_activity (
    uid, region_id, employee_id, job_kind_id, date, span, may_overlap, minutes, volume, description, letter_number,
    disposition_number, letter_key, disposition_key, part, state, version, percent, approved_minutes, approved_points,
    approved_weight, catalogue_version, created_at, first_submitted_at, submitted_at, decided_at)
SELECT md5(concat_ws('|', 'a', p.id, a))::uuid, %(region)s, p.id, k.id, d.day,
    tstzrange(b.at, b.at + make_interval(mins => k.norm_minutes)), true, k.norm_minutes, 1,
    concat('Laporan ', k.name, ' nomor ', a), '', '', '', '', '', CASE WHEN f.ok THEN 'approved' ELSE 'submitted' END,
    1, 100, CASE WHEN f.ok THEN k.norm_minutes END, CASE WHEN f.ok THEN k.points END, CASE WHEN f.ok THEN k.weight END,
    CASE WHEN f.ok THEN 1 END, b.at, b.at, b.at, CASE WHEN f.ok THEN b.at END
FROM payroll_person p
CROSS JOIN generate_series(0, %(activities)s - 1) a
JOIN (SELECT day, row_number() OVER (ORDER BY day) - 1 AS n FROM unnest(%(days)s::date[]) day) d
    ON d.n = a %% cardinality(%(days)s::date[])
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS kinds FROM activities_jobkind) k
    ON k.n = (p.n + a * 3) %% k.kinds
CROSS JOIN LATERAL (
    SELECT (d.day + make_interval(hours => 8 + 2 * (a / cardinality(%(days)s::date[])))) AT TIME ZONE %(zone)s AS at) b
CROSS JOIN LATERAL (SELECT (p.n + a) %% 20 <> 0 AS ok) f
"""
FILLED: Final = (
    "accounts_user",
    "employees_employee",
    "employees_placement",
    "employees_standing",
    "organisation_unit",
    "organisation_position",
    "organisation_positionterms",
    "punches_punch",
    "attendance_dayresult",
    "activities_activity",
    "skp_monthlyrating",
    "tpp_salarybase",
)


def working_days(month: Month) -> list[date]:
    """The month's first 22 weekdays."""
    day = month.first_day
    found: list[date] = []
    while day < month.end and len(found) < DAYS:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return found


def fill_payroll(people: int, month: Month, *, of_an_opd: int = PEOPLE_OF_AN_OPD, has_punches: bool = True) -> None:
    """Write people, posts and everything that the month's run reads but the judged days."""
    values: dict[str, Any] = {
        "region": number_of_new_row(),
        "people": people,
        "at": clock.now(),
        "zone": current_region().time_zone,
        "days": working_days(month),
        "activities": ACTIVITIES,
        "of_an_opd": of_an_opd,
    }
    job_kinds()
    opds, slots, positions = _posts(-(-people // of_an_opd))
    with connection.cursor() as cursor:
        cursor.execute(_USERS, values)
        for statement in (_EMPLOYEES, _NUMBERED):
            cursor.execute(statement)
        cursor.execute(_PLACEMENTS, {**values, "opds": opds, "slots": slots, "positions": positions})
        for statement in (_STANDINGS, *([_PUNCHES] if has_punches else []), _ACTIVITIES):
            cursor.execute(statement, values)
    _figures(month)


def _figures(month: Month) -> None:
    """Rating and salary base of everybody, in the order of their keys."""
    everybody = list(enumerate(Employee.objects.order_by("pk")))
    MonthlyRating.objects.bulk_create(
        MonthlyRating(
            employee=employee,
            month=month.first_day,
            predikat="baik",
            skp_percent=80 + Decimal(n * 37 % 2001) / 100,
            behaviour_sum=560 + n * 53 % 141,
            source="benchmarks",
        )
        for n, employee in everybody
    )
    SalaryBase.objects.bulk_create(
        SalaryBase(employee=employee, month=month.first_day, amount=Decimal((3000 + n * 71 % 3000) * 1000))
        for n, employee in everybody
    )


def job_kinds() -> list[JobKind]:
    """Five kinds of work of some hours."""
    return JobKind.objects.bulk_create(
        JobKind(
            code=f"K-{number:02d}",
            name=f"Menyusun laporan {number}",
            output_unit="dokumen",
            norm_minutes=150 + 15 * number,
            points=Decimal(number),
            valid_from=date(2024, 1, 1),
        )
        for number in range(1, 6)
    )


def analyse() -> None:
    """Tell the planner what is there now. Outside of the transaction that wrote it."""
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"ANALYZE {table}")


def _posts(opds: int) -> tuple[list[int], list[int], list[int]]:
    """Units and posts of so many OPDs: a head (slot 0), four chiefs (1 to 4), four staff posts (5 to 8)."""
    offices = Unit.objects.bulk_create(
        Unit(code=f"1.{number:03d}", name=f"Dinas {number:03d}", kind=Unit.Kind.OPD) for number in range(opds)
    )
    for office in offices:
        office.opd = office
    Unit.objects.bulk_update(offices, ["opd"])
    sections = Unit.objects.bulk_create(
        Unit(code=f"{office.code}.{letter}", name=f"Bidang {letter}", kind=Unit.Kind.BIDANG, parent=office, opd=office)
        for office in offices
        for letter in "ABCD"[:SECTIONS]
    )
    heads = Position.objects.bulk_create(
        Position(code=f"{office.code}-K", title="Kepala Dinas", unit=office, kind="jpt") for office in offices
    )
    chiefs = Position.objects.bulk_create(
        Position(
            code=f"{unit.code}-B", title="Kepala Bidang", unit=unit, kind="administrator", superior=heads[n // SECTIONS]
        )
        for n, unit in enumerate(sections)
    )
    staff = Position.objects.bulk_create(
        Position(code=f"{unit.code}-P", title="Pengelola Data", unit=unit, kind="pelaksana", superior=chief)
        for unit, chief in zip(sections, chiefs, strict=True)
    )
    PositionTerms.objects.bulk_create(
        PositionTerms(position=position, kelas=kelas, period=DateRange(None, None))
        for group, kelas in ((heads, 11), (chiefs, 9), (staff, 7))
        for position in group
    )
    found = [(number, 0, head.pk) for number, head in enumerate(heads)]
    found += [(n // SECTIONS, 1 + n % SECTIONS, chief.pk) for n, chief in enumerate(chiefs)]
    found += [(n // SECTIONS, 5 + n % SECTIONS, post.pk) for n, post in enumerate(staff)]
    return [row[0] for row in found], [row[1] for row in found], [row[2] for row in found]
