"""New punches are seen once each, in whatever order the transactions that brought them end."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import connection

from tenants.attendance.arrivals import Position, has_news, look

SCHEMA = "late_commits"


class Desk:
    """Real sessions beside each other on tables of their own, and a look at what they brought."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters
        self.watcher = self.session()
        self.watcher.autocommit = True
        self.position = Position()
        self.seen: list[int] = []

    def session(self) -> psycopg.Connection:
        return psycopg.connect(**self.parameters, options=f"-c search_path={SCHEMA}")

    def look(self, most: int = 100) -> list[int]:
        with self.watcher.cursor() as cursor:
            new, self.position = look(cursor, self.position, most)
        self.seen += [punch.receipt for punch in new]
        return [punch.receipt for punch in new]

    def has_news(self) -> bool:
        with self.watcher.cursor() as cursor:
            cursor.execute(
                "INSERT INTO attendance_punchfollowing VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET floor = %s",
                (self.position.floor, self.position.floor),
            )
            return has_news(cursor)


def insert(session: psycopg.Connection) -> int:
    row = session.execute("INSERT INTO punches_punch VALUES (DEFAULT, 1, 'in', now()) RETURNING receipt").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    parameters = connection.get_connection_params()
    wanted = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    with psycopg.connect(**wanted, autocommit=True) as owner:
        owner.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        owner.execute(f"CREATE SCHEMA {SCHEMA}")
        owner.execute(f"SET search_path = {SCHEMA}")
        owner.execute("CREATE SEQUENCE punch_receipt")
        owner.execute(
            "CREATE TABLE punches_punch (receipt bigint DEFAULT nextval('punch_receipt'), employee_id bigint,"
            " kind text, captured_at timestamptz)"
        )
        owner.execute("CREATE TABLE attendance_punchfollowing (id int PRIMARY KEY, floor bigint)")
        made = Desk(wanted)
        yield made
        made.watcher.close()
        owner.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def test_a_punch_whose_transaction_ends_late_is_taken_though_later_ones_were(desk: Desk) -> None:
    slow, quick = desk.session(), desk.session()
    early = insert(slow)
    late = insert(quick)
    quick.commit()
    assert desk.look() == [late]
    for _ in range(5):
        assert desk.look() == []
    assert desk.position.floor < early
    slow.commit()
    assert desk.look() == [early]
    assert desk.look() == []
    assert desk.seen == [late, early]
    assert desk.position == Position(floor=late, high=late, taken=[], fence=[])
    slow.close()
    quick.close()


def test_a_number_that_was_given_out_for_nothing_holds_nobody_up(desk: Desk) -> None:
    session = desk.session()
    assert not desk.has_news()
    insert(session)
    session.rollback()
    assert desk.has_news()
    assert desk.look() == []
    assert not desk.has_news()
    insert(session)
    session.commit()
    assert desk.has_news()
    assert desk.look() == [2]
    session.close()


@pytest.mark.parametrize("seed", range(6))
def test_each_committed_punch_is_taken_exactly_once_whatever_the_order(desk: Desk, seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    sessions = [desk.session() for _ in range(4)]
    under_way: dict[int, list[int]] = {place: [] for place in range(4)}
    stored: list[int] = []
    for _ in range(150):
        place = chance.randrange(4)
        step = chance.random()
        if step < 0.5:
            under_way[place].append(insert(sessions[place]))
        elif step < 0.7:
            sessions[place].commit()
            stored += under_way.pop(place)
            under_way[place] = []
        elif step < 0.75:
            sessions[place].rollback()
            under_way[place] = []
        else:
            desk.look(most=chance.choice([1, 2, 50]))
    for place, session in enumerate(sessions):
        session.commit()
        stored += under_way[place]
        session.close()
    for _ in range(len(stored) + 5):
        desk.look()
    assert sorted(desk.seen) == sorted(stored)
    assert not desk.has_news()
