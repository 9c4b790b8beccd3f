"""Whoever stands above the lane may speak for a punch, and the lane imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tenants.punches import witnesses
from tenants.punches.witnesses import NOTHING, hear

AT = datetime(2026, 11, 23, 7, 25, tzinfo=UTC)
SCREEN, APEL = UUID(int=7), UUID(int=8)


@pytest.fixture(autouse=True)
def _only_those_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witnesses, "_witnesses", {})


def always(said: witnesses.Testimony) -> witnesses.Hear:
    def listen(event: Mapping[str, Any], employee_id: int | None, captured_at: datetime) -> witnesses.Testimony:
        return said

    return listen


def event(**context: object) -> dict[str, Any]:
    return {"id": "1", "context": context}


def test_an_event_without_a_witness_has_none() -> None:
    witnesses.register("office_qr", always(witnesses.Testimony(lifts_place=True)))
    assert hear(event(office_qr=""), 1, AT) == NOTHING
    assert hear(event(network="online"), 1, AT) == NOTHING
    assert hear({"context": "?"}, 1, AT) == NOTHING


def test_what_several_say_counts_together() -> None:
    witnesses.register(
        "office_qr", always(witnesses.Testimony(reasons=("office_code",), lifts_place=True, office=SCREEN))
    )
    witnesses.register(
        "roll_call", always(witnesses.Testimony(reasons=("roll_call_wrong",), is_doubtful=True, assembly=APEL))
    )
    assert hear(event(office_qr="1", roll_call={"code": "2"}), 1, AT) == witnesses.Testimony(
        reasons=("office_code", "roll_call_wrong"), lifts_place=True, is_doubtful=True, office=SCREEN, assembly=APEL
    )


def test_a_tablet_says_first_whose_it_is_and_the_others_hear_that() -> None:
    heard: list[int | None] = []

    def listen(event: Mapping[str, Any], employee_id: int | None, captured_at: datetime) -> witnesses.Testimony:
        heard.append(employee_id)
        return NOTHING

    witnesses.register("kiosk", always(witnesses.Testimony(employee_id=5)))
    witnesses.register("roll_call", listen)
    assert hear(event(roll_call={"code": "2"}), None, AT).employee_id == 5
    assert heard == [5]


def test_after_a_refusal_nobody_else_is_asked() -> None:
    witnesses.register("kiosk", always(witnesses.Testimony(refused="kiosk_wrong_pin")))
    witnesses.register("office_qr", always(witnesses.Testimony(office=SCREEN)))
    assert hear(event(office_qr="1"), None, AT) == witnesses.Testimony(refused="kiosk_wrong_pin")
