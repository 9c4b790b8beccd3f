"""A request that comes twice happens once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.utils import IntegrityError

from kernel import clock
from kernel.accounts.models import Role
from kernel.delivery.idempotency import Answer, IdempotencyMismatch, answer_once, prune
from kernel.delivery.models import IdempotencyRecord
from kernel.delivery.tasks import prune_all_regions
from kernel.ids import new_uid
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.tenancy.threads import in_this_scope

WHO = new_uid()


def write_role(code: str = "x", status: int = 201) -> Answer:
    Role.objects.create(code=code, name="Peran")
    return Answer(status, {"code": code})


def once(work: Any = write_role, *, key: str = "k-1", body: bytes = b"{}", route: str = "POST roles") -> Answer:
    return answer_once(actor_uid=WHO, route=route, key=key, body=body, work=work)


def test_the_second_time_gives_the_first_answer_and_does_nothing(manado: RegionState) -> None:
    first, second = once(), once()
    assert (first.status, first.body, first.is_replay) == (201, {"code": "x"}, False)
    assert (second.status, second.body, second.is_replay) == (201, {"code": "x"}, True)
    assert Role.objects.filter(code="x").count() == 1


def test_a_refusal_is_an_answer_too(manado: RegionState) -> None:
    once(lambda: Answer(409, {"code": "refused"}))
    again = once()
    assert (again.status, again.is_replay) == (409, True)
    assert not Role.objects.filter(code="x").exists()


def test_another_body_under_the_same_key_is_refused(manado: RegionState) -> None:
    once()
    with pytest.raises(IdempotencyMismatch):
        once(body=b'{"other": 1}')


def test_another_key_another_route_and_another_person_are_other_requests(manado: RegionState) -> None:
    once(lambda: write_role("a"))
    once(lambda: write_role("b"), key="k-2")
    once(lambda: write_role("c"), route="POST other")
    answer_once(actor_uid=new_uid(), route="POST roles", key="k-1", body=b"{}", work=lambda: write_role("d"))
    assert Role.objects.filter(code__in="abcd").count() == 4


def test_a_failure_of_ours_is_not_kept(manado: RegionState) -> None:
    assert once(lambda: write_role(status=503)).status == 503
    assert not Role.objects.filter(code="x").exists()
    assert once().status == 201


def test_a_crash_leaves_nothing_behind(manado: RegionState) -> None:
    def crash() -> Answer:
        write_role()
        raise IntegrityError("crash after the work")

    with pytest.raises(IntegrityError):
        once(crash)
    assert not IdempotencyRecord.objects.exists()
    assert once().status == 201


def test_two_at_once_work_once_and_answer_alike(fresh_region: RegionState) -> None:
    both_in = threading.Barrier(2, timeout=20)
    worked: list[int] = []

    def work() -> Answer:
        worked.append(1)
        return write_role()

    @in_this_scope
    def ask(number: int) -> Answer:
        both_in.wait()
        return once(work)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(ask, range(2)))
    connections.close_all()
    assert [answer.status for answer in answers] == [201, 201]
    assert sorted(answer.is_replay for answer in answers) == [False, True]
    assert worked == [1]


def test_a_key_of_one_region_is_free_in_another(manado: RegionState, banjarmasin: RegionState) -> None:
    once()
    with region_scope(banjarmasin):
        assert not once().is_replay


def test_answers_are_kept_for_a_week(manado: RegionState, banjarmasin: RegionState) -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    with clock.at(start):
        once()
        with region_scope(banjarmasin):
            once()
    with clock.at(start + timedelta(days=6)):
        assert prune() == 0
    with clock.at(start + timedelta(days=7, seconds=1)):
        prune_all_regions.apply(throw=True)
        assert not IdempotencyRecord.objects.exists()
        with region_scope(banjarmasin):
            assert not IdempotencyRecord.objects.exists()
