"""The checklist of ASVS 5.0: each requirement of levels 1 and 2 once, and what it names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security" / "asvs.md").read_text()
ROW = re.compile(r"^\| V(\d+)\.(\d+)\.(\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(TEXT)
STATES = {"met", "partly", "operation", "not used", "open"}
# How many requirements of levels 1 and 2 each chapter of the standard has.
IN_CHAPTER = dict(enumerate((27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), start=1))
# Those of level 1 alone.
FIRST_LEVEL = 70
PATH = re.compile(r"`((?:platform|tenants|api|tests|infra|docs)/[\w./-]+)`|\b(docs/[\w./-]+\.md)\b")


def test_each_requirement_stands_once() -> None:
    numbers = Counter(row[:3] for row in ROWS)
    assert {number for number, count in numbers.items() if count > 1} == set()
    assert Counter(int(row[0]) for row in ROWS) == IN_CHAPTER
    assert sum(row[3] == "1" for row in ROWS) == FIRST_LEVEL


def test_every_row_of_the_tables_was_read() -> None:
    assert len(ROWS) == len(re.findall(r"^\| V\d", TEXT, re.MULTILINE)) == sum(IN_CHAPTER.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "V" + ".".join(row[:3]))
def test_it_says_where_and_names_files_that_exist(row: tuple[str, ...]) -> None:
    *_number, demand, state, where, tested = (cell.strip() for cell in row)
    assert state in STATES
    assert demand
    assert where
    for code, doc in PATH.findall(f"{where} {tested}"):
        assert (ROOT / (code or doc)).exists(), code or doc
    # What is said to be met is tested by a file, or asked of every line by a tool of the checks.
    assert state != "met" or tested.startswith(("`tests/", "`infra/local/check.py`"))


def test_the_counts_at_the_top_are_those_of_the_rows() -> None:
    counts = Counter(row[5].strip() for row in ROWS)
    told = dict(re.findall(r"^\| (met|partly|operation|not used|open) \| [^|]+ \| (\d+) \|$", TEXT, re.MULTILINE))
    assert {state: int(number) for state, number in told.items()} == dict(counts)
