"""Figures as people write them: Indonesian first (`1.234,5`), and what an English spreadsheet gives (`1,234.5`).

A single mark before exactly three digits can be read twice: `1.250` is more than a thousand to its writer and one and a
quarter to a program. Each reader here says which of the two it takes, or refuses. No Django: the words for a refusal
are in `kernel.sheets.words`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal

# How a single mark before three digits is read.
Lone = Literal["thousands", "fraction", "refuse"]

_BEFORE: Final = re.compile(r"^rp\.?\s*", re.IGNORECASE)
_BEHIND: Final = re.compile(r"\s*%$|,-$")
# Blanks part thousands only; between other digits they would make one figure of two.
_BLANKS: Final = re.compile(r"[0-9]{1,3}(\s[0-9]{3})+([.,][0-9]{1,2})?")
_SHAPE: Final = re.compile(r"[0-9]([0-9.,]*[0-9])?")
_GROUPED: Final = {".": re.compile(r"[0-9]{1,3}(\.[0-9]{3})+"), ",": re.compile(r"[0-9]{1,3}(,[0-9]{3})+")}
# Far more than any figure that people count; Python refuses to read thousands of digits.
MOST_DIGITS: Final = 40


class NotAFigure(ValueError):
    """The text is no figure."""


class TwoFigures(NotAFigure):
    """The text can be two figures, and nothing says which."""


def read_figure(text: str, *, places: int | None = None) -> Decimal:
    """A figure from a sheet: `12,5`, `12.5`, `1.250,5`, `1.250.000`, `1 250 000`; a percent sign does not matter.

    A comma parts the fraction, `1,250` is one and a quarter, unless the figure has fewer than three places (`places`).
    Raises NotAFigure, and TwoFigures for `1.250`.
    """
    return _read(text, dot="refuse", comma="refuse" if places is not None and places < 3 else "fraction")


def read_typed(text: str) -> Decimal:
    """A figure typed into a page that itself writes `1.250` for a thousand and more. Raises NotAFigure."""
    return _read(text, dot="thousands", comma="fraction")


def read_small(text: str) -> Decimal:
    """A figure below a thousand: `1.250` is one and a quarter. Raises NotAFigure."""
    if max(text.count("."), text.count(",")) > 1:
        raise NotAFigure(text)
    return _read(text, dot="fraction", comma="fraction")


def read_money(text: str) -> Decimal:
    """Rupiah: `3660909`, `3.660.909`, `Rp 3.660.909,00`, `Rp 3.660.909,-`; nobody writes thousandths: both marks part
    thousands. Raises NotAFigure, also for a percentage.
    """
    if "%" in text:
        raise NotAFigure(text)
    return _read(text, dot="thousands", comma="thousands")


def read_rupiah(text: str) -> Decimal:
    """Whole rupiah as `read_money` reads them. Raises NotAFigure, also for a part of a rupiah."""
    amount = read_money(text)
    if amount != amount.to_integral_value():
        raise NotAFigure(text)
    return amount.quantize(Decimal(1))


def _read(text: str, *, dot: Lone, comma: Lone) -> Decimal:
    bare = _BEHIND.sub("", _BEFORE.sub("", text.strip()))
    sign = "-" if bare.startswith(("-", "\N{MINUS SIGN}")) else ""
    digits = bare[1:].lstrip() if sign else bare
    if _BLANKS.fullmatch(digits):
        digits = "".join(digits.split())
    if len(digits) > MOST_DIGITS or not _SHAPE.fullmatch(digits):
        raise NotAFigure(text)
    marks = {mark: digits.count(mark) for mark in ".," if mark in digits}
    if len(marks) == 2:
        thousands, fraction = sorted(marks, key=digits.rindex)
        whole, _mark, rest = digits.partition(fraction)
        if not (_GROUPED[thousands].fullmatch(whole) and rest.isdigit()):
            raise NotAFigure(text)
        return Decimal(f"{sign}{whole.replace(thousands, '')}.{rest}")
    if not marks:
        return Decimal(sign + digits)
    mark, count = next(iter(marks.items()))
    # No figure of thousands begins with a zero, so `0.250` is a fraction.
    is_grouped = bool(_GROUPED[mark].fullmatch(digits)) and not digits.startswith("0")
    if count > 1 and not is_grouped:
        raise NotAFigure(text)
    how = dot if mark == "." else comma
    if count > 1 or (is_grouped and how == "thousands"):
        return Decimal(sign + digits.replace(mark, ""))
    if is_grouped and how == "refuse":
        raise TwoFigures(text)
    return Decimal(sign + digits.replace(mark, "."))
