"""What must happen is a row first: nothing is lost when the broker is away, or between commit and sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import shared_task
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from kernel import clock
from kernel.accounts.models import Role
from kernel.delivery import outbox
from kernel.delivery.models import OutboxMessage
from kernel.delivery.tasks import relay_all_regions
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER, RegionTask
from kernel.tenancy.threads import in_this_scope

Sent = list[tuple[str, dict[str, Any], str]]


@shared_task(base=RegionTask, name="tests.add_role")
def add_role(code: str) -> None:
    Role.objects.get_or_create(code=code, defaults={"name": "Peran"})


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What reaches the broker: region, arguments, message id."""
    reached: Sent = []

    def publish(self: Any, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        reached.append((options["headers"][REGION_HEADER], kwargs, options["task_id"]))

    monkeypatch.setattr(RegionTask, "apply_async", publish)
    return reached


@pytest.fixture
def broker_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """The broker cannot be reached until the returned function is called."""
    patched = pytest.MonkeyPatch()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused")

    patched.setattr(RegionTask, "apply_async", refuse)
    yield patched.undo
    patched.undo()


def test_a_message_is_sent_with_its_region_and_id(manado: RegionState, sent: Sent) -> None:
    message = outbox.send("tests.add_role", code="x")
    assert outbox.relay() == 1
    assert sent == [("manado", {"code": "x"}, str(message.uid))]
    assert outbox.relay() == 0


def test_nothing_is_sent_when_the_transaction_rolls_back(fresh_region: RegionState, sent: Sent) -> None:
    with transaction.atomic():
        outbox.send("tests.add_role", code="x")
        transaction.set_rollback(True)
    assert (sent, OutboxMessage.objects.count()) == ([], 0)


def test_many_messages_of_one_transaction_leave_in_order_after_its_commit(
    fresh_region: RegionState, sent: Sent
) -> None:
    with transaction.atomic():
        for code in "abc":
            outbox.send("tests.add_role", code=code)
        assert len(connection.run_on_commit) == 1
        assert sent == []
    assert [kwargs["code"] for _, kwargs, _ in sent] == ["a", "b", "c"]


def test_a_message_sent_after_a_rolled_back_part_still_leaves(fresh_region: RegionState, sent: Sent) -> None:
    with transaction.atomic():
        with transaction.atomic():
            outbox.send("tests.add_role", code="lost")
            transaction.set_rollback(True)
        outbox.send("tests.add_role", code="kept")
    assert [kwargs["code"] for _, kwargs, _ in sent] == ["kept"]


def test_a_broker_that_is_away_delays_and_loses_nothing(
    fresh_region: RegionState, broker_away: Callable[[], None]
) -> None:
    with transaction.atomic():
        outbox.send("tests.add_role", code="x")
    assert OutboxMessage.objects.filter(sent_at__isnull=True).count() == 1
    relay_all_regions.apply(throw=True)
    assert OutboxMessage.objects.filter(sent_at__isnull=True).count() == 1
    broker_away()
    relay_all_regions.apply(throw=True)
    assert OutboxMessage.objects.filter(sent_at__isnull=True).count() == 0


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_id(
    fresh_region: RegionState, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("killed")

    OutboxMessage.objects.create(task="tests.add_role", kwargs={"code": "x"})
    with monkeypatch.context() as patched:
        patched.setattr("django.db.models.query.QuerySet.bulk_update", crash)
        with pytest.raises(RuntimeError):
            outbox.relay()
    outbox.relay()
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_a_task_that_comes_twice_does_no_harm(manado: RegionState) -> None:
    for _ in range(2):
        add_role.apply(kwargs={"code": "x"}, headers={REGION_HEADER: "manado"}, throw=True)
    assert Role.objects.filter(code="x").count() == 1


def test_two_relays_at_once_send_each_message_once(fresh_region: RegionState, sent: Sent) -> None:
    OutboxMessage.objects.bulk_create(OutboxMessage(task="tests.add_role", kwargs={"code": str(n)}) for n in range(300))

    @in_this_scope
    def drain(number: int) -> int:
        return sum(outbox.relay() for _ in range(4))

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(drain, range(3)))
    while outbox.relay():
        pass
    assert sum(counts) <= 300
    assert sorted(int(kwargs["code"]) for _, kwargs, _ in sent) == list(range(300))


def test_a_task_that_this_release_does_not_know_holds_up_no_other(manado: RegionState, sent: Sent) -> None:
    outbox.send("tests.removed_long_ago")
    outbox.send("tests.add_role", code="x")
    assert outbox.relay() == 1
    assert [kwargs for _, kwargs, _ in sent] == [{"code": "x"}]
    assert OutboxMessage.objects.get(sent_at__isnull=True).attempts == 1


def test_the_sweep_reaches_every_region_though_one_fails(
    manado: RegionState, banjarmasin: RegionState, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.send("tests.add_role", code="m")
    with region_scope(banjarmasin):
        outbox.send("tests.add_role", code="b")
    relay = outbox.relay

    def broken_in_banjarmasin() -> int:
        from kernel.tenancy.context import region_or_none

        region = region_or_none()
        if region is not None and region.code == "banjarmasin":
            raise RuntimeError("broken")
        return relay()

    monkeypatch.setattr(outbox, "relay", broken_in_banjarmasin)
    relay_all_regions.apply(throw=True)
    assert [region for region, _, _ in sent] == ["manado"]


def test_sent_messages_are_kept_for_a_week(manado: RegionState, sent: Sent) -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    with clock.at(start):
        outbox.send("tests.add_role", code="x")
        outbox.relay()
        outbox.send("tests.removed_long_ago")
    with clock.at(start + timedelta(days=8)):
        assert outbox.prune() == 1
    assert OutboxMessage.objects.count() == 1


def test_what_the_operators_send_into_a_region_leaves_when_they_commit(fresh_region: RegionState, sent: Sent) -> None:
    with control_scope(), transaction.atomic():
        for code in ("x", "y"):
            with region_scope(fresh_region):
                outbox.send("tests.add_role", code=code)
        assert sent == []
    assert [(region, kwargs) for region, kwargs, _ in sent] == [
        (fresh_region.code, {"code": "x"}),
        (fresh_region.code, {"code": "y"}),
    ]
