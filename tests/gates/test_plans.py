"""No statement of a punch, of an activity or of the first pages reads a whole history table (performance note 3.3).

Every statement that the requests really sent is explained with sequential scans made expensive beyond measure: one that
still stands in a plan has no index to go by, whatever the table's size is on the day of the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from tenants.approvals.actions import write_recalled
from tenants.approvals.models import ApprovalRequest, Decision, Delegation
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person
from tests.gates.crowd import NOW, Crowd

PEOPLE = 5
OTHERS = 2000
# Tables that grow with time and people; all others are as large as the region is.
HISTORY = {
    "accounts_user",
    "activities_activity",
    "activities_evidence",
    "approvals_approvalrequest",
    "approvals_decision",
    "attendance_attendancedocument",
    "attendance_dayresult",
    "punches_punch",
    "punches_refusedpunch",
    "audit_auditevent",
    "delivery_idempotencyrecord",
    "delivery_outboxmessage",
    "django_session",
    "employees_employee",
    "employees_placement",
    "files_storedfile",
    "jobs_job",
    "jobs_jobrow",
    "skp_monthlyrating",
    "tpp_monthfacts",
    "tpp_slip",
    "tpp_slipline",
}
# A join that reads one side whole is as good as a scan; with these out of the way every table is asked by an index.
EXPENSIVE = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
READABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@pytest.fixture
def filled(office: Office, ani: Person, budi: Person, manado_rules: StoredRuleSet) -> Iterator[Crowd]:
    """Some people with some of everything."""
    with clock.at(NOW):
        crowd = Crowd(office, budi.employee, ani.employee)
        crowd.grow(PEOPLE)
        _wait_for_others(crowd, budi.user)
        _pretend_years()
        yield crowd


def _wait_for_others(crowd: Crowd, decider: User) -> None:
    """Enough that waits for other approvers, each decided on once, every fourth approval taken back: the planner knows
    how few belong together, and so with the evidence of an activity."""
    pairs = [(owner, other) for owner in crowd.people for other in crowd.people if owner != other]
    requests = ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            document_kind="activity",
            document_uid=new_uid(),
            title="Laporan",
            owner=owner,
            chain=crowd.chain,
            approver=approver,
        )
        for owner, approver in pairs
        for _ in range(OTHERS // len(pairs))
    )
    decisions = Decision.objects.bulk_create(
        Decision(request=request, level=2, verdict="approved", decided_by=decider) for request in requests
    )
    write_recalled(decisions[::4], note="Salah centang", at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE approvals_approvalrequest, approvals_decision, activities_evidence")


def _pretend_years() -> None:
    """Tell the planner that the history tables are long (PostgreSQL 18; an older server keeps its own idea).

    Left to itself it weighs a handful of rows, and what earlier tests left behind decides between two indexes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] < 180000:
            return
        for table in HISTORY:
            # A million rows a page; of a table without a page the planner assumes ten, as long as nobody counted them.
            cursor.execute(
                "SELECT pg_restore_relation_stats('schemaname', current_schema()::text, 'relname', %(table)s, "
                "'relpages', (pg_relation_size(%(table)s::regclass) > 0)::int, "
                "'reltuples', CASE WHEN pg_relation_size(%(table)s::regclass) > 0 THEN 1000000 ELSE -1 END::real)",
                {"table": table},
            )


def scans(statement: str) -> list[str]:
    """The history tables that the statement can only read from end to end."""
    with connection.cursor() as cursor:
        for way in EXPENSIVE:
            cursor.execute(f"SET LOCAL {way} = off")
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
        told = cursor.fetchone()[0]
        for way in EXPENSIVE:
            cursor.execute(f"SET LOCAL {way} = on")
    plan = json.loads(told) if isinstance(told, str) else told
    return [node["Relation Name"] for node in nodes(plan[0]["Plan"]) if reads_all(node)]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def reads_all(node: dict[str, Any]) -> bool:
    """A scan of the table, or of a whole index in its order."""
    if node.get("Relation Name") not in HISTORY:
        return False
    kind = str(node["Node Type"])
    return kind.endswith("Seq Scan") or (kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node)


