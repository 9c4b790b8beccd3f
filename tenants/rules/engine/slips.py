"""What a calculation gives: a slip whose lines add up to its totals and say why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Self

from kernel.money import EXACT_CONTEXT, ROUNDING_CONTEXT, decimal_text, exact

from .canonical import canonical_json, parse_json
from .errors import PartsDoNotAddUp

# The total a line's amount belongs to; "" is a line that explains and adds nothing.
Column = Literal["", "pagu", "gross", "tax", "contribution", "deduction", "rounding"]
Unit = Literal["rupiah", "percent", "score", "points", "factor"]

_ZERO: Final = Decimal(0)


class Line(NamedTuple):
    """One step of the calculation.

    ``unrounded`` is the result in ``unit``; ``amount`` the printed rupiah, which adds to ``column``. ``effect`` is
    what the line changed on the way from the pagu to the gross, unrounded rupiah: all effects together are gross
    less pagu, so a lateness shows its price. ``inputs`` holds counts, minutes and the days behind them.
    """

    order: int
    node_id: str
    kind: str
    stage: str
    label: str
    clause_text: str
    clause_reference: str
    unit: Unit
    unrounded: Decimal
    column: Column = ""
    amount: Decimal | None = None
    base: Decimal | None = None
    quantity: Decimal | None = None
    rate: Decimal | None = None
    effect: Decimal | None = None
    inputs: Mapping[str, Any] = MappingProxyType({})
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A gate that holds the pay back: computed, not to be paid before it is released."""

    node_id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Slip:
    """Totals in rupiah, as printed; ``net = gross - tax - contributions - deductions + rounding``.

    ``unrounded`` has the same totals before rounding (``pagu gross tax contributions deductions net``), ``criteria``
    the gross by criterion, ``figures`` every node's own result by node id (score, weight earned, factor, amount).
    ``holds`` say why the pay may not be paid yet; ``blocks_next_month`` that the next month may not be opened. A tax
    that the region pays is in ``gross`` and ``tax``, not in ``criteria``.
    """

    rule_set_code: str
    rule_set_digest: str
    facts_digest: str
    month: str
    pagu: Decimal
    gross: Decimal
    tax: Decimal
    contributions: Decimal
    deductions: Decimal
    rounding: Decimal
    net: Decimal
    unrounded: Mapping[str, Decimal]
    criteria: Mapping[str, Decimal]
    figures: Mapping[str, Decimal]
    lines: tuple[Line, ...]
    holds: tuple[Hold, ...] = ()
    blocks_next_month: bool = False

    @property
    def is_in_cents(self) -> bool:
        """Whether every printed total is one that can be paid and stored: none is finer than two decimals."""
        return all(_is_in_cents(getattr(self, name)) for name in _TOTALS)

    def line(self, node_id: str) -> Line:
        """The first line of the node. Raises ``KeyError``."""
        for line in self.lines:
            if line.node_id == node_id:
                return line
        raise KeyError(node_id)

    def to_mapping(self) -> dict[str, Any]:
        mapping = self._totals()
        mapping["lines"] = [line_to_mapping(line) for line in self.lines]
        return mapping

    def _totals(self) -> dict[str, Any]:
        """Everything but the lines."""
        mapping = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "lines"}
        # Left out where there are none: slips from before keep their digest.
        mapping["holds"] = [{name: getattr(hold, name) for name in _HOLD_FIELDS} for hold in self.holds]
        for name in ("holds", "blocks_next_month"):
            if not mapping[name]:
                del mapping[name]
        return mapping

    def to_json(self) -> str:
        """Canonical JSON: the same rule set and facts give the same bytes."""
        return self.written().text

    def written(self) -> "WrittenSlip":
        """The canonical JSON together with its parts that are stored apart, each written once."""
        inputs = [canonical_json(line.inputs) if line.inputs else "{}" for line in self.lines]
        parts = {name: canonical_json(value) for name, value in self._totals().items()}
        lines = ",".join([_line_text(line, own) for line, own in zip(self.lines, inputs, strict=True)])
        whole = sorted({**parts, "lines": f"[{lines}]"}.items())
        text = "{" + ",".join([f'"{name}":{part}' for name, part in whole]) + "}"
        return WrittenSlip(text, parts, inputs)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        mapping = parse_json(text)
        for name in _TOTALS:
            mapping[name] = exact(mapping[name])
        for name in ("unrounded", "criteria", "figures"):
            mapping[name] = {key: exact(value) for key, value in mapping[name].items()}
        mapping["lines"] = tuple(_line_from_mapping(line) for line in mapping["lines"])
        mapping["holds"] = tuple(Hold(**hold) for hold in mapping.get("holds", ()))
        return cls(**mapping)


