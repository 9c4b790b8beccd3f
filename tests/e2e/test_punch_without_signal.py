"""Punches on a phone whose network is really cut, with the real platform behind it (K1, K2, K3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Playwright, expect

from tests.cast import PASSWORD
from tests.e2e.browsing import WORK_MS
from tests.e2e.handset import Handset, expect_count, expect_sent, tap
from tests.e2e.live import Live
from tests.e2e.small_office import CODE, ZONE

SIX = 6
# Bytes, compressed and with their heads.
FIRST_VISIT, NEXT_VISIT = 60_000, 15_000
HALF_AN_HOUR = timedelta(minutes=30)
LOOK_MS = 500
# A time mark may be off by half of what its answer took to come.
SLACK = timedelta(seconds=20)


@pytest.fixture
def selfies_wanted(office: Live) -> Iterator[None]:
    """While the region wants a picture with each punch."""
    tell = "from tests.e2e.small_office import want_selfies; want_selfies({!r})"
    office.manage("shell", "--no-imports", "-c", tell.format("always"))
    yield
    office.manage("shell", "--no-imports", "-c", tell.format("off"))


@pytest.fixture
def ani(newcomers: Iterator[str]) -> str:
    return next(newcomers)


@pytest.fixture
def budi(newcomers: Iterator[str]) -> str:
    return next(newcomers)


@pytest.fixture
def monday() -> date:
    """The next Monday: nobody has punched on it, and the calendar of the region reaches it."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def phone(office: Live, playwright: Playwright, tmp_path: Path, monday: date) -> Iterator[Handset]:
    """Switched off, on Monday at 07.20."""
    handset = Handset(playwright, office, CODE, tmp_path / "profile", at(monday, "07:20"))
    yield handset
    handset.end()


@pytest.fixture
def stored(office: Live) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """`stored()`: the punches that the platform holds since the test began, in the order of their time."""
    with office.sql(CODE) as cursor:
        before = {row[0] for row in cursor.execute("SELECT id FROM punches_punch").fetchall()}

        def ask() -> list[dict[str, Any]]:
            found = cursor.execute("SELECT * FROM punches_punch ORDER BY captured_at").fetchall()
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in found]
            return [row for row in rows if row["id"] not in before]

        yield ask


