"""Office text passes: the hard negatives of the security note, chapter 1.5."""

from pathlib import Path

import pytest
import yaml

from kernel.judol import Profile, Verdict, judge_text
from kernel.judol.linear import shipped
from kernel.judol.opinion import heard

_KINDS = yaml.safe_load(Path("tests/golden/judol/office.yaml").read_text())


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind["kind"])
def test_what_an_office_writes_is_allowed(kind: dict[str, list[str]]) -> None:
    judged = {text: judge_text(text) for text in kind["texts"]}
    assert {text: j.reasons for text, j in judged.items() if j.verdict is not Verdict.ALLOW} == {}


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind["kind"])
def test_an_agency_may_publish_it_too(kind: dict[str, list[str]]) -> None:
    judged = {text: judge_text(text, Profile.PAGE) for text in kind["texts"]}
    assert {text: j.reasons for text, j in judged.items() if j.verdict is not Verdict.ALLOW} == {}


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind["kind"])
def test_the_second_opinion_keeps_nobody_from_work(kind: dict[str, list[str]]) -> None:
    judged = {text: heard(judge_text(text), text, shipped()) for text in kind["texts"]}
    assert {text: j.model for text, j in judged.items() if j.verdict is Verdict.BLOCK} == {}


def test_all_kinds_of_the_note_are_there() -> None:
    assert [int(kind["kind"].split()[0]) for kind in _KINDS] == list(range(1, 44))
    assert all(len(kind["texts"]) >= 2 for kind in _KINDS)
