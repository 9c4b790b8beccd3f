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

_DRESS: Final = re.compile(r"^rp\.?\s*|[\s\u00a0\u202f]|%$", re.IGNORECASE)
_DOTS: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_COMMAS: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")


# Far more than any figure of a rule set; Python refuses to read thousands of digits.
_MOST_DIGITS: Final = 30


class NotAFigure(ValueError):
    """The text is no figure, or could be two; the message is for the person."""


def write(value: object) -> str:
    """`"0.5"` as `0,5`, `"2970000"` as `2.970.000`; what is no figure stays as it is."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return number(value).replace(MINUS, "-")
    text = str(value)
    return number(Decimal(text)).replace(MINUS, "-") if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else text


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
    bare = _DRESS.sub("", text.strip())
    if _DOTS.fullmatch(bare) or _COMMAS.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", "")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= _MOST_DIGITS):
        raise NotAFigure(_("“%(text)s” bukan bilangan bulat.") % {"text": text.strip()})
    return int(bare)