def at(day: date, wall: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(wall), tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@dataclass(frozen=True)
class Span:
    """From one moment of the platform's time to another: what a busy machine took for a tap is no fault of a clock."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.begin - SLACK <= moment <= self.end + SLACK


def tap_at(phone: Handset, page: Page, moment: datetime) -> Span:
    """Let time go by until well within this minute, and tap: when that was."""
    phone.wait_until(moment + SLACK)
    begin = phone.time
    tap(page)
    return Span(begin, phone.time)


def test_a_punch_at_0725_without_a_network_counts_as_0725_when_it_is_sent_at_1210(
    phone: Handset, ani: str, monday: date, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    tapped = tap_at(phone, page, at(monday, "07:25"))
    expect(page.locator("[data-answer]")).to_contain_text("Absen tersimpan di HP")
    expect(page.locator("[data-answer]")).to_contain_text("07.25")
    expect_count(page, "saved", 1)
    phone.wait_until(at(monday, "12:10"))
    assert stored() == []
    phone.restore()
    expect_count(page, "accepted", 1)
    [punch] = stored()
    assert tapped.holds(punch["captured_at"])
    assert at(monday, "12:10") <= punch["received_at"] <= phone.time
    assert (punch["state"], punch["grade"], punch["kind"]) == ("accepted", "A", "in")
    assert "offline" in punch["reasons"]
    row = page.locator("[data-rows] li").first
    expect(row).to_contain_text("07.25")
    expect(row).to_contain_text(f"bukti nomor {punch['receipt']}")


def test_it_counts_too_when_the_phone_was_switched_off_in_between(
    phone: Handset, ani: str, monday: date, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    page.goto(phone.site + "/absen/")
    expect(page.get_by_text("Halaman ini terbuka dari HP")).to_be_visible()
    tapped = tap_at(phone, page, at(monday, "07:25"))
    phone.switch_off()
    phone.wait_until(at(monday, "12:10"))
    # On again, and still without a network: the app opens and shows what it holds.
    phone.start().set_offline(True)
    page = phone.open()
    expect_count(page, "saved", 1)
    phone.restore()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_sent(page)
    [punch] = stored()
    assert tapped.holds(punch["captured_at"])
    assert (punch["state"], punch["grade"]) == ("accepted", "B")
    assert "offline" in punch["reasons"]


@pytest.mark.parametrize("wrong", [HALF_AN_HOUR, -HALF_AN_HOUR], ids=["ahead", "behind"])
def test_a_clock_that_is_half_an_hour_wrong_is_put_right(
    phone: Handset, ani: str, monday: date, wrong: timedelta, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    phone.wrong = wrong
    page = phone.log_in(ani, PASSWORD)
    expect(page.get_by_text("Jam HP tidak tepat")).to_be_visible()
    phone.cut()
    tapped = tap_at(phone, page, at(monday, "07:25"))
    expect(page.locator("[data-answer]")).to_contain_text("07.25")
    phone.wait_until(at(monday, "08:25"))
    phone.restore()
    expect_sent(page)
    [punch] = stored()
    assert tapped.holds(punch["captured_at"])
    assert tapped.holds(punch["claimed_at"] - wrong)
    assert "clock_corrected" in punch["reasons"]


@pytest.mark.parametrize("wrong", [HALF_AN_HOUR, -HALF_AN_HOUR], ids=["ahead", "behind"])
def test_a_clock_that_is_turned_before_the_punch_changes_nothing(
    phone: Handset, ani: str, monday: date, wrong: timedelta, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    phone.set_clock_wrong(wrong)
    tapped = tap_at(phone, page, at(monday, "07:25"))
    phone.set_clock_wrong(timedelta())
    phone.wait_until(at(monday, "08:25"))
    phone.restore()
    expect_sent(page)
    [punch] = stored()
    assert tapped.holds(punch["captured_at"])
    assert "clock_corrected" in punch["reasons"]


@pytest.mark.parametrize("wrong", [HALF_AN_HOUR, -HALF_AN_HOUR], ids=["ahead", "behind"])
def test_a_wrong_clock_of_a_phone_that_was_off_is_corrected_and_looked_at(
    phone: Handset, ani: str, monday: date, wrong: timedelta, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    phone.wrong = wrong
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    page.goto(phone.site + "/absen/")
    tapped = tap_at(phone, page, at(monday, "07:25"))
    phone.switch_off()
    phone.wait_until(at(monday, "08:25"))
    phone.gate.open()
    page = phone.open()
    expect_count(page, "review", 1)
    [punch] = stored()
    assert tapped.holds(punch["captured_at"])
    assert (punch["state"], punch["grade"]) == ("review", "C")


def test_three_days_without_a_network_from_two_tabs_sent_three_times_are_six_punches(
    phone: Handset, ani: str, monday: date, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    first = phone.log_in(ani, PASSWORD)
    second = phone.open()
    phone.cut()
    taps = []
    for day in (monday + timedelta(days=n) for n in range(3)):
        taps.append(tap_at(phone, first, at(day, "07:25")))
        taps.append(tap_at(phone, second, at(day, "16:00")))
    phone.wait_until(at(monday + timedelta(days=3), "07:20"))
    expect_count(first, "saved", SIX)
    expect_count(second, "saved", SIX)
    phone.restore()
    for page in (first, second):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    for page in (first, second):
        expect_sent(page)
    once = stored()
    assert [punch["kind"] for punch in once] == ["in", "out"] * 3
    assert all(tapped.holds(punch["captured_at"]) for punch, tapped in zip(once, taps, strict=True))
    assert len({punch["receipt"] for punch in once}) == SIX
    told = [send_again(page, envelope) for page in (first, second) for envelope in list(phone.envelopes)]
    assert told
    assert {state for states in told for state in states} == {"duplicate"}
    assert stored() == once


def send_again(page: Any, envelope: str) -> list[str]:
    answers: list[str] = page.evaluate(
        """async (body) => {
            const headers = { "Content-Type": "application/json" };
            const answer = await fetch("/absen/kirim/", { method: "POST", body, headers });
            return (await answer.json()).answers.map(({ state }) => state);
        }""",
        envelope,
    )
    return answers


def test_somebody_else_on_the_phone_neither_sees_nor_sends_what_waits(
    phone: Handset, ani: str, budi: str, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    tap(page)
    expect_count(page, "saved", 1)
    phone.leave(page)
    expect(page.get_by_text("Belum ada yang masuk di HP ini")).to_be_visible()
    phone.restore()
    # The platform has not heard of it: no page comes with her session all the same.
    page = phone.open("/absen/")
    expect(page.get_by_label("NIP")).to_be_visible()
    page = phone.log_in(budi, PASSWORD)
    tap(page)
    expect_count(page, "accepted", 1)
    expect_count(page, "saved", 0)
    expect(page.locator("[data-rows] li")).to_have_count(1)
    [budis] = stored()
    phone.log_out(page)
    page = phone.log_in(ani, PASSWORD)
    expect_count(page, "accepted", 1)
    assert len({punch["employee_id"] for punch in stored()} - {budis["employee_id"]}) == 1


def test_an_expired_session_keeps_nothing_back(
    phone: Handset, ani: str, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    tap(page)
    expect_count(page, "saved", 1)
    phone.context.clear_cookies()  # type: ignore[union-attr]
    phone.restore()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_count(page, "accepted", 1)
    assert len(stored()) == 1


def test_the_worker_sends_when_the_page_cannot(
    phone: Handset, ani: str, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    """Background Sync, by the machine's own clock."""
    phone.keep_time(timedelta())
    phone.start(sends_by_itself=True)
    page = phone.log_in(ani, PASSWORD)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('this page reaches nobody')); }")
    tap(page)
    expect_count(page, "accepted", 1)
    assert len(stored()) == 1


