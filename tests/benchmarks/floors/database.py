"""What PostgreSQL itself does on this machine, asked by psycopg without a framework.

`insert_rate`: one-row transactions into a check-in table, prepared, each one committed to disk.
`MonthRunFloor`: a month's run of the right shape (weights, caps, tiered cuts) as one statement over all people.
`ApprovalFloor`: 200 activities approved with 200 audit rows, in two statements.
`PointsFloor`: everybody's points of one month, summed by the database over the product's own table.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from tests.benchmarks.accounting import tree_seconds

INSERT_TABLE: Final[LiteralString] = """
DROP TABLE IF EXISTS raw_checkin;
CREATE TABLE raw_checkin (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id int NOT NULL, employee_id bigint NOT NULL,
    day date NOT NULL, kind smallint NOT NULL, at timestamptz NOT NULL DEFAULT now(), lat float8, lon float8,
    accuracy_m real, UNIQUE (tenant_id, employee_id, day, kind));
CREATE INDEX ON raw_checkin (tenant_id, day);
"""
INSERT: Final[LiteralString] = """
INSERT INTO raw_checkin (tenant_id, employee_id, day, kind, lat, lon, accuracy_m)
VALUES (%s, %s, date '2020-01-01' + %s, 1, -3.32, 114.59, 12) ON CONFLICT DO NOTHING
"""


def insert_rate(url: str, *, clients: int, seconds: float, server: int) -> dict[str, float]:
    """Committed one-row inserts a second with so many threads, and the server's CPU milliseconds for each."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(INSERT_TABLE)
    done = [0] * clients
    until = time.perf_counter() + seconds

    def one(client: int) -> None:
        with psycopg.connect(url, autocommit=True, prepare_threshold=1) as connection:
            number = 0
            while time.perf_counter() < until:
                connection.execute(INSERT, (client, number % 20_000, number // 20_000), prepare=True)
                number += 1
            done[client] = number

    threads = [threading.Thread(target=one, args=(client,)) for client in range(clients)]
    began, cpu = time.perf_counter(), tree_seconds([server])
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, cpu = time.perf_counter() - began, tree_seconds([server]) - cpu
    with psycopg.connect(url, autocommit=True) as connection:
        stored = _count(connection, "SELECT count(*) FROM raw_checkin")
    if stored != sum(done):
        raise AssertionError(f"{sum(done)} inserts were answered, {stored} rows are there")
    return {"clients": clients, "per_second": round(stored / took, 1), "cpu_ms": round(1000 * cpu / stored, 4)}


RUN_TABLES: Final[LiteralString] = """
DROP TABLE IF EXISTS run_person, run_day, run_activity, run_total;
CREATE TABLE run_person (id bigint PRIMARY KEY, unit_id int NOT NULL, kelas smallint NOT NULL, base bigint NOT NULL);
CREATE TABLE run_day (
    employee_id bigint NOT NULL, day date NOT NULL, status smallint NOT NULL, late int NOT NULL, early int NOT NULL,
    PRIMARY KEY (employee_id, day));
CREATE TABLE run_activity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, employee_id bigint NOT NULL, day date NOT NULL,
    minutes int NOT NULL, points numeric(8, 2) NOT NULL, approved boolean NOT NULL);
CREATE INDEX ON run_activity (employee_id, day);
CREATE TABLE run_total (
    month date, employee_id bigint, present int, late int, early int, minutes bigint, points numeric(10, 2),
    cut numeric(6, 3), amount bigint, PRIMARY KEY (month, employee_id));
"""
RUN_PEOPLE: Final[LiteralString] = """
INSERT INTO run_person SELECT g, g % 300, 1 + g % 12, 3000000 + (g % 12) * 450000 FROM generate_series(1, %s) g
"""
RUN_DAYS: Final[LiteralString] = """
INSERT INTO run_day SELECT g, m + d, CASE WHEN (g * 31 + d * 7) % 50 = 0 THEN 2 ELSE 1 END,
    CASE WHEN (g + d) % 6 = 0 THEN (g * d) % 60 ELSE 0 END, CASE WHEN (g + d) % 29 = 0 THEN 15 ELSE 0 END
FROM generate_series(1, %s) g, generate_series(0, 21) d,
     unnest(ARRAY[date '2026-08-03', date '2026-09-01', date '2026-10-01']) m
"""
RUN_ACTIVITIES: Final[LiteralString] = """
INSERT INTO run_activity (employee_id, day, minutes, points, approved)
SELECT g, m + k % 22, 45 + (g * k) % 120, ((g * k) % 400) / 100.0, (g + k) % 20 <> 0
FROM generate_series(1, %s) g, generate_series(0, 59) k,
     unnest(ARRAY[date '2026-08-03', date '2026-09-01', date '2026-10-01']) m
"""
RUN: Final[LiteralString] = """
INSERT INTO run_total
SELECT date '2026-10-01', p.id, coalesce(a.present, 0), coalesce(a.late, 0), coalesce(a.early, 0),
       coalesce(k.minutes, 0), coalesce(k.points, 0), cut,
       round(p.base * (0.4 * (1 - cut / 100) + 0.6 * least(1, coalesce(k.minutes, 0) / 6750.0)))
FROM run_person p
LEFT JOIN (
    SELECT employee_id, count(*) FILTER (WHERE status = 1) present, sum(late) late, sum(early) early,
           sum(CASE WHEN late = 0 THEN 0 WHEN late <= 30 THEN 0.5 WHEN late <= 60 THEN 1.0 ELSE 1.5 END
               + CASE WHEN early = 0 THEN 0 ELSE 0.5 END
               + CASE WHEN status = 2 THEN 3 ELSE 0 END)::numeric(6, 3) cut_raw
    FROM run_day WHERE day >= date '2026-10-01' AND day < date '2026-11-01' GROUP BY employee_id
) a ON a.employee_id = p.id
LEFT JOIN (
    SELECT employee_id, sum(minutes) minutes, sum(points) points
    FROM run_activity WHERE approved AND day >= date '2026-10-01' AND day < date '2026-11-01' GROUP BY employee_id
) k ON k.employee_id = p.id
CROSS JOIN LATERAL (SELECT least(100, coalesce(a.cut_raw, 100)) cut) z
"""


class MonthRunFloor:
    """The set-based run: 22 days and 60 activities for each person and month, three months stored."""

    def __init__(self, url: str, people: int) -> None:
        self.url = url
        self.people = people
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(RUN_TABLES)
            for statement in (RUN_PEOPLE, RUN_DAYS, RUN_ACTIVITIES):
                connection.execute(statement.replace("% ", "%% "), (people,))
            connection.execute("VACUUM ANALYZE")

    def once(self, server: int) -> dict[str, float]:
        """Delete the month's totals, compute and store them, commit: wall seconds and the server's CPU milliseconds."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            began, cpu = time.perf_counter(), tree_seconds([server])
            with connection.transaction():
                connection.execute("DELETE FROM run_total")
                connection.execute(RUN)
            took, cpu = time.perf_counter() - began, tree_seconds([server]) - cpu
            stored = _count(connection, "SELECT count(*) FROM run_total")
        if stored != self.people:
            raise AssertionError(f"{stored} totals for {self.people} people")
        return {"people": stored, "seconds": round(took, 4), "cpu_ms": round(1000 * cpu, 1)}


APPROVAL_TABLES: Final[LiteralString] = """
DROP TABLE IF EXISTS floor_activity, floor_audit;
CREATE TABLE floor_activity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, employee_id bigint NOT NULL, minutes int NOT NULL,
    points numeric(8, 2) NOT NULL, state text NOT NULL, approved_by bigint, approved_at timestamptz);
CREATE INDEX ON floor_activity (employee_id);
CREATE TABLE floor_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, actor bigint NOT NULL, activity_id bigint NOT NULL,
    what text NOT NULL, detail jsonb NOT NULL, at timestamptz NOT NULL);
