"""What is asked of every page in a browser: no accessibility violation, nothing wider than the screen or too small.

Texts of JavaScript for `page.evaluate`; each gives a list of what is wrong, in words.
"""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# WCAG 2.2 AA and what axe calls best practice.
AXE: Final = """async (rules) => (await axe.run(document, {resultTypes: ["violations"], ...rules})).violations.map(
    (v) => `${v.id}: ${v.help} | ` + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)
        + " " + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? "")).join(" | "))"""
# Another theme changes colours and nothing else.
THEMED: Final = {"runOnly": ["color-contrast", "link-in-text-block"]}
# A theme that changes runs through transitions; their half-way colours are nobody's page.
SETTLED: Final = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame(); await frame();
    const ending = document.getAnimations().filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime));
    // One that is paused never ends.
    const enough = new Promise((resolve) => setTimeout(resolve, 5000));
    await Promise.race([enough, Promise.allSettled(ending.map((animation) => animation.finished))]);
}"""
TOO_WIDE: Final = """() => {
    const width = document.documentElement.clientWidth, found = document.documentElement.scrollWidth;
    if (found <= width) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(
        (e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".table-box, .scroll"));
    return [`${found} px: ` + wide.slice(-3).map((e) => e.outerHTML.slice(0, 120)).join(" | ")];
}"""
TOO_SMALL: Final = """() => [
    ...document.querySelectorAll("main button, main a.button, main summary, nav a, nav summary")
].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.height && (box.width < 24 || box.height < 24);
}).map((e) => e.outerHTML.slice(0, 120))"""


def load_axe(page: Page) -> None:
    """Bring axe into the page that is open: before AXE."""
    page.evaluate(AXE_SCRIPT)


def faults(page: Page, **rules: Any) -> list[str]:
    """What is wrong with the page that is open, as it stands at its size and in its theme."""
    load_axe(page)
    page.evaluate(SETTLED)
    return [
        *page.evaluate(AXE, rules),
        *(f"wider than the screen: {line}" for line in page.evaluate(TOO_WIDE)),
        *(f"too small to touch: {line}" for line in page.evaluate(TOO_SMALL)),
    ]
