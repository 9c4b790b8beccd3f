"""Figures as people write them: Indonesian first (`1.234,5`), and what an English spreadsheet gives (`1,234.5`)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

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
    """The figure in plain writing (`"1234.5"`). `small`: it stays below a thousand, so that `1.250` is one and a
    quarter; `money`: whole rupiah, so that both marks part thousands. Raises NotAFigure."""
    bare = _DRESS.sub("", _DRESS.sub("", text.strip()))
    sign = "-" if bare.startswith("-") else ""
    plain = _plain(bare.removeprefix("-"), small=small, money=money)
    if plain is None:
        raise NotAFigure(_("“%(text)s” bukan angka. Contoh: 1.250.000 atau 0,5.") % {"text": text.strip()})
    return decimal_text(Decimal(sign + plain))


def read_whole(text: str) -> int:
    """A whole number, thousands parted or not. Raises NotAFigure."""
    bare = _DRESS.sub("", text.strip())
    if _DOTS.fullmatch(bare) or _COMMAS.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", "")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= _MOST_DIGITS):
        raise NotAFigure(_("“%(text)s” bukan bilangan bulat.") % {"text": text.strip()})
    return int(bare)


def _plain(text: str, *, small: bool, money: bool) -> str | None:
    if not re.fullmatch(r"[0-9.,]+", text) or not text[0].isdigit() or not text[-1].isdigit():
        return None
    dots, commas = text.count("."), text.count(",")
    if not dots and not commas:
        return text
    if dots and commas:
        decimal = "," if text.rindex(",") > text.rindex(".") else "."
        thousands = "." if decimal == "," else ","
        whole, _mark, fraction = text.partition(decimal)
        grouped = (_DOTS if thousands == "." else _COMMAS).fullmatch(whole)
        return f"{whole.replace(thousands, '')}.{fraction}" if grouped and fraction.isdigit() else None
    mark = "." if dots else ","
    looks_grouped = bool((_DOTS if dots else _COMMAS).fullmatch(text))
    if looks_grouped and not small and (money or mark == "." or text.count(mark) > 1):
        return text.replace(mark, "")
    whole, _mark, fraction = text.partition(mark)
    return f"{whole}.{fraction}" if fraction.isdigit() and (small or not money or not looks_grouped) else None
