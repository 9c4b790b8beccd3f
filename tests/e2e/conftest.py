"""The browser tests' ground: one live platform and one browser for a test process, and the month played in it once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize

from infra.local.browser import find_browser
from tests.e2e.browsing import DESK, Findings, Visitor, describe
from tests.e2e.full_region_visits import FullRegion
from tests.e2e.live import Live, start_live
from tests.e2e.small_office import NIPS
from tests.e2e.the_money import Money
from tests.e2e.the_month import REGION, Month
from tests.one_playwright import one_playwright

GROUP = "browser"
HERE = Path(__file__).parent
VISITORS = pytest.StashKey[list[Visitor]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them in one process: they share the live platform and the month in it.

    They come last: the platform's browser stays, and its event loop keeps the database from tests that render pages
    and then look at them in a browser.
    """
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group(GROUP))
    items.sort(key=lambda item: item.path.parent == HERE)


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The running platform, empty but for the operators' side."""
    with contextlib.ExitStack() as stack:
        yield start_live(stack)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; one for the process."""
    with one_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium without a window; it asks nobody but the live platform."""
    path = find_browser()
    assert path is not None, "no Chromium on this machine"
    chromium = playwright.chromium.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    )
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def month(live: Live, browser: Browser) -> Iterator[Month]:
    """The whole month, played once: what a test asks for is there afterwards."""
    played = Month(live, browser)
    played.play()
    yield played
    played.close()


@pytest.fixture
def visit(month: Month, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """`visit("name", region=..., size=...)`: somebody else, behind the month. What they find fails the test."""
    findings = Findings()
    made: list[Visitor] = []
    request.node.stash[VISITORS] = made

    def make(name: str, *, region: str | None = REGION, size: ViewportSize = DESK) -> Visitor:
        made.append(Visitor(month.live, month.browser, findings, region, size, name))
        return made[-1]

    yield make
    for visitor in made:
        visitor.close()
    assert findings.all() == [], "\n".join(findings.all())


@pytest.fixture(scope="session")
def office(live: Live) -> Live:
    """The platform with a region of one office in it, full of people who have no phone yet (`small_office`)."""
    live.manage("shell", "--no-imports", "-c", "from tests.e2e.small_office import set_up; set_up()")
    return live


@pytest.fixture(scope="session")
def newcomers() -> Iterator[str]:
    """`next(newcomers)`: the NIP of somebody in the small office who has no phone."""
    return iter(NIPS)


@pytest.fixture(scope="session")
def full_region(live: Live) -> FullRegion:
    """A second region, with all kinds of officials and the month before computed (`full_region.set_up`)."""
    return FullRegion.set_up(live)


@pytest.fixture(scope="session")
def money(live: Live, browser: Browser) -> Iterator[Money]:
    """A month's money, played once: what a test asks for is there afterwards."""
    played = Money.begin(live, browser)
    played.play()
    yield played
    played.close()


@pytest.fixture
def arrive(
    full_region: FullRegion, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """`arrive(NIP, size=...)`: that person of the full region, signed in. What they find fails the test."""
    findings = Findings()
    made: list[Visitor] = []
    request.node.stash[VISITORS] = made

    def make(nip: str, *, size: ViewportSize = DESK) -> Visitor:
        visitor = Visitor(full_region.live, browser, findings, full_region.code, size, nip)
        made.append(visitor)
        visitor.log_in(nip, full_region.password)
        return visitor

    yield make
    for visitor in made:
        visitor.close()
    assert findings.all() == [], "\n".join(findings.all())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test says what its visitors saw."""
    report = yield
    if report.when == "call" and report.failed:
        for visitor in item.stash.get(VISITORS, []):
            report.sections.append(("browser", describe(visitor)))
    return report
