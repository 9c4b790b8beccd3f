"""A month of everybody's activities, written by set-based statements: 6,000 people, four a day, twenty days.

Four of five days are approved, with their requests and decisions; the last days wait in the superiors' inboxes, one in
forty with a remark. Call it in a region's scope that has people, placements, job kinds and default chains.
"""

from __future__ import annotations

from datetime import date
from typing import Final, LiteralString

from django.db import connection

from kernel.tenancy.fence import number_of_new_row
from tenants.approvals.models import Chain
from tenants.employees.querysets import reporting_lines_on

A_DAY: Final = 4
DAYS: Final = 20
WAITING_DAYS: Final = 4

_SUPERIORS: Final[LiteralString] = """
CREATE TEMPORARY TABLE busy_superior (
    employee_id bigint PRIMARY KEY, superior_id bigint NOT NULL, user_id bigint NOT NULL) ON COMMIT DROP
"""
_ACTIVITIES: Final[LiteralString] = """
INSERT INTO activities_activity (
    uid, region_id, employee_id, job_kind_id, date, span, may_overlap, minutes, volume, description, letter_number,
    disposition_number, letter_key, disposition_key, part, state, version, percent, approved_minutes, approved_points,
    approved_weight, catalogue_version, created_at, first_submitted_at, submitted_at, decided_at)
SELECT md5(concat_ws('|', 'a', s.employee_id, d.number, h))::uuid, %(region)s, s.employee_id, k.id, d.day,
    tstzrange(d.day + make_interval(hours => 6 * h), d.day + make_interval(hours => 6 * h, mins => k.norm_minutes)),
    false, k.norm_minutes, 1, concat('Laporan ', k.name, ' bagian ', h, ' hari ', d.number), '', '', '', '', '',
    CASE WHEN d.number < %(waiting_from)s THEN 'approved' ELSE 'submitted' END, 1, 100,
    CASE WHEN d.number < %(waiting_from)s THEN k.norm_minutes END,
    CASE WHEN d.number < %(waiting_from)s THEN k.points END,
    CASE WHEN d.number < %(waiting_from)s THEN k.weight END,
    CASE WHEN d.number < %(waiting_from)s THEN 1 END,
    d.day, d.day, d.day, CASE WHEN d.number < %(waiting_from)s THEN d.day END
FROM busy_superior s
CROSS JOIN (SELECT day, row_number() OVER (ORDER BY day) - 1 AS number FROM unnest(%(days)s::date[]) day) d
CROSS JOIN generate_series(0, %(last)s) h
JOIN (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS number, count(*) OVER () AS kinds
    FROM activities_jobkind WHERE norm_minutes <= 240) k
    ON k.number = (s.employee_id + d.number + h) %% k.kinds
"""
_REQUESTS: Final[LiteralString] = """
INSERT INTO approvals_approvalrequest (
    uid, region_id, document_kind, document_uid, document_version, title, owner_id, owner_user_id, chain_id, level,
    approver_id, role_code, why, state, remarks, is_exception, submitted_at, "on", reached_at, due_on, after_rule)
SELECT md5(concat_ws('|', 'r', a.uid))::uuid, %(region)s, 'activity', a.uid, '1', a.description, a.employee_id,
    e.user_id, %(chain)s, 1, s.superior_id, '', '', CASE a.state WHEN 'approved' THEN 'approved' ELSE 'waiting' END,
    CASE WHEN a.state = 'submitted' AND a.id %% 40 = 0 THEN '["Tanpa bukti"]'::jsonb ELSE '[]'::jsonb END,
    a.state = 'submitted' AND a.id %% 40 = 0, a.submitted_at, a.date, a.submitted_at, a.date + 365, ''
FROM activities_activity a
JOIN employees_employee e ON e.id = a.employee_id
JOIN busy_superior s ON s.employee_id = a.employee_id
"""
_DECISIONS: Final[LiteralString] = """
INSERT INTO approvals_decision (request_id, level, verdict, decided_by_id, owner_user_id, note, decided_at)
SELECT r.id, 1, 'approved', s.user_id, r.owner_user_id, '', r.submitted_at
FROM approvals_approvalrequest r JOIN busy_superior s ON s.employee_id = r.owner_id WHERE r.state = 'approved'
"""


def load_busy_month(days: list[date]) -> int:
    """Write the month's activities of everybody with a superior, on these days; gives how many there are.

    Call it inside a transaction.
    """
    lines = reporting_lines_on(days[0])
    users = dict(_users())
    superiors = [
        (employee, superior, users[superior])
        for employee in lines.posts
        if (superior := lines.superior_of(employee)) is not None
    ]
    chain = Chain.objects.filter(document_kind="activity").latest("valid_from")
    values = {
        "region": number_of_new_row(),
        "days": days,
        "last": A_DAY - 1,
        "waiting_from": len(days) - WAITING_DAYS,
        "chain": chain.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPERIORS)
        with cursor.copy("COPY busy_superior FROM STDIN") as copy:
            for row in superiors:
                copy.write_row(row)
        for statement in (_ACTIVITIES, _REQUESTS):
            cursor.execute(statement, values)
        cursor.execute(_DECISIONS)
    return len(superiors) * len(days) * A_DAY


def _users() -> list[tuple[int, int]]:
    from tenants.employees.models import Employee

    return list(Employee.objects.filter(user__isnull=False).values_list("pk", "user_id"))
