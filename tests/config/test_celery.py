"""What a worker does before its first task."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from celery.signals import celeryd_init

from config.celery import HEAVY_NICENESS, app


@pytest.mark.parametrize(
    ("queues", "lowered_by"),
    [
        (["heavy"], [HEAVY_NICENESS]),
        ("heavy", [HEAVY_NICENESS]),
        (["punch", "entry", "heavy", "scan", "desk"], []),
        (None, []),
    ],
    ids=["heavy alone", "as a text", "all lanes", "the default"],
)
def test_only_a_worker_of_the_heavy_lane_alone_lowers_its_priority(
    queues: Sequence[str] | str | None, lowered_by: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "nice", asked.append)
    celeryd_init.send(sender="worker", instance=None, conf=app.conf, options={"queues": queues, "concurrency": 2})
    assert asked == lowered_by
