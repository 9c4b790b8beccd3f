"""The map of a place in a real browser: what is drawn stands in the fields, and what is typed is drawn."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from kernel.accounts.models import User
from tests.cast import Office
from tests.served_pages import SITE, browsing
from tests.tenants.places.spots import make_spot

pytestmark = pytest.mark.e2e

ADDRESS = reverse("places-new", urlconf="config.urls_region")


def tap(page: Page, across: int, down: int) -> None:
    """A tap on the map, so many pixels from its corner."""
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + across, box["y"] + down)


def degrees(page: Page, name: str) -> Decimal:
    return Decimal(page.input_value(f"[name={name}]"))


@pytest.fixture
def form(signed_in: Callable[..., Client], with_role: Callable[..., User], office: Office) -> str:
    """The page of a new place; another one is there already, so that the map shows where it is."""
    bkpsdm = with_role("bkpsdm")
    make_spot(bkpsdm)
    return signed_in(bkpsdm).get(ADDRESS).content.decode()


def test_a_place_is_drawn_without_tiles_and_without_inline_style(form: str) -> None:
    with browsing({ADDRESS: form}) as page:
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(SITE + ADDRESS)
        page.locator(".map-grid").first.wait_for()
        tap(page, 200, 150)
        first = degrees(page, "latitude"), degrees(page, "longitude")
        assert abs(first[0] - Decimal("1.4748")) < Decimal("0.01")
        tap(page, 300, 150)
        assert (degrees(page, "latitude"), degrees(page, "longitude") > first[1]) == (first[0], True)
        page.check("[name=shape][value=area]")
        for across, down in ((100, 100), (300, 100), (200, 220)):
            tap(page, across, down)
        corners = [line.split(", ") for line in page.input_value("[name=corners]").splitlines()]
        assert len(corners) == 3
        assert corners[0][0] == corners[1][0]
        assert page.locator(".map-handle").count() == 3
        assert said == []


def test_what_is_typed_is_drawn(form: str) -> None:
    with browsing({ADDRESS: form}) as page:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(SITE + ADDRESS)
        page.locator(".map-grid").first.wait_for()
        assert page.locator(".map-handle").count() == 0
        page.fill("[name=latitude]", "1,4750")
        page.fill("[name=longitude]", "124.8425")
        page.locator("[name=longitude]").blur()
        page.locator(".map-handle").wait_for()
        assert page.locator(".map-shape--own").count() == 1
