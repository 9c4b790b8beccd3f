"""The number by which a sample of punches is taken: the server's, and the phone's to hear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tenants.punches.drawing import OF, draw

PUNCHES = [UUID(int=number) for number in range(2000)]


def test_the_same_punch_draws_the_same_number_again() -> None:
    assert [draw(each) for each in PUNCHES[:50]] == [draw(each) for each in PUNCHES[:50]]


def test_each_number_comes_about_as_often_as_every_other() -> None:
    drawn = [draw(each) for each in PUNCHES]
    assert set(drawn) == set(range(OF))
    assert 140 <= sum(number < 10 for number in drawn) <= 260


def test_what_is_drawn_does_not_show_in_the_id(settings: Any) -> None:
    """A phone that makes ids until it likes one would need the server's secret."""
    here = [draw(each) for each in PUNCHES[:200]]
    settings.SECRET_KEY = "another-" * 8
    same = sum(draw(each) == number for each, number in zip(PUNCHES, here, strict=False))
    assert same < 20
