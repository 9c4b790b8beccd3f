"""The roster grid in a real browser: painting with mouse and keyboard, undo, and what was not kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, expect

from kernel.accounts.models import User
from tenants.calendars.models import WorkPattern
from tests.cast import Office, Person
from tests.served_pages import SITE, browsing
from tests.tenants.calendars.test_roster import MONTH, shifts

__all__ = ["shifts"]
pytestmark = pytest.mark.e2e


@contextmanager
def grid(html: str, *, refuses: bool = False) -> Iterator[tuple[Page, list[dict[str, Any]]]]:
    """The page, and what it sent, oldest first. Every cell is kept as it was sent, unless the server `refuses`."""
    sent: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        sent.append(asked)
        if refuses:
            route.fulfill(status=409, json={"detail": "Bulan itu sudah dikunci."})
            return
        told = [
            {
                "date": one["date"],
                "value": one["value"],
                "text": one["value"].strip("-"),
                "hint": "Pagi",
                "draft": True,
                "problem": "dua sif bersambung" if one["value"] == "M" else "",
            }
            for one in asked["cells"]
        ]
        rows = [{"person": asked["cells"][0]["person"], "hours": 7 * len(told), "problems": 0, "cells": told}]
        route.fulfill(json={"rows": rows})

    with browsing({"/kalender/jadwal/": html}) as page:
        page.route("**/kalender/jadwal/sel/", answer)
        page.goto(f"{SITE}/kalender/jadwal/")
        yield page, sent


@pytest.fixture
def html(
    office: Office,
    ani: Person,
    shifts: WorkPattern,
    with_role: Callable[..., User],
    signed_in: Callable[..., Client],
) -> str:
    client = signed_in(with_role("operator_opd", opd=office.opd))
    return client.get(f"/kalender/jadwal/?unit={office.unit.uid}&bulan={MONTH}").content.decode()


def test_a_stroke_of_the_mouse_is_one_change_and_is_undone_at_once(html: str) -> None:
    with grid(html) as (page, sent):
        cells = page.locator("[data-person]", has_text="Ani").locator("[data-date]")
        page.locator("label.brush", has_text="S").first.click()
        cells.nth(0).scroll_into_view_if_needed()
        first, third = cells.nth(0).bounding_box(), cells.nth(2).bounding_box()
        assert first is not None
        assert third is not None
        page.mouse.move(first["x"] + 5, first["y"] + 5)
        page.mouse.down()
        page.mouse.move(third["x"] + 5, third["y"] + 5, steps=12)
        page.mouse.up()
        expect(cells.nth(2)).to_have_text("S")
        expect(page.locator("[data-drafts]")).to_have_text("3")
        assert [[cell["value"] for cell in body["cells"]] for body in sent] == [["S", "S", "S"]]
        page.locator("[data-undo]").click()
        expect(cells.nth(0)).to_have_text("")
        expect(page.locator("[data-undo]")).to_be_disabled()
        page.wait_for_function("document.querySelector('#live')?.textContent.includes('Dibatalkan')")
        assert [cell["value"] for cell in sent[1]["cells"]] == ["", "", ""]


def test_the_keyboard_paints_moves_and_takes_back(html: str) -> None:
    with grid(html) as (page, sent):
        cells = page.locator("[data-person]", has_text="Ani").locator("[data-date]")
        cells.first.focus()
        page.keyboard.press("m")
        expect(cells.nth(0)).to_have_class("is-own is-draft is-wrong")
        page.keyboard.press("Shift+ArrowRight")
        expect(cells.nth(1)).to_be_focused()
        expect(cells.nth(1)).to_have_text("P")
        page.keyboard.press("Delete")
        expect(cells.nth(1)).to_have_text("")
        page.keyboard.press("Control+z")
        expect(cells.nth(1)).to_have_text("P")
        page.wait_for_function("document.querySelector('#live')?.textContent.includes('Dibatalkan')")
        assert [body["cells"][0]["value"] for body in sent] == ["M", "P", "", "P"]


def test_what_the_server_refused_does_not_stay_in_the_cell(html: str) -> None:
    with grid(html, refuses=True) as (page, _sent):
        cells = page.locator("[data-person]", has_text="Ani").locator("[data-date]")
        cells.first.focus()
        page.keyboard.press("p")
        page.wait_for_function("document.querySelector('#live')?.textContent.includes('sudah dikunci')")
        expect(cells.first).to_have_text("")
        expect(cells.first).to_have_class("")
        expect(page.locator("[data-undo]")).to_be_disabled()
