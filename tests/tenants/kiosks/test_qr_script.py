"""The QR code that a phone draws by itself is the one that segno, an encoder of other people, draws."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import segno
from playwright.sync_api import Error, Page

from tests.served_pages import SITE, browsing

pytestmark = pytest.mark.e2e

ROWS = """async ([text, options]) => {
    const { qrRows } = await import("/static/kiosks/qr.js");
    return qrRows(text, options);
}"""
# How many bytes fill a code of this version and level. Filled to the last byte, because segno puts a byte of zeros
# between the end of a text of bytes and the filling, which ISO/IEC 18004 does not know and no reader minds.
FULL = {
    "L": {1: 17, 2: 32, 5: 106, 9: 230, 10: 271, 14: 458, 20: 858, 25: 1273},
    "M": {1: 14, 5: 84, 9: 180, 10: 213, 14: 362, 20: 666, 25: 997},
}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browsing({"/": "<!doctype html><title>QR</title>"}) as opened:
        opened.goto(f"{SITE}/")
        yield opened


def by_segno(text: str, version: int, level: str, mask: int) -> list[list[int]]:
    code = segno.make(text, version=version, error=level, mask=mask, boost_error=False, micro=False)
    return [list(row) for row in code.matrix]


@pytest.mark.parametrize("level", ["L", "M"])
@pytest.mark.parametrize("version", range(1, 26))
def test_every_version_and_level_is_drawn_alike(page: Page, version: int, level: str) -> None:
    text = "KD1:7"
    mask = version % 8
    own = page.evaluate(ROWS, [text, {"version": version, "level": level, "mask": mask}])
    assert own == by_segno(text, version, level, mask)


@pytest.mark.parametrize("mask", range(8))
def test_every_mask_is_laid_alike(page: Page, mask: int) -> None:
    assert page.evaluate(ROWS, ["APEL", {"version": 8, "mask": mask}]) == by_segno("APEL", 8, "M", mask)


@pytest.mark.parametrize(("level", "version"), [(level, version) for level in FULL for version in FULL[level]])
def test_a_text_of_bytes_is_laid_alike_and_into_the_smallest_code_that_holds_it(
    page: Page, level: str, version: int
) -> None:
    # Small letters are not in the narrow alphabet.
    text = ("apel-" * 300)[: FULL[level][version]]
    assert page.evaluate(ROWS, [text, {"level": level, "mask": 3}]) == by_segno(text, version, level, 3)
    if version < 25:
        more = page.evaluate(ROWS, [text + "x", {"level": level}])
        assert (len(more) - 17) // 4 == version + 1


@pytest.mark.parametrize("text", ["K", "KD1:" + "A9$" * 40, "KD1:" + "A9$" * 200, "Z" * 1450])
def test_the_narrow_alphabet_takes_less_room_and_the_mask_that_reads_best_is_chosen(page: Page, text: str) -> None:
    own = page.evaluate(ROWS, [text, {"level": "L"}])
    best = segno.make(text, error="L", boost_error=False, micro=False)
    assert own == [list(row) for row in best.matrix]


def test_what_no_code_holds_is_said(page: Page) -> None:
    with pytest.raises(Error, match="too long"):
        page.evaluate(ROWS, ["x" * 1300, {"level": "L"}])