def test_a_selfie_without_a_network_survives_a_restart_and_goes_after_its_punch(
    phone: Handset,
    ani: str,
    monday: date,
    office: Live,
    selfies_wanted: None,
    stored: Callable[[], list[dict[str, Any]]],
) -> None:
    page = phone.log_in(ani, PASSWORD)
    phone.cut()
    page.goto(phone.site + "/absen/")
    tapped = tap_at(phone, page, at(monday, "07:25"))
    page.locator("[data-selfie-file]").set_input_files(photo())
    expect(page.locator("[data-selfie-rows]").get_by_text("swafoto di HP")).to_be_visible()
    phone.switch_off()
    phone.wait_until(at(monday, "12:10"))
    phone.gate.open()
    page = phone.open()
    expect(page.locator("[data-selfie-rows]").get_by_text("terkirim")).to_be_visible()
    [punch] = stored()
    assert tapped.holds(punch["captured_at"])
    with office.sql(CODE) as cursor:
        for _ in range(WORK_MS // LOOK_MS):
            kept = cursor.execute("SELECT punch_id, state FROM punch_review_selfie").fetchall()
            if kept and kept[0][1] != "waiting":
                break
            page.wait_for_timeout(LOOK_MS)
    assert kept == [(punch["id"], "kept")]


def photo() -> FilePayload:
    """As the phone's camera gives it."""
    out = BytesIO()
    Image.new("RGB", (1200, 1600), "teal").save(out, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_the_app_weighs_little_and_next_to_nothing_the_next_time(phone: Handset, ani: str) -> None:
    """Everything that comes over the wire: log-in, page, modules, the worker and what it keeps."""
    phone.log_in(ani, PASSWORD)
    first = phone.gate.received
    assert first < FIRST_VISIT, first
    page = phone.open()
    tap(page)
    expect_count(page, "accepted", 1)
    assert phone.gate.received - first < NEXT_VISIT, phone.gate.received - first
