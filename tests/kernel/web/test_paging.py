"""Keyset pages over a real table."""

import base64
import datetime as dt
import json

import pytest
from django.core.exceptions import BadRequest

from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from kernel.web.paging import Page, page_of

DAYS = [dt.datetime(2026, 11, day, 1, 2, 3, 456789, tzinfo=dt.UTC) for day in (1, 2, 2, 2, 3, 4, 5)]


@pytest.fixture
def people(manado: RegionState) -> list[User]:
    User.objects.all().delete()
    return [
        User.objects.create(login=f"p{number}", display_name=f"P{number}", created_at=day)
        for number, day in enumerate(DAYS)
    ]


def walk(order: tuple[str, ...], size: int) -> list[Page[User]]:
    pages = [page_of(User.objects.all(), order=order, size=size)]
    while pages[-1].next:
        pages.append(page_of(User.objects.all(), order=order, cursor=pages[-1].next, size=size))
    return pages


@pytest.mark.parametrize("order", [("-created_at", "-id"), ("created_at", "id"), ("-created_at", "login"), ("login",)])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 25])
def test_the_pages_hold_every_row_once_and_in_order(people: list[User], order: tuple[str, ...], size: int) -> None:
    pages = walk(order, size)
    found = [person.pk for page in pages for person in page]
    assert found == list(User.objects.order_by(*order).values_list("pk", flat=True))
    assert [page.is_first for page in pages] == [True] + [False] * (len(pages) - 1)


def test_a_row_that_comes_in_between_moves_nothing(people: list[User]) -> None:
    first = page_of(User.objects.all(), order=("-created_at", "-id"), size=3)
    User.objects.create(login="new", display_name="New", created_at=DAYS[-1] + dt.timedelta(days=1))
    second = page_of(User.objects.all(), order=("-created_at", "-id"), cursor=first.next, size=3)
    assert not {person.pk for person in first} & {person.pk for person in second}


def test_the_last_page_leads_nowhere(people: list[User]) -> None:
    assert page_of(User.objects.all(), order=("id",), size=len(people)).next == ""


def made(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "abc",
        "é",
        made({"a": 1}),
        made([1]),
        made([1, 2, 3]),
        made([None, 1]),
        made(["yesterday", 1]),
        made([[], 1]),
    ],
)
def test_a_cursor_that_nobody_made_is_refused(manado: RegionState, cursor: str) -> None:
    with pytest.raises(BadRequest):
        page_of(User.objects.all(), order=("-created_at", "-id"), cursor=cursor)