def sent_by(call: Callable[[], Any], *statuses: int) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code in statuses, (answer.status_code, answer.content[:500])
    found = [query["sql"].strip() for query in captured.captured_queries]
    return [sql for sql in found if sql.upper().startswith(READABLE) and "regions_region" not in sql]


def refuse_scans(statements: list[str]) -> None:
    assert statements
    found = {sql: tables for sql in statements if (tables := scans(sql))}
    assert not found, "\n".join(f"{tables}: {sql}" for sql, tables in found.items())


def test_every_history_table_exists() -> None:
    tables = {model._meta.db_table for model in apps.get_models()}
    assert tables >= HISTORY


def test_a_scan_is_recognised(filled: Crowd) -> None:
    assert scans("SELECT * FROM punches_punch WHERE place_error = 'x'") == ["punches_punch"]
    assert scans("SELECT * FROM punches_punch ORDER BY id") == ["punches_punch"]
    assert scans("SELECT * FROM punches_punch WHERE employee_id = 7 AND captured_at > now()") == []


def test_a_punch_reads_no_history_table(filled: Crowd, ani: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(ani.user)
    form = {"kind": "in", "uid": str(new_uid()), "captured_at": NOW.isoformat(), "sent_at": NOW.isoformat()}
    refuse_scans(sent_by(lambda: client.post("/absen/", form), 302))
    late = {**form, "uid": str(new_uid()), "captured_at": (NOW - timedelta(days=2)).isoformat()}
    refuse_scans(sent_by(lambda: client.post("/absen/", late), 302))
    value = {"uid": str(new_uid()), "kind": "out", "captured_at": NOW.isoformat()}
    post = lambda: client.post("/api/v1/punches", value, content_type="application/json")  # noqa: E731
    refuse_scans(sent_by(post, 201))
    refuse_scans(sent_by(post, 200))


@pytest.mark.parametrize(
    "path", ["/", "/absen/", "/aktivitas/", "/aktivitas/baru/", "/kehadiran/", "/tpp/", "/surat/", "/api/v1/punches"]
)
def test_a_page_of_an_employee_reads_no_history_table(
    filled: Crowd, ani: Person, signed_in: Callable[..., Client], path: str
) -> None:
    client = signed_in(ani.user)
    refuse_scans(sent_by(lambda: client.get(path), 200))


@pytest.mark.parametrize("path", ["/", "/kotak-masuk/"])
def test_a_page_of_an_approver_reads_no_history_table(
    filled: Crowd, budi: Person, signed_in: Callable[..., Client], path: str
) -> None:
    client = signed_in(budi.user)
    refuse_scans(sent_by(lambda: client.get(path), 200))


@pytest.mark.parametrize("path", ["/kotak-masuk/", "/kotak-masuk/?dari={sender}"])
def test_sums_and_delegations_read_no_history_table(
    filled: Crowd, ani: Person, budi: Person, signed_in: Callable[..., Client], path: str
) -> None:
    sender, giver, *_rest = filled.people
    mine = ApprovalRequest.objects.waiting().filter(approver=budi.employee)
    assert mine.update(came_from=sender) > 0
    Delegation.objects.create(
        giver=giver, receiver=budi.employee, period=DateRange(NOW.date(), NOW.date() + timedelta(days=7))
    )
    client = signed_in(budi.user)
    refuse_scans(sent_by(lambda: client.get(path.format(sender=sender.uid)), 200))


def test_a_new_activity_reads_no_history_table(filled: Crowd, ani: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(ani.user)
    form = {
        "job_kind": str(filled.kind.uid),
        "date": "2026-11-20",
        "starts_at": "15:00",
        "minutes": "20",
        "volume": "1",
        "description": "Laporan kegiatan",
    }
    sent = sent_by(lambda: client.post("/aktivitas/baru/", form), 302)
    assert any('INSERT INTO "activities_activity"' in sql for sql in sent)
    refuse_scans(sent)
