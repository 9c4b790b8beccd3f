"""How many statements a request may cost (performance note, section 2); the counts themselves are committed.

The tests of each app hold `tests/query_counts.json` to what the requests really ask; here the counts are held to the
limits.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from kernel import clock
from kernel.ids import new_uid
from kernel.testing.queries import assert_query_count, counts_file
from tests.cast import Person
from tests.gates.crowd import NOW

LIMITS = {
    "attendance.punch.post": 12,
    "api.punches.post": 12,
    "attendance.punch.page": 15,
    # Fifteen, and since then one each for the person's own plan, the roster, the rare facts of the month (verdicts,
    # assemblies, disturbances), and the last contacts of phone and machine where a punch of the last days is missing.
    "reports.home": 20,
    "activities.list": 10,
    "approvals.inbox": 10,
    "approvals.decide.bulk": 19,
    # The slip itself five; what payout, appeals, arrears and the tables of the state say beside it, the rest.
    "tpp.slip": 14,
    "tpp.slip.locked": 14,
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_request_stays_within_its_limit(name: str) -> None:
    counts = json.loads(counts_file().read_text())
    assert counts[name] <= LIMITS[name]


def test_a_punch_by_the_api_asks_a_committed_number_of_questions(ani: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(ani.user)
    with clock.at(NOW):
        punches = [{"uid": str(new_uid()), "kind": kind, "captured_at": NOW.isoformat()} for kind in ("in", "out")]
        client.post("/api/v1/punches", punches[0], content_type="application/json")
        answer = assert_query_count(
            "api.punches.post", lambda: client.post("/api/v1/punches", punches[1], content_type="application/json")
        )
    assert answer.status_code == 201
