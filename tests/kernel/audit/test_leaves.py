"""The digest of an audit entry stays what it is for ever: seals made today must hold in ten years."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from kernel.audit.leaves import COLUMNS, index_of, leaf, root_and_index
from kernel.audit.models import AuditEvent

# The worked example of docs/security/audit-seals.md.
ROW: tuple[Any, ...] = (
    *(41, 1, datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8))), "tpp.run_started", "user"),
    *(UUID(int=7), "Kepala Bidang", "tpp.monthrun", None, "November 2026", {}, {"pegawai": 312}, "", "", "203.0.113.7"),
)
LEAF = "34ec7496b435945cbfb4e25b4c745cb34d3629497a996cdb55939f0e1fa88204"


def test_an_entry_has_the_digest_that_the_documentation_works_out() -> None:
    assert leaf(ROW).hex() == LEAF


def test_the_same_instant_in_another_zone_is_the_same_entry() -> None:
    moved = (*ROW[:2], ROW[2].astimezone(timezone(timedelta(0))), *ROW[3:])
    assert leaf(moved).hex() == LEAF


@pytest.mark.parametrize("place", range(len(COLUMNS)))
def test_every_column_counts(place: int) -> None:
    changed = (*ROW[:place], "another", *ROW[place + 1 :])
    assert leaf(changed).hex() != LEAF


def test_no_column_of_an_entry_is_left_out() -> None:
    assert set(COLUMNS) == {field.attname for field in AuditEvent._meta.concrete_fields}


def test_an_index_gives_back_what_it_was_made_of() -> None:
    other = (42, *ROW[1:])
    root, index = root_and_index([ROW, other])
    assert root != root_and_index([other, ROW])[0]
    assert index_of(index) == {41: bytes.fromhex(LEAF)[:8], 42: leaf(other)[:8]}
