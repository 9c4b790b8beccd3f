"""The cache: keys of each region, and a Redis that is away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from kernel.tenancy.context import control_scope, no_scope, region_scope
from kernel.tenancy.errors import NoRegion
from kernel.tenancy.state import RegionState
from tests.cast import PASSWORD, Person


def test_two_regions_and_the_operators_do_not_share_an_entry(manado: RegionState, banjarmasin: RegionState) -> None:
    cache.set("profile", "manado")
    with region_scope(banjarmasin):
        assert cache.get("profile") is None
        cache.set("profile", "banjarmasin")
    with control_scope():
        assert cache.get("profile") is None
    assert cache.get("profile") == "manado"


def test_without_a_scope_nothing_is_cached(manado: RegionState) -> None:
    with no_scope():
        for work in (lambda: cache.get("x"), lambda: cache.set("x", 1), lambda: cache.delete("x")):
            with pytest.raises(NoRegion):
                work()


def test_a_redis_that_is_away_means_not_cached(manado: RegionState, redis_away: None) -> None:
    cache.set("profile", "manado")
    assert cache.get("profile", "nothing") == "nothing"
    assert cache.add("profile", "manado")
    assert not cache.delete("profile")
    assert "profile" not in cache
    assert not cache.touch("profile")
    assert cache.get_many(["profile"]) == {}
    assert cache.set_many({"profile": 1}) == ["profile"]
    cache.delete_many(["profile"])
    with pytest.raises(ValueError, match="not found"):
        cache.incr("profile")


def test_people_sign_in_and_work_while_redis_is_away(
    ani: Person, signed_in: Callable[..., Client], redis_away: None
) -> None:
    client = signed_in(None)
    assert client.post("/masuk/", {"login": ani.user.login, "password": PASSWORD}).status_code == 302
    assert client.get("/sandi/ganti/").status_code == 200
