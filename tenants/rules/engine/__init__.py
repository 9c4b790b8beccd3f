"""The rule engine: a region's rules as data, a person-month's facts in, a slip that explains every rupiah out.

Pure: no database, no clock, no settings. The way through it:

* ``load_rule_set`` reads and checks YAML (``RuleSetError`` lists every problem); ``dump``, ``dump_yaml`` write it.
* ``classify_day`` turns one observed day into the events that the rule set counts.
* ``MonthFacts`` are the facts of one person in one month.
* ``evaluate(rule_set, facts)`` gives the ``Slip``; ``EvaluationError`` is a person's error row, ``explain`` its words.
* ``evaluate_together`` is for rules by which one person's pay depends on another's; ``relate`` is its first pass.
* ``digest`` is the SHA-256 over the canonical text of a rule set, facts or slip.

How it computes is told with worked examples in ``docs/algorithms/tpp.md`` and ``rounding.md``.
"""

from .canonical import canonical_json, sha256
from .conditions import BUDGET_ID
from .days import DayEvent, DayObservation, EventCode, SpanObservation, classify_day, event_codes
from .deduction_nodes import YEARLY_TAX, BudgetRule, SpecialKind, SpecialPay
from .errors import (
    EvaluationError,
    FactsError,
    MissingFact,
    NetBelowZero,
    NoRuleFor,
    NotInForce,
    PartsDoNotAddUp,
    Problem,
    RelatedFailed,
    RuleSetError,
    TooManyDigits,
)
from .evaluation import evaluate
from .examples import ExampleResult, figure_of, run_examples
from .facts import (
    BEHAVIOUR_VALUES,
    FACT_LIMITS,
    FACT_TITLES,
    FACT_UNITS,
    MEASURE_PREFIX,
    PREDIKAT,
    MonthFacts,
    Predikat,
    average_achievement,
    count_days,
)
from .fields import Clause, Node
from .nodes import KIND_TITLES, STAGE_TITLES, CalendarRule, DocumentSet, LogRule, children_of, parameters_of
from .policies import (
    calendar_rule,
    consent_codes,
    counted_period,
    document_set,
    entry_policy,
    facts_read,
    flags_read,
    listed_codes,
    measures,
    paid_statuses,
    paid_stops,
    pays_month_of_death,
    reference_date,
    special_pay,
    taxes_arrears_when_paid,
    totals_left_unrounded,
)
from .predikat import Expectation, predikat
from .prepared import prepare
from .ready import ready_rule_sets
from .records import (
    STOP_KINDS,
    STOP_TITLES,
    ActingPost,
    Adjustment,
    ArrearsTax,
    BudgetFactor,
    Consent,
    EventDay,
    FixedDeduction,
    OrderedHold,
    PenaltyRecord,
    ReleasedHold,
    ServiceStop,
    StopKind,
    YearIncome,
)
from .rule_sets import (
    Example,
    MeasureTitle,
    RuleSet,
    canonical_text,
    dump,
    dump_yaml,
    load_rule_set,
    national_references,
)
from .slips import Hold, Line, Slip, check_sums, line_to_mapping
from .special import evaluate_special
from .together import evaluate_together, relate
from .wording import explain


def digest(content: RuleSet | MonthFacts | Slip) -> str:
    """SHA-256 (hexadecimal) over the canonical text: the same content has the same digest."""
    if isinstance(content, RuleSet):
        return prepare(content).digest
    return sha256(content.to_json())


__all__ = [
    "BEHAVIOUR_VALUES",
    "BUDGET_ID",
    "FACT_LIMITS",
    "FACT_TITLES",
    "FACT_UNITS",
    "KIND_TITLES",
    "MEASURE_PREFIX",
    "PREDIKAT",
    "STAGE_TITLES",
    "STOP_KINDS",
    "STOP_TITLES",
    "YEARLY_TAX",
    "ActingPost",
    "Adjustment",
    "ArrearsTax",
    "BudgetFactor",
    "BudgetRule",
    "CalendarRule",
    "Clause",
    "Consent",
    "DayEvent",
    "DayObservation",
    "DocumentSet",
    "EvaluationError",
    "EventCode",
    "EventDay",
    "Example",
    "ExampleResult",
    "Expectation",
    "FactsError",
    "FixedDeduction",
    "Hold",
    "Line",
    "LogRule",
    "MeasureTitle",
    "MissingFact",
    "MonthFacts",
    "NetBelowZero",
    "NoRuleFor",
    "Node",
    "NotInForce",
    "OrderedHold",
    "PartsDoNotAddUp",
    "PenaltyRecord",
    "Predikat",
    "Problem",
    "RelatedFailed",
    "ReleasedHold",
    "RuleSet",
    "RuleSetError",
    "ServiceStop",
    "Slip",
    "SpanObservation",
    "SpecialKind",
    "SpecialPay",
    "StopKind",
    "TooManyDigits",
    "YearIncome",
    "average_achievement",
    "calendar_rule",
    "canonical_json",
    "canonical_text",
    "check_sums",
    "children_of",
    "classify_day",
    "consent_codes",
    "count_days",
    "counted_period",
    "digest",
    "document_set",
    "dump",
    "dump_yaml",
    "entry_policy",
    "evaluate",
    "evaluate_special",
    "evaluate_together",
    "event_codes",
    "explain",
    "facts_read",
    "figure_of",
    "flags_read",
    "line_to_mapping",
    "listed_codes",
    "load_rule_set",
    "measures",
    "national_references",
    "paid_statuses",
    "paid_stops",
    "parameters_of",
    "pays_month_of_death",
    "predikat",
    "ready_rule_sets",
    "reference_date",
    "relate",
    "run_examples",
    "special_pay",
    "taxes_arrears_when_paid",
    "totals_left_unrounded",
]
