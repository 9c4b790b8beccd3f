"""Figures as people write them: Indonesian first (`1.234,5`), and what an English spreadsheet gives (`1,234.5`)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from kernel.figures import NotAFigure as Unreadable
from kernel.figures import read_money, read_small, read_typed
from kernel.money import decimal_text
from kernel.web.templatetags.kd import MINUS, number

# Far more than any figure of a rule set; Python refuses to read thousands of digits.
_MOST_DIGITS: Final = 30


class NotAFigure(ValueError):
    """The text is no figure, or could be two; the message is for the person."""


def write(value: object, *, small: bool = False, money: bool = False) -> str:
    """`"0.5"` as `0,5`, `"2970000"` as `2.970.000`; what is no figure stays as it is.

    `read` with the same `small` and `money` gives the figure again.
    """
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return text
    written = number(Decimal(text)).replace(MINUS, "-")
    whole, comma, fraction = written.partition(",")
    if small:
        # A dot is a decimal point here.
        whole = whole.replace(".", "")
    if money and len(fraction) == 3:
        # A comma before three digits parts thousands of rupiah.
        fraction += "0"
    return f"{whole}{comma}{fraction}"


def read(text: str, *, small: bool = False, money: bool = False) -> str:
    """The figure in plain writing (`"1234.5"`). `small`: it stays below a thousand; `money`: it is rupiah. The page
    shows at once how it was read. Raises NotAFigure."""
    reader = read_small if small else read_money if money else read_typed
    try:
        return decimal_text(reader(text))
    except Unreadable as error:
        shown = {"text": text.strip()}
        raise NotAFigure(_("“%(text)s” bukan angka. Contoh: 1.250.000 atau 0,5.") % shown) from error


def read_whole(text: str) -> int:
    """A whole number, thousands parted or not. Raises NotAFigure."""
    shown = {"text": text.strip()}
    try:
        figure = read_money(text.strip().removesuffix("%"))
    except Unreadable as error:
        raise NotAFigure(_("“%(text)s” bukan bilangan bulat.") % shown) from error
    if figure != figure.to_integral_value() or not 0 <= figure < 10**_MOST_DIGITS:
        raise NotAFigure(_("“%(text)s” bukan bilangan bulat.") % shown)
    return int(figure)
