"""Exact decimal arithmetic and the named rounding policies for money and scores.

Money is ``Decimal`` from the text it was read from to the database. A ``float`` is refused wherever a figure
enters. Rounding is done by a policy with a name, once, at the step that the regulation names.
"""

from collections.abc import Callable, Mapping
from decimal import (
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from typing import Final, Literal, get_args

RoundingPolicy = Literal[
    "none",
    "half_up_rupiah",
    "truncate_rupiah",
    "floor_thousand",
    "half_up_2",
    "truncate_2",
]
ROUNDING_POLICIES: Final[tuple[RoundingPolicy, ...]] = get_args(RoundingPolicy)

# Wide enough that sums and products of rupiah, percentages and factors are exact.
PRECISION: Final = 60
ROUNDING_CONTEXT: Final = Context(prec=PRECISION, rounding=ROUND_HALF_UP)
# For calculations: sums and products stay exact, and any rounding that no policy made raises ``Inexact``.
EXACT_CONTEXT: Final = Context(prec=PRECISION, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])

_QUOTIENT_PLACES: Final = Decimal(1).scaleb(-20)
_SETTLED_PLACES: Final = Decimal(1).scaleb(-12)
_ONE: Final = Decimal(1)
_HUNDREDTH: Final = Decimal("0.01")
_THOUSAND: Final = Decimal(1000)


def exact(value: object) -> Decimal:
    """The figure as ``Decimal``, from a ``Decimal``, an ``int`` or a plain decimal text such as ``"0.68"``.

    Raises ``TypeError`` for a float, a bool or any other type, ``ValueError`` for a text that is no finite
    decimal number in plain notation.
    """
    if isinstance(value, Decimal):
        figure = value
    elif isinstance(value, bool):
        raise TypeError("a truth value is not a figure")
    elif isinstance(value, int):
        figure = Decimal(value)
    elif isinstance(value, str):
        digits = value[1:] if value.startswith("-") else value
        whole, _, fraction = digits.partition(".")
        if not (whole.isascii() and whole.isdigit()) or (
            "." in digits and not (fraction.isascii() and fraction.isdigit())
        ):
            raise ValueError(f"{value!r} is not a plain decimal number")
        figure = Decimal(value)
    else:
        raise TypeError(f"money and scores are Decimal, never {type(value).__name__}")
    if not figure.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    return figure


def decimal_text(value: Decimal) -> str:
    """The one way to write a figure in digests and stored text: no exponent, no trailing zeros, no minus zero."""
    figure = value if type(value) is Decimal else exact(value)
    # Half the price of `format(figure, "f")`, which is needed for few: a run writes 110,000 figures for 1,000 people.
    text = str(figure)
    if text.isdigit():
        return text
    if not exact(figure):
        return "0"
    if "E" in text:
        text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """``dividend / divisor`` carried to 20 decimal places, half-up. Raises ``ZeroDivisionError``."""
    if not divisor:
        raise ZeroDivisionError("division by zero")
    if type(dividend) is not Decimal or type(divisor) is not Decimal:
        dividend, divisor = exact(dividend), exact(divisor)
    return ROUNDING_CONTEXT.divide(dividend, divisor).quantize(_QUOTIENT_PLACES, context=ROUNDING_CONTEXT)


def _to_places(places: Decimal, rounding: str) -> Callable[[Decimal], Decimal]:
    def rounded(value: Decimal) -> Decimal:
        # A quotient without a finite decimal writing (99.1666...) must not fall one unit short when it is cut.
        settled = value.quantize(_SETTLED_PLACES, context=ROUNDING_CONTEXT)
        return settled.quantize(places, rounding=rounding, context=ROUNDING_CONTEXT)

    return rounded


def _floor_thousand(value: Decimal) -> Decimal:
    settled = value.quantize(_SETTLED_PLACES, context=ROUNDING_CONTEXT)
    thousands = ROUNDING_CONTEXT.divide(settled, _THOUSAND).quantize(
        _ONE, rounding=ROUND_FLOOR, context=ROUNDING_CONTEXT
    )
    return ROUNDING_CONTEXT.multiply(thousands, _THOUSAND)


def _unchanged(value: Decimal) -> Decimal:
    return value


_POLICIES: Final[Mapping[RoundingPolicy, Callable[[Decimal], Decimal]]] = {
    "none": _unchanged,
    "half_up_rupiah": _to_places(_ONE, ROUND_HALF_UP),
    "truncate_rupiah": _to_places(_ONE, ROUND_DOWN),
    "floor_thousand": _floor_thousand,
    "half_up_2": _to_places(_HUNDREDTH, ROUND_HALF_UP),
    "truncate_2": _to_places(_HUNDREDTH, ROUND_DOWN),
}


def rounded(policy: RoundingPolicy, value: Decimal) -> Decimal:
    """``value`` rounded by the named policy; half-up goes away from zero. Raises ``KeyError`` for an unknown name."""
    if type(value) is not Decimal:
        value = exact(value)
    return _POLICIES[policy](value)


def round_rupiah(value: Decimal) -> Decimal:
    """Whole rupiah, half-up: the policy of nearly every TPP list."""
    return rounded("half_up_rupiah", value)