INSERT INTO floor_activity (employee_id, minutes, points, state)
SELECT g % 6000, 60, 2, 'submitted' FROM generate_series(1, 500000) g;
"""
APPROVE: Final[LiteralString] = """
WITH done AS (
    UPDATE floor_activity SET state = 'approved', approved_by = 1, approved_at = now()
    WHERE id = ANY(%s) AND state = 'submitted' RETURNING id)
INSERT INTO floor_audit (actor, activity_id, what, detail, at)
SELECT 1, id, 'approved', '{"state": "approved"}', now() FROM done
"""


class ApprovalFloor:
    """Approving 200 in one transaction, again and again with other ones."""

    MANY: Final = 200

    def __init__(self, url: str) -> None:
        self.url = url
        self._next = 1
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(APPROVAL_TABLES)
            connection.execute("VACUUM ANALYZE floor_activity")

    def once(self, server: int) -> dict[str, float]:
        """Wall seconds and the server's CPU milliseconds of twenty such approvals, for one."""
        times = 20
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(APPROVE, ([0],))
            began, cpu = time.perf_counter(), tree_seconds([server])
            for _ in range(times):
                wanted = list(range(self._next, self._next + self.MANY))
                self._next += self.MANY
                cursor = connection.execute(APPROVE, (wanted,))
                if cursor.rowcount != self.MANY:
                    raise AssertionError(f"{cursor.rowcount} of {self.MANY} were approved")
            took, cpu = time.perf_counter() - began, tree_seconds([server]) - cpu
        return {"seconds": round(took / times, 5), "cpu_ms": round(1000 * cpu / times, 3)}


POINTS: Final[LiteralString] = """
SELECT count(*), sum(points) FROM (
    SELECT employee_id, sum(approved_minutes) minutes, sum(approved_points) points FROM activities_activity
    WHERE date >= %s AND date < %s AND state = 'approved' GROUP BY employee_id) z
"""


class PointsFloor:
    """The month's sums as one statement in the busy region's own schema."""

    def __init__(self, url: str, schema: str, first: str, end: str) -> None:
        self.url, self.schema, self.month = url, schema, (first, end)

    def once(self, server: int) -> dict[str, float]:
        """People, wall seconds and the server's CPU milliseconds of ten such sums, for one."""
        times = 10
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.schema)))
            began, cpu = time.perf_counter(), tree_seconds([server])
            rows = [connection.execute(POINTS, self.month).fetchone() for _ in range(times)]
            took, cpu = time.perf_counter() - began, tree_seconds([server]) - cpu
        if rows[0] is None or not rows[0][0]:
            raise AssertionError("nobody has points")
        return {"people": rows[0][0], "seconds": round(took / times, 4), "cpu_ms": round(1000 * cpu / times, 2)}


def _count(connection: psycopg.Connection[Any], statement: LiteralString) -> int:
    row = connection.execute(statement).fetchone()
    return 0 if row is None else int(row[0])
