"""A month's run by hand-written SQL over the product's own tables: the same facts, the same totals of each person.

One statement for the whole region, as somebody would write it who needs the totals only. It reads the same people,
posts, standings, judged days, activities, ratings and salary bases as the run, computes the Manado rules to the rupiah
(pagu by kelas, SKP and behaviour, discipline points, the attendance gate, tax, BPJS, each printed figure rounded by
itself) and stores one row of totals for each person. `differences` compares them with the slips of a run.

What it leaves out, so that it stays the cheaper of the two: the lines and what stands behind them, frozen facts,
digests and the audit row; whether a judged day is still right (the run compares all punches with it); acting posts,
CPNS, penalties, measures, stops, listed deductions and consents, of which nobody here has any; a word for each person
who cannot be computed. It believes that a day has at most two events and that a month has one rule set.
"""

from __future__ import annotations

import time
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from tests.benchmarks.accounting import tree_seconds

_TABLE: Final[LiteralString] = """
CREATE TABLE IF NOT EXISTS floor_total (
    employee_id bigint PRIMARY KEY, working int NOT NULL, away int NOT NULL, points_off int NOT NULL, minutes bigint,
    points numeric, waiting bigint, pagu numeric(18, 2) NOT NULL, gross numeric(18, 2) NOT NULL,
    tax numeric(18, 2) NOT NULL, contributions numeric(18, 2) NOT NULL, net numeric(18, 2) NOT NULL)
"""
_RUN: Final[LiteralString] = """
INSERT INTO floor_total
SELECT id, working, away, points_off, minutes, points, waiting, pagu, round(gross), round(tax), round(bpjs),
    round(gross - tax - bpjs)
FROM (
    SELECT e.id, d.working, d.away, d.points_off, a.minutes, a.points, a.waiting, k.pagu, g.gross,
        g.gross * CASE split_part(s.golongan, '/', 1) WHEN 'III' THEN 5 WHEN 'IV' THEN 15 ELSE 0 END / 100 AS tax,
        (least(b.amount + g.gross, 12000000) - least(b.amount, 12000000)) / 100 AS bpjs
    FROM employees_employee e
    JOIN employees_placement p ON p.employee_id = e.id AND p.kind = 'definitif' AND p.period @> %(first)s::date
    JOIN organisation_positionterms t ON t.position_id = p.position_id AND t.period @> %(first)s::date
    JOIN (VALUES (6, 2581000), (7, 2970000), (8, 3369000), (9, 4191000), (11, 5539000)) AS k(kelas, pagu)
        ON k.kelas = t.kelas
    JOIN employees_standing s ON s.employee_id = e.id AND s.period @> %(first)s::date
    JOIN skp_monthlyrating r ON r.employee_id = e.id AND r.month = %(first)s
    JOIN tpp_salarybase b ON b.employee_id = e.id AND b.month = %(first)s
    JOIN (
        SELECT y.employee_id, count(*) AS working, count(*) FILTER (WHERE one.away OR two.away) AS away,
            coalesce(sum(one.points), 0) + coalesce(sum(two.points), 0) AS points_off
        FROM attendance_dayresult y
        LEFT JOIN codes one ON one.code = y.events->0->>'code'
        LEFT JOIN codes two ON two.code = y.events->1->>'code'
        WHERE y.date >= %(first)s AND y.date < %(end)s AND y.is_working_day
        GROUP BY y.employee_id) d ON d.employee_id = e.id
    LEFT JOIN (
        SELECT employee_id, sum(approved_minutes) AS minutes, sum(approved_points) AS points,
            count(*) FILTER (WHERE state = 'submitted') AS waiting
        FROM activities_activity
        WHERE date >= %(first)s AND date < %(end)s AND state IN ('approved', 'submitted')
        GROUP BY employee_id) a ON a.employee_id = e.id
    CROSS JOIN LATERAL (SELECT k.pagu / 100.0 * (
            trunc(least(r.skp_percent, 100) * 30 / 100, 2)
            + trunc(CASE WHEN r.behaviour_sum > 678 THEN 100 WHEN r.behaviour_sum < 210 THEN 0
                ELSE r.behaviour_sum / 7.0 END * 30 / 100, 2)
            + CASE WHEN d.points_off > 100 THEN 0 ELSE (100 - d.points_off) * 40 / 100.0 END)
        * CASE WHEN (d.working - d.away) * 4 < d.working THEN 0 WHEN (d.working - d.away) * 2 < d.working THEN 0.5
            ELSE 1 END AS gross) g
    WHERE e.is_active) z
"""
_CODES: Final[LiteralString] = """
WITH codes(code, points, away) AS (VALUES
    ('TMK1', 1, false), ('TMK2', 2, false), ('TMK3', 3, false), ('PKSW1', 1, false), ('PKSW2', 2, false),
    ('PKSW3', 3, false), ('TK', 10, true), ('S', 2, true), ('I', 5, true), ('C', 0, true))
"""
_DIFFERENCES: Final[LiteralString] = """
SELECT coalesce(f.employee_id, s.employee_id) FROM floor_total f
FULL JOIN (SELECT * FROM tpp_slip WHERE run_id = (SELECT max(id) FROM tpp_monthrun WHERE state = 'done')) s
    ON s.employee_id = f.employee_id
WHERE (f.pagu, f.gross, f.tax, f.contributions, f.net) IS DISTINCT FROM
    (s.pagu, s.gross, s.tax, s.contributions, s.net)
"""


class SameFactsFloor:
    """The statement over one region's schema."""

    def __init__(self, url: str, schema: str, first: str, end: str, people: int) -> None:
        self.url, self.schema, self.people = url, schema, people
        self.values = {"first": first, "end": end}
        with self._connected() as connection:
            connection.execute(_TABLE)

    def _connected(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self.url, autocommit=True)
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.schema)))
        return connection

    def once(self, server: int) -> dict[str, float]:
        """Delete the totals, compute and store them, commit: wall seconds and the server's CPU milliseconds."""
        with self._connected() as connection:
            began, cpu = time.perf_counter(), tree_seconds([server])
            with connection.transaction():
                connection.execute("DELETE FROM floor_total")
                stored = connection.execute(_CODES + _RUN, self.values).rowcount
            took, cpu = time.perf_counter() - began, tree_seconds([server]) - cpu
        if stored != self.people:
            raise AssertionError(f"{stored} totals for {self.people} people")
        return {"people": stored, "seconds": round(took, 4), "cpu_ms": round(1000 * cpu, 1)}

    def differences(self) -> list[str]:
        """Whose totals are not those of the newest finished run; nobody's when both are right."""
        with self._connected() as connection:
            rows = connection.execute(_DIFFERENCES).fetchall()
        return [f"{len(rows)} people with other totals than the floor's, the first is {rows[0][0]}"] if rows else []
