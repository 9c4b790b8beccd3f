"""Many values as one array parameter."""

from __future__ import annotations

import uuid

from kernel.accounts.models import User
from kernel.among import among_keys, among_uids
from tests.cast import Person


def test_it_finds_what_in_would_find(ani: Person, budi: Person, citra: Person) -> None:
    chosen = [ani.user, citra.user]
    by_key = User.objects.filter(among_keys("pk", [user.pk for user in chosen]))
    by_uid = User.objects.filter(among_uids("uid", [user.uid for user in chosen]))
    assert set(by_key) == set(by_uid) == set(chosen)
    assert set(User.objects.exclude(among_keys("pk", [ani.user.pk]))) >= {budi.user, citra.user}


def test_of_none_there_is_none(ani: Person) -> None:
    assert not User.objects.filter(among_keys("pk", [])).exists()
    assert not User.objects.filter(among_uids("uid", [])).exists()


def test_a_thousand_values_are_one_parameter(ani: Person) -> None:
    uids = [ani.user.uid, *(uuid.uuid4() for _ in range(1000))]
    found = User.objects.filter(among_uids("uid", uids))
    assert list(found) == [ani.user]
    assert len(found.query.sql_with_params()[1]) == 1
