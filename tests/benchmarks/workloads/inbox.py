"""The superior's inbox in the busy region: its first page, and W4, 200 ordinary documents approved by one submit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from tests.benchmarks.fixture_file import CSRF, FilledRegion
from tests.benchmarks.loadgen import Request, Step, VirtualUser

MANY: Final = 200
_HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "bench"}


@dataclass(frozen=True, slots=True)
class Stack:
    """What waits for one superior: uids of requests without a remark, the oldest first."""

    employee_id: int
    uids: tuple[str, ...]


def stacks(connection: psycopg.Connection[Any], region: FilledRegion) -> list[Stack]:
    """The superiors for whom at least 200 ordinary documents wait."""
    rows = connection.execute(
        sql.SQL(
            "SELECT approver_id, array_agg(uid::text ORDER BY id) FROM {} "
            "WHERE state = 'waiting' AND NOT is_exception GROUP BY approver_id HAVING count(*) >= %s ORDER BY 1"
        ).format(sql.Identifier(region.schema, "approvals_approvalrequest")),
        (MANY,),
    ).fetchall()
    return [Stack(employee, tuple(uids[:MANY])) for employee, uids in rows]


def first_page() -> Step:
    """The inbox as it opens."""
    return Step("inbox", lambda user: Request("GET", "/kotak-masuk/", _HEADERS))


def approve() -> Step:
    """The bulk button with 200 ticks; the user's variable `stack` holds the uids."""

    def request(user: VirtualUser) -> Request:
        uids = user.variables["stack"].split()
        pairs = [("csrfmiddlewaretoken", CSRF), ("putusan", "wajar")]
        # Ordinary, and the first version: as the page showed them.
        pairs += [pair for uid in uids for pair in (("pilih", uid), ("lihat", f"{uid}=01"))]
        body = urlencode(pairs).encode()
        return Request("POST", "/kotak-masuk/putuskan/", _HEADERS, body, "application/x-www-form-urlencoded")

    return Step("approve 200", request, expect=frozenset({302}))


def approvers(region: FilledRegion, chosen: Sequence[Stack]) -> list[VirtualUser]:
    """The signed-in superiors of these stacks, each with what to approve."""
    cookies = {phone.employee_id: phone.cookies for phone in region.phones}
    return [
        VirtualUser(region.host, dict(cookies[stack.employee_id]), {"stack": " ".join(stack.uids)}) for stack in chosen
    ]


def wrong_after(connection: psycopg.Connection[Any], region: FilledRegion, chosen: Sequence[Stack]) -> list[str]:
    """What is wrong behind the approvals: each document approved with exactly one decision, its activity frozen."""
    uids = [uid for stack in chosen for uid in stack.uids]
    row = connection.execute(
        sql.SQL(
            "SELECT count(*), count(*) FILTER (WHERE r.state = 'approved'), "
            "count(*) FILTER (WHERE a.state = 'approved' AND a.approved_points IS NOT NULL), "
            "(SELECT count(*) FROM {decision} d JOIN {request} q ON q.id = d.request_id WHERE q.uid = ANY(%s::uuid[])) "
            "FROM {request} r JOIN {activity} a ON a.uid = r.document_uid WHERE r.uid = ANY(%s::uuid[])"
        ).format(
            decision=sql.Identifier(region.schema, "approvals_decision"),
            request=sql.Identifier(region.schema, "approvals_approvalrequest"),
            activity=sql.Identifier(region.schema, "activities_activity"),
        ),
        (uids, uids),
    ).fetchone()
    expected = (len(uids),) * 4
    return [] if row == expected else [f"of {len(uids)} documents: {row} (all, approved, frozen, decisions)"]
