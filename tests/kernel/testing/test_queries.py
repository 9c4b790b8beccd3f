"""The committed query counts."""

from pathlib import Path

import pytest

from kernel.accounts.models import Role, User
from kernel.tenancy.state import RegionState
from kernel.testing.queries import REFRESH, assert_query_count


def test_a_count_is_written_when_asked_for_and_compared_afterwards(
    manado: RegionState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = tmp_path / "counts.json"
    monkeypatch.setenv(REFRESH, "1")
    assert_query_count("accounts.users", lambda: list(User.objects.all()), file=counts)
    monkeypatch.delenv(REFRESH)
    assert assert_query_count("accounts.users", User.objects.count, file=counts) == 0


def test_one_query_more_fails_and_is_shown(manado: RegionState, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    counts.write_text('{"accounts.users": 1}')
    with pytest.raises(AssertionError, match=r"2 queries, committed are 1[\s\S]*accounts_role"):
        assert_query_count("accounts.users", lambda: (User.objects.count(), Role.objects.count()), file=counts)


def test_an_unknown_name_fails(manado: RegionState, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="committed are none"):
        assert_query_count("accounts.nothing", User.objects.count, file=tmp_path / "counts.json")
