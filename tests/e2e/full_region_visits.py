"""What the tests of the full region share: its facts, and what a refusal must look like."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.browsing import Visitor
from tests.e2e.full_region import CODE
from tests.e2e.live import Live
from tests.e2e.the_month import quiet_zone


@dataclass(frozen=True)
class FullRegion:
    """`month` is the computed one before this, as YYYY-MM; `hours` are those of its zone ahead of UTC."""

    live: Live
    password: str
    month: str
    hours: int
    code: str

    @classmethod
    def set_up(cls, live: Live, code: str = CODE) -> FullRegion:
        """Lay a region down in the running platform."""
        zone, hours = quiet_zone(datetime.now(UTC))
        call = f"from tests.e2e.full_region import set_up; set_up({zone!r}, {code!r})"
        facts = json.loads(live.manage("shell", "--no-imports", "-c", call).strip().splitlines()[-1])
        return cls(live, facts["password"], facts["month"], hours, code)

    @property
    def today(self) -> date:
        return (datetime.now(UTC) + timedelta(hours=self.hours)).date()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query says in the region's schema, asked beside the application."""
        with self.live.sql(self.code) as cursor:
            return cursor.execute(query.encode(), values).fetchall()


def press_and_be_refused(visitor: Visitor, button: str, field: Locator, words: str) -> None:
    """The page comes back with the field marked as wrong, and what the field is described by says why."""
    with visitor.allow_errors("422"):
        visitor.page.get_by_role("button", name=button, exact=True).click()
        expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(words)))


def find_closed(visitor: Visitor, *paths: str) -> None:
    """None of these pages opens for this person."""
    with visitor.allow_errors("403"):
        for path in paths:
            visitor.open(path, status=403)