@dataclass(frozen=True, slots=True)
class WrittenSlip:
    """A slip as canonical JSON: the whole, its fields but the lines by name (what is left out of the whole is missing),
    and each line's inputs."""

    text: str
    parts: Mapping[str, str]
    inputs: Sequence[str]


_TOTALS: Final = ("pagu", "gross", "tax", "contributions", "deductions", "rounding", "net")
_CENT: Final = Decimal("0.01")
_HOLD_FIELDS: Final = ("node_id", "label", "reason")
_LINE_FIGURES: Final = ("unrounded", "amount", "base", "quantity", "rate", "effect")
_LINE_NAMES: Final = tuple(sorted(Line._fields))


def _is_in_cents(total: Decimal) -> bool:
    # Nearly every total is whole rupiah: then there is nothing to compare.
    exponent = total.as_tuple().exponent
    return isinstance(exponent, int) and (exponent >= -2 or total == total.quantize(_CENT, context=ROUNDING_CONTEXT))


def line_to_mapping(line: Line) -> dict[str, Any]:
    """A line as mapping; what is empty is left out."""
    mapping = {name: getattr(line, name) for name in _LINE_NAMES}
    return {name: value for name, value in mapping.items() if value is not None and value != "" and value != {}}


def _line_text(line: Line, inputs: str) -> str:
    """``canonical_json(line_to_mapping(line))``, with the inputs as they are written already.

    Field by field in the order of their names, because of the numbers: 17,000 lines for 1,000 people.
    """
    text = "{"
    if line.amount is not None:
        text += f'"amount":"{decimal_text(line.amount)}",'
    if line.base is not None:
        text += f'"base":"{decimal_text(line.base)}",'
    text += _clause(line.clause_reference, line.clause_text)
    if line.column:
        text += f'"column":"{line.column}",'
    if line.effect is not None:
        text += f'"effect":"{decimal_text(line.effect)}",'
    if inputs != "{}":
        text += f'"inputs":{inputs},'
    text += _node(line.kind, line.label, line.node_id)
    if line.note:
        text += f'"note":{encode_basestring(line.note)},'
    text += f'"order":{line.order},'
    if line.quantity is not None:
        text += f'"quantity":"{decimal_text(line.quantity)}",'
    if line.rate is not None:
        text += f'"rate":"{decimal_text(line.rate)}",'
    text += _place(line.stage, line.unit)
    return f'{text}"unrounded":"{decimal_text(line.unrounded)}"}}'


# Neighbouring fields, which come again for everybody.


@lru_cache(maxsize=4096)
def _clause(reference: str, text: str) -> str:
    return _filled(clause_reference=reference, clause_text=text)


@lru_cache(maxsize=4096)
def _node(kind: str, label: str, node_id: str) -> str:
    return _filled(kind=kind, label=label, node_id=node_id)


@lru_cache(maxsize=4096)
def _place(stage: str, unit: str) -> str:
    return _filled(stage=stage, unit=unit)


def _filled(**words: str) -> str:
    return "".join([f'"{name}":{encode_basestring(text)},' for name, text in words.items() if text])


def _line_from_mapping(mapping: dict[str, Any]) -> Line:
    values = dict(mapping)
    for name in _LINE_FIGURES:
        if name in values:
            values[name] = exact(values[name])
    return Line(**values)


def check_sums(slip: Slip) -> None:
    """Raise ``PartsDoNotAddUp`` unless the lines add up to every total and the effects lead from pagu to gross."""
    with localcontext(EXACT_CONTEXT):
        _check_sums(slip)


def _check_sums(slip: Slip) -> None:
    sums = {"pagu": _ZERO, "gross": _ZERO, "tax": _ZERO, "contribution": _ZERO, "deduction": _ZERO, "rounding": _ZERO}
    effects = _ZERO
    for line in slip.lines:
        if line.column:
            if line.amount is None:
                raise PartsDoNotAddUp(line.column, "an amount", f"none on {line.node_id}")
            sums[line.column] += line.amount
        if line.effect is not None:
            effects += line.effect
    totals = {
        "pagu": slip.pagu,
        "gross": slip.gross,
        "tax": slip.tax,
        "contribution": slip.contributions,
        "deduction": slip.deductions,
        "rounding": slip.rounding,
    }
    for name, total in totals.items():
        if sums[name] != total:
            raise PartsDoNotAddUp(name, str(total), str(sums[name]))
    net = slip.gross - slip.tax - slip.contributions - slip.deductions + slip.rounding
    if net != slip.net:
        raise PartsDoNotAddUp("net", str(slip.net), str(net))
    gross = slip.unrounded["pagu"] + effects
    if gross != slip.unrounded["gross"]:
        raise PartsDoNotAddUp("gross, unrounded", str(slip.unrounded["gross"]), str(gross))
