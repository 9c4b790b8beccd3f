"""The nodes behind the scores: what the budget bears, THR and the 13th month, and step 9 with its taxes,
contributions and other deductions."""

from decimal import Decimal
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StrictBool, StrictInt

from kernel.money import RoundingPolicy

from .fields import Code, Income, MonthNumber, Node, Part, Percent, Rupiah, TableReference, Words
from .records import StopKind

# What a deduction is taken from: the month's pay, or one of the two special ones.
Payment = Literal["month", "thr", "thirteenth"]
SpecialKind = Literal["thr", "thirteenth"]
PAYMENTS: Final[tuple[Payment, ...]] = get_args(Payment)
# The code under which the tax of the whole year is listed in the last tax month.
YEARLY_TAX: Final = "PPH21_TAHUNAN"


class GolonganRates(Part):
    """Percent by golongan without its letter (``III``), for these statuses."""

    statuses: Annotated[tuple[Words, ...], Field(min_length=1)]
    percent: Annotated[dict[Annotated[str, Field(pattern=r"^[IVX]{1,5}$")], Percent], Field(min_length=1)]


class NationalRule(Part):
    """A rule whose figures may come from ``national`` tables instead of being written out: of several starts of one
    table the newest that has begun by the month counts."""

    national: tuple[TableReference, ...] = ()


class FinalByGolongan(NationalRule):
    """Final income tax: percent of the gross TPP by golongan. ``national`` stands in for ``rates``; rates that are
    written out as well hold for their statuses."""

    mode: Literal["final_by_golongan"]
    rates: tuple[GolonganRates, ...] = ()


class TerBand(Part):
    """Monthly gross up to and including ``to``; the last band has none."""

    to_amount: Annotated[Income | None, Field(alias="to")] = None
    percent: Percent


class TerTax(NationalRule):
    """Effective-rate tax (PP 58/2023, PMK 168/2023).

    ``ter_minus_salary``: the rate on salary and TPP together, less the tax that salary bore. ``ter_gross_up``: the
    same, paid by the region, so it is an allowance too and the net stays as it is. ``ter_own``: the rate on this
    payment alone. ``categories``: PTKP by name of the table.

    In the last tax month, December at the latest, the tax of the year settles the rest. It comes as a listed sum with
    the code ``PPH21_TAHUNAN``, or is computed from ``year_income`` with the tables ``yearly``: PTKP, the bands of
    Article 17 and the occupational expense (biaya jabatan).

    ``arrears``: whether a difference of an earlier month is taxed as income of that month (``origin``), or of the month
    in which it is paid, on top of its salary and TPP (``payment``, with ``ter_minus_salary``).
    """

    mode: Literal["ter_minus_salary", "ter_gross_up", "ter_own"]
    categories: dict[str, Annotated[tuple[Words, ...], Field(min_length=1)]] = Field(default_factory=dict)
    tables: dict[str, Annotated[tuple[TerBand, ...], Field(min_length=1)]] = Field(default_factory=dict)
    yearly: tuple[TableReference, ...] = ()
    arrears: Literal["origin", "payment"] = "origin"


class SharedCapContribution(NationalRule):
    """Percent of salary plus TPP up to ``ceiling``, less what salary already bore. ``base`` is the earned TPP or the
    pagu. ``round_each`` rounds both products to whole rupiah. ``employer_percent`` is shown, not deducted."""

    mode: Literal["shared_cap"]
    percent: Percent = Decimal(0)
    ceiling: Rupiah = Decimal(0)
    base: Literal["gross", "pagu"]
    round_each: StrictBool = False
    employer_percent: Percent = Decimal(0)


class FixedList(Part):
    """Sums listed per person under these codes, and what persons agreed to under them, in the order of the codes.

    ``required``: a person without an entry cannot be computed, as where a tax comes from another system and a missing
    one must not pass for none. ``when_short``: what the pay cannot bear is not taken and said on the line (``carry``),
    or the person is refused.
    """

    mode: Literal["fixed_list"]
    codes: Annotated[tuple[Code, ...], Field(min_length=1)]
    required: StrictBool = False
    when_short: Literal["carry", "refuse"] = "carry"


class ConsentPercent(Part):
    """Percent of the gross or of what is left after the deductions before it, for persons with the flag. Who consented
    under the ``code`` gives what that consent says, a percent or a sum, of its base where it names one."""

    mode: Literal["consent_percent"]
    percent: Percent
    base: Literal["gross", "remaining"]
    flag: Words
    code: Code | None = None


DeductionRule = Annotated[
    FinalByGolongan | TerTax | SharedCapContribution | FixedList | ConsentPercent,
    Field(discriminator="mode"),
]


class Deduction(Node):
    """20. One deduction; they are taken in the order of the list, from the payments named in ``taken_from``. The
    rounding policy is the rule set's."""

    kind: Literal["deduction"]
    column: Literal["tax", "contribution", "deduction"]
    taken_from: Annotated[tuple[Payment, ...], Field(min_length=1)] = ("month",)
    rule: DeductionRule


def references_of(rule: object) -> tuple[str, ...]:
    """The national tables that a rule reads."""
    yearly = rule.yearly if isinstance(rule, TerTax) else ()
    return (*rule.national, *yearly) if isinstance(rule, NationalRule) else ()


class BudgetRule(Node):
    """25. When the budget does not bear the pay: at which stage the decided share multiplies it. Without this node a
    share counts behind the scores and additions."""

    kind: Literal["budget_factor"]
    stage: Literal["before_score", "after_score", "after_tax"] = "after_score"


class SpecialPay(Node):
    """26. THR or the 13th month: ``percent`` of the ``pagu`` of the post, or of the gross that was ``earned`` in the
    ``base_month`` (by number; the month before the payment when empty).

    Paid to ``statuses`` (all when empty), with the set's status factor and acting rule where the base is the pagu, to
    nobody within one of ``unpaid_stops``. Who served less than ``full_after_months`` gets a share by months, below
    ``least_months`` nothing; only of the statuses ``months_for`` where it names some. No scores, gates or penalties;
    the deductions that are ``taken_from`` it. ``rounding`` replaces that of the criteria.
    """

    kind: Literal["special_pay"]
    pays: SpecialKind
    base: Literal["pagu", "earned"]
    base_month: MonthNumber | None = None
    percent: Percent = Decimal(100)
    statuses: tuple[Words, ...] = ()
    unpaid_stops: tuple[StopKind, ...] = ()
    full_after_months: Annotated[StrictInt, Field(ge=1, le=60)] | None = None
    least_months: Annotated[StrictInt, Field(ge=0, le=60)] = 0
    months_for: tuple[Words, ...] = ()
    rounding: RoundingPolicy | None = None
