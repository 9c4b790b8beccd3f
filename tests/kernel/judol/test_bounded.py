"""The work for a text grows with its length, whatever it is made of: counted in calls, not in seconds."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from kernel.judol import judge_text, text_sketch
from kernel.judol.linear import shipped

_MADE_OF = {
    "one letter": "a",
    "single letters": "a ",
    "letters and numbers": "a1",
    "groups of two": "ga ru 7 7 ",
    "signs between": "a-",
    "emoji between": "ga\U0001f525",
    "leet": "g4c0r1 ",
    "single digits": "LUMPANG 1 3 8 1 ",
    "names": "KORUS77 ",
    "phrases": "slot gacor ",
    "addresses": "a.b.c.d.e.xyz ",
    "mail": "a@b.",
    "dots": ".",
    "flags": "\U0001f1ee\U0001f1e9\U0001f1f0",
    "marks": "a\u0360",
    "styled": "\U0001d40a",
    "new lines": "a\n",
    "context": "razia sosialisasi ",
}


def _calls(work: Callable[[], object]) -> int:
    """Python function calls and lines of loops that some work takes."""
    steps = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("of", _MADE_OF)
def test_twice_the_text_takes_at_most_some_more_than_twice_the_steps(of: str) -> None:
    piece = _MADE_OF[of]
    short, long = (piece * (length // len(piece)) for length in (1_500, 6_000))
    judge_text(short)  # what is remembered of single words is remembered before
    judge_text(long)
    assert _calls(lambda: judge_text(long)) <= 5 * _calls(lambda: judge_text(short)) + 2_000
    assert _calls(lambda: shipped().says(long)) <= 6 * _calls(lambda: shipped().says(short)) + 2_000
    assert _calls(lambda: text_sketch(long)) <= 6 * _calls(lambda: text_sketch(short)) + 2_000


def test_two_hundred_characters_take_few_steps() -> None:
    text = ("Rapat koordinasi penyusunan anggaran bersama Bappeda dan BPKAD di ruang 303, dihadiri 88 peserta. " * 3)[
        :200
    ]
    judge_text(text)
    assert _calls(lambda: judge_text(text)) < 4_000
