"""The typed nodes of a rule set: each kind with its parameters, its clause and its legal reference.

Every node is frozen, refuses unknown fields and takes figures as text (``"0.5"``), never as float. The numbers are
those of the normalised rule model; ``related_score``, ``service_stop``, ``budget_factor`` and ``special_pay`` come on
top of it, and ``calendar_rule`` and ``document_set`` say what the regulation orders without computing anything.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field, StrictBool, StrictInt

from kernel.money import RoundingPolicy

from .deduction_nodes import BudgetRule, Deduction, SpecialPay
from .facts import Predikat
from .fields import (
    BaseShare,
    Categories,
    Category,
    Code,
    Criteria,
    Criterion,
    CriterionPercent,
    FactName,
    Factor,
    Kelas,
    Measure,
    Minutes,
    MonthDay,
    MonthMinutes,
    MonthNumber,
    Node,
    NodeId,
    Part,
    Percent,
    PointBase,
    Points,
    Rupiah,
    Words,
    numbered,
)
from .records import ActingLevel, StopKind

KIND_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "class_amounts": "Besaran per kelas jabatan",
        "part_weight": "Bobot komponen",
        "deduction_score": "Nilai awal dikurangi poin",
        "ratio_score": "Rasio capaian",
        "threshold_score": "Target minimal",
        "band_score": "Tabel rentang",
        "predikat_map": "Konversi predikat",
        "behaviour_score": "Perilaku BerAKHLAK",
        "event_tier": "Tingkat terlambat dan pulang cepat",
        "missing_punch": "Lupa absen masuk atau pulang",
        "absence_day": "Tidak masuk per jenis",
        "ceremony": "Apel, upacara dan kegiatan",
        "log_rule": "Laporan harian",
        "gate": "Ambang",
        "status_factor": "Faktor status",
        "acting_rule": "Plt/Plh",
        "penalty": "Hukuman disiplin dan sanksi",
        "bonus": "Tambahan",
        "multiplier": "Faktor pengali",
        "deduction": "Pajak, iuran dan potongan",
        "related_score": "Nilai dari atasan atau bawahan",
        "calendar_rule": "Kalender bulan",
        "document_set": "Daftar cetakan",
        "service_stop": "Berhenti dari tugas yang dibayar",
        "budget_factor": "Kemampuan anggaran",
        "special_pay": "THR dan bulan ke-13",
    }
)
STAGE_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "eligibility": "Kelayakan",
        "post": "Jabatan dan pagu",
        "points": "Pengurangan",
        "scores": "Nilai komponen",
        "parts": "Bobot komponen",
        "multipliers": "Pengali bulanan",
        "additions": "Tambahan",
        "service": "Hari bertugas",
        "budget": "Kemampuan anggaran",
        "special": "THR dan bulan ke-13",
        "gross": "TPP bruto",
        "deductions": "Pajak, iuran dan potongan",
        "rounding": "Pembulatan",
    }
)
EVERY: Final = "*"
# --- step 2: post and amount -------------------------------------------------------------------------------------


class CategoryRow(Part):
    """A row that holds for these categories of position and unit (``*`` is every one)."""

    position_categories: Categories
    unit_categories: Categories = (EVERY,)


class AmountRow(CategoryRow):
    """Rupiah per month by kelas."""

    values: Annotated[dict[Kelas, Rupiah], BeforeValidator(numbered), Field(min_length=1)]


class CriteriaRow(CategoryRow):
    """Percent per criterion (``PK``, ``BK`` ...)."""

    percent: Annotated[dict[Criterion, CriterionPercent], Field(min_length=1)]


class ClassAmounts(Node):
    """1. The amount of a post. ``basic``: the table holds the class value, a criterion gets its percent of it.
    ``total``: the table holds the pagu of the post, the criteria share it in proportion to their percents."""

    kind: Literal["class_amounts"]
    mode: Literal["basic", "total"]
    reference_day: Literal["first", "15", "last"]
    amounts: Annotated[tuple[AmountRow, ...], Field(min_length=1)]
    criteria: Annotated[tuple[CriteriaRow, ...], Field(min_length=1)]


class StatusRow(Part):
    """``kelas_as``: the amount is read at this kelas (for ``kelas_as_categories`` of position, all when empty)."""

    statuses: Annotated[tuple[Words, ...], Field(min_length=1)]
    factor: Factor
    criteria: Criteria | None = None
    kelas_as: Kelas | None = None
    kelas_as_categories: tuple[Category, ...] = ()


class StatusFactor(Node):
    """15. Factor by employee status, on all criteria or on those named. A status that no row names is refused."""

    kind: Literal["status_factor"]
    rows: Annotated[tuple[StatusRow, ...], Field(min_length=1)]


class ActingCase(Part):
    """``replace``: the acting post's amount at ``percent`` instead of the own. ``add``: own plus ``percent`` of the
    acting post's; ``scored`` says whether the addition is cut by the scores. ``only``: just that percent.
    ``none``: the acting post changes nothing."""

    level: ActingLevel | Literal["any"]
    same_unit: StrictBool | None = None
    flag: str = ""
    effect: Literal["replace", "add", "only", "none"]
    percent: Percent = Decimal(100)
    scored: StrictBool = True


class ActingRule(Node):
    """16. Plt/Plh. The first fitting case counts for each post; of several posts the ``max_posts`` best count.

    ``whole_month``: a post that is not held on every day of the calendar month changes nothing (a Plh of some days).
    """

    kind: Literal["acting_rule"]
    max_posts: Annotated[StrictInt, Field(ge=1, le=5)] = 1
    whole_month: StrictBool = False
    cases: Annotated[tuple[ActingCase, ...], Field(min_length=1)]


# --- steps 3 and 4: events of days and their points ------------------------------------------------------------------


class TierBand(Part):
    """Whole minutes ``from`` to ``to``, both inclusive; the last band has no ``to``."""

    code: Code
    label: Words
    from_minute: Annotated[MonthMinutes, Field(alias="from")]
    to_minute: Annotated[MonthMinutes | None, Field(alias="to")] = None
    points: Points


class OffBase(Node):
    """Points that may be taken off something else than the score they stand under.

    ``base`` ``part``: points of that score. ``whole``: percent of the whole pay; ``other_part``: percent of the part
    ``base_part``; either stands at the top of the tree or under a score all the same. ``of``: percent of the
    ``full`` amount of that base, or of what has been ``earned`` of it. A base never falls below nothing.
    """

    base: PointBase = "part"
    base_part: NodeId | None = None
    of: BaseShare = "full"


class EventTier(OffBase):
    """9. Points per occurrence by minutes late or early. Seconds up to ``tolerance_seconds`` do not start a minute.

    ``combined_day``: the minutes late and early of one day added, one event. ``late_and_early``: a day with both has
    this event instead of the two. ``month_total``: one event by the month's sum of minutes, ``minutes_of`` late,
    early leave or both. With three ``checkpoints`` coming back late from the break counts like coming late.
    """

    kind: Literal["event_tier"]
    event: Literal["late", "early_leave", "combined_day", "late_and_early", "month_total"]
    minutes_of: Literal["late", "early_leave", "both"] | None = None
    tolerance_seconds: Annotated[StrictInt, Field(ge=0, le=59)] = 0
    checkpoints: Literal[2, 3] = 2
    bands: Annotated[tuple[TierBand, ...], Field(min_length=1)]


class MissingPunch(OffBase):
    """10. No check-in, no check-out or no punch back from the break (``middle``) on a day otherwise attended: counted
    as an event of a tier (``as_code``), as so many minutes (``as_minutes``), or as an event of its own (``code`` with
    ``points``)."""

    kind: Literal["missing_punch"]
    punch: Literal["in", "out", "middle"]
    as_code: Code | None = None
    as_minutes: Minutes | None = None
    code: Code | None = None
    points: Points | None = None


class AbsenceDay(OffBase):
    """11. A whole day away: without any punch or document (``no_punch``) or by an approved document of this code."""

    kind: Literal["absence_day"]
    code: Code
    trigger: Literal["document", "no_punch"]
    points: Points
    present: StrictBool
    credit_minutes: Minutes = 0


class CountBand(Part):
    """From the ``from``-th occurrence in the month on ``points`` are the total of all of them."""

    from_count: Annotated[StrictInt, Field(alias="from", ge=1, le=100)]
    points: Points


class Ceremony(OffBase):
    """12. Absence from apel, upacara or another called event. ``count_bands`` replace the total by number of
    occurrences; with ``month_becomes_zero`` one occurrence takes the whole month's pay."""

    kind: Literal["ceremony"]
    code: Code
    points: Points
    points_by_category: dict[Category, Points] = Field(default_factory=dict)
    count_bands: tuple[CountBand, ...] = ()
    exclude_unit_categories: tuple[Category, ...] = ()
    exclude_flags: tuple[str, ...] = ()
    month_becomes_zero: StrictBool = False


class LogRule(Node):
    """13. Daily log: how far back an entry may go, overlap, and what happens when the superior does not decide.

    ``entry_days`` says whether days back are calendar days or working days of the person's unit. Behind
    ``entry_days_back`` and up to ``late_days_back`` an entry counts at ``late_percent``. ``after_deadline``: what
    becomes of an entry that nobody decided within ``auto_approve_after_days``. Under a ``deduction_score`` it takes
    ``missing_day_points`` for each working day without a counted log and ``late_decision_points`` for each decision
    that the person as approver made too late.
    """

    kind: Literal["log_rule"]
    entry_days_back: Annotated[StrictInt, Field(ge=0, le=60)]
    entry_days: Literal["calendar", "working"] = "calendar"
    late_days_back: Annotated[StrictInt, Field(ge=1, le=120)] | None = None
    late_percent: Percent | None = None
    overlap_allowed: StrictBool = False
    auto_approve_after_days: Annotated[StrictInt, Field(ge=1, le=60)] | None = None
    after_deadline: Literal["count", "not_count", "next_superior"] = "count"
    absent_superior: tuple[Literal["plt", "next_superior", "sekda"], ...] = ()
    missing_day_points: Points | None = None
    late_decision_points: Points | None = None


class Penalty(Node):
    """17. A discipline decision in force in the month. ``part``: points inside the score it stands under.
    ``whole``: percent cut from the whole TPP, ``earned`` as a factor on the pay or of the ``full`` pagu.
    ``cuts`` by level of penalty, ``*`` for every level."""

    kind: Literal["penalty"]
    base: Literal["part", "whole"]
    of: BaseShare = "earned"
    cuts: Annotated[dict[str, Points], Field(min_length=1)]
    combine: Literal["add", "max"] = "add"


# --- step 5: scores 0 to 100 -----------------------------------------------------------------------------------------


class RatioScore(Node):
    """4. ``numerator`` fact over the ``denominator`` fact or the constant ``out_of``, in percent, at most ``cap``."""

    kind: Literal["ratio_score"]
    numerator: FactName
    denominator: FactName | None = None
    out_of: Measure | None = None
    cap: Percent = Decimal(100)
    rounding: RoundingPolicy = "none"


class ThresholdScore(Node):
    """5. ``score`` when the fact reaches the target, else 0. ``month_targets`` replaces the target in some months;
    ``target_fact`` reads it from the facts."""

    kind: Literal["threshold_score"]
    fact: FactName
    target: Measure | None = None
    target_fact: FactName | None = None
    month_targets: Annotated[dict[Annotated[StrictInt, Field(ge=1, le=12)], Measure], BeforeValidator(numbered)] = (
        Field(default_factory=dict)
    )
    score: Percent = Decimal(100)


class ScoreBand(Part):
    """``from`` to ``to``, both inclusive. ``proportional``: value over the node's maximum, in percent."""

    from_value: Annotated[Measure, Field(alias="from")]
    to_value: Annotated[Measure | None, Field(alias="to")] = None
    score: Percent | None = None
    proportional: StrictBool = False


class BandScore(Node):
    """6. Score by bands of a fact. ``step`` is the smallest difference between two values of it."""

    kind: Literal["band_score"]
    fact: FactName
    step: Measure = Decimal(1)
    maximum: Measure | None = None
    bands: Annotated[tuple[ScoreBand, ...], Field(min_length=1)]


class PredikatMap(Node):
    """7. Score by SKP predikat; ``none`` is the score of a person without one."""

    kind: Literal["predikat_map"]
    values: dict[Predikat, Percent]
    none: Percent | None = None


class BehaviourScore(Node):
    """8. Score by the sum of the behaviour values, by bands; ``maximum`` is the highest possible sum."""

    kind: Literal["behaviour_score"]
    maximum: Measure = Decimal(700)
    step: Measure = Decimal(1)
    bands: Annotated[tuple[ScoreBand, ...], Field(min_length=1)]


class RelatedScore(Node):
    """The result of a ``node`` (a score, or a part in percent of its weight) for the superior, or the ``aggregate``
    of it for the direct subordinates. Nobody there: the ``own`` result or ``vacant_value``. ``on_cycle`` is the
    value where the question comes back to itself. It is found before anybody's pay is computed (``relate``)."""

    kind: Literal["related_score"]
    of: Literal["superior", "subordinates"]
    node: NodeId
    aggregate: Literal["mean", "min"] | None = None
    on_vacancy: Literal["own", "value"]
    vacant_value: Percent | None = None
    on_cycle: Percent
    rounding: RoundingPolicy = "none"


PointNode = Annotated[
    EventTier | MissingPunch | AbsenceDay | Ceremony | Penalty | LogRule,
    Field(discriminator="kind"),
]
StartScore = Annotated[
    RatioScore | ThresholdScore | BandScore | PredikatMap | BehaviourScore | RelatedScore,
    Field(discriminator="kind"),
]


class DeductionScore(Node):
    """3. ``start`` (or the result of ``start_score``) minus the points of the children, never below ``floor``."""

    kind: Literal["deduction_score"]
    start: Percent = Decimal(100)
    start_score: StartScore | None = None
    floor: Percent = Decimal(0)
    cap_points: Measure | None = None
    zero_if_over: Measure | None = None
    children: Annotated[tuple[PointNode, ...], Field(min_length=1)]


# --- steps 1, 6, 7: gates, parts, multipliers ------------------------------------------------------------------------


class GateTest(Part):
    """The first test that holds counts; it gives the factor where the gate's action is one."""

    below: Measure | None = None
    at_least: Measure | None = None
    factor: Factor | None = None


class Gate(Node):
    """14. A threshold. It reads exactly one of: a ``fact``, the result of another ``node``, a ``flag`` (1 when set,
    else 0), the count of event ``codes``, or a ``score`` of its own. ``eligibility`` stands before everything,
    ``month`` multiplies the month's pay; a gate inside a part multiplies that part. ``hold``: the pay is computed
    and held back; ``block_next_month``: the next month may not be opened; an official lifts either,
    ``released_by_two`` two of them. It is asked in ``months`` only (all when empty) and never for those excluded."""

    kind: Literal["gate"]
    stage: Literal["eligibility", "month", "part"]
    fact: FactName | None = None
    node: NodeId | None = None
    flag: str | None = None
    codes: tuple[Code, ...] = ()
    score: RatioScore | None = None
    when: Annotated[tuple[GateTest, ...], Field(min_length=1)]
    action: Literal["factor", "hold", "block_next_month"] = "factor"
    released_by_two: StrictBool = False
    months: tuple[MonthNumber, ...] = ()
    exclude_statuses: tuple[Words, ...] = ()
    exclude_flags: tuple[Words, ...] = ()
    exclude_position_categories: tuple[Category, ...] = ()


class AlternateWeight(Part):
    """Another weight when all that is said here holds: the fact is below a bound, category, status."""

    fact: FactName | None = None
    below: Measure | None = None
    position_categories: Categories = (EVERY,)
    unit_categories: Categories = (EVERY,)
    statuses: tuple[Words, ...] = ()
    weight: Percent


class PartWeight(Node):
    """2. A part of the pay in percent. ``flat`` is paid in full; ``scored`` has one score, or parts whose weights
    add up to its own; gates may stand beside them. The outermost parts weigh 100 and name their ``criteria``.

    The first of ``alternates`` that holds replaces the weight. The weights of the parts inside are then read in
    proportion: 30 within 60 is 20 within 40."""

    kind: Literal["part_weight"]
    weight: Percent
    mode: Literal["scored", "flat"] = "scored"
    criteria: Criteria | None = None
    rounding: RoundingPolicy = "none"
    alternates: tuple[AlternateWeight, ...] = ()
    children: tuple["PartChild", ...] = ()


PartChild = Annotated[
    PartWeight
    | DeductionScore
    | RatioScore
    | ThresholdScore
    | BandScore
    | PredikatMap
    | BehaviourScore
    | RelatedScore
    | Gate,
    Field(discriminator="kind"),
]


class MultiplierRow(Part):
    """Holds when all that is said here holds; a ``fact`` is read ``below`` or ``at_least`` a bound."""

    position_categories: Categories = (EVERY,)
    unit_categories: Categories = (EVERY,)
    statuses: tuple[Words, ...] = ()
    months: tuple[MonthNumber, ...] = ()
    flag: str = ""
    fact: FactName | None = None
    below: Measure | None = None
    at_least: Measure | None = None
    factor: Factor


class Multiplier(Node):
    """19. A factor on the pay: budget factor, long leave. The first fitting row counts; none fitting means 1.
    ``after_tax`` multiplies what is left of the gross after tax, before contributions and other deductions."""

    kind: Literal["multiplier"]
    stage: Literal["before_score", "after_score", "after_tax"]
    criteria: Criteria | None = None
    rows: Annotated[tuple[MultiplierRow, ...], Field(min_length=1)]


class Bonus(Node):
    """18. An addition for persons with the flag, in the months named (all when empty): percent of the own pagu, or
    of the pagu that the person would have at ``reference_kelas``; the kelas read is at most ``max_kelas``. Added
    after the scores and the month's factors, before tax."""

    kind: Literal["bonus"]
    flag: Words
    percent: Percent
    reference_kelas: Kelas | None = None
    max_kelas: Kelas | None = None
    reference_position_category: Category | None = None
    months: tuple[MonthNumber, ...] = ()


# --- who is out of paid service, on which days -----------------------------------------------------------------------

StopEffect = Literal["whole_month", "by_days", "nothing"]


class StopStep(Part):
    """From the ``from``-th month of the stop on (the month in which it begins is the first) this factor is paid."""

    from_month: Annotated[StrictInt, Field(alias="from", ge=1, le=600)]
    factor: Factor


class StopRow(Part):
    """What stops of these kinds do. Days within the stop pay ``factor``, or that of the last of ``steps`` reached.

    ``at_start`` is the month in which the stop begins, ``at_return`` the one in which the person comes back:
    ``by_days`` pays each day what it pays, ``whole_month`` pays the month in full, ``nothing`` pays all of it like a
    day within the stop. A row with a ``flag`` holds for persons who have it; the first that fits counts.
    """

    kinds: Annotated[tuple[StopKind, ...], Field(min_length=1)]
    flag: str = ""
    at_start: StopEffect = "by_days"
    at_return: StopEffect = "by_days"
    factor: Factor = Decimal(0)
    steps: tuple[StopStep, ...] = ()


class ServiceStopRule(Node):
    """From which day a death, a retirement, a leave or a secondment stops the pay. The month's pay, additions too, is
    multiplied by the mean of its days, ``calendar`` days or ``working`` days; the least of several stops counts on a
    day. A kind of stop that no row names is refused."""

    kind: Literal["service_stop"]
    days: Literal["calendar", "working"] = "calendar"
    rows: Annotated[tuple[StopRow, ...], Field(min_length=1)]


# --- what the regulation says besides the calculation ----------------------------------------------------------------


class CalendarRule(Node):
    """When the month is worked on, by days of the following month (``days`` says which days).

    ``december_until_day``: December is counted up to and including this day, because the budget year closes.
    ``december_rest``: its other days are ``dropped``, or counted in ``january`` together with January's.
    """

    kind: Literal["calendar_rule"]
    days: Literal["calendar", "working"] = "calendar"
    opens_on_day: MonthDay | None = None
    entry_until_day: MonthDay | None = None
    verification_until_day: MonthDay | None = None
    objection_until_day: MonthDay | None = None
    locked_on_day: MonthDay | None = None
    paid_on_day: MonthDay | None = None
    december_until_day: MonthDay | None = None
    december_rest: Literal["dropped", "january"] = "dropped"


class DocumentEntry(Part):
    """One print: what it is called, who gets one, its columns and who signs."""

    title: Words
    per: Literal["employee", "unit", "opd", "region"] = "opd"
    columns: tuple[Words, ...] = ()
    signers: tuple[Words, ...] = ()


class DocumentSet(Node):
    """The prints that an OPD hands in; ``statuses_apart`` are printed on lists of their own."""

    kind: Literal["document_set"]
    documents: Annotated[tuple[DocumentEntry, ...], Field(min_length=1)]
    statuses_apart: tuple[Words, ...] = ()


TopNode = Annotated[
    ClassAmounts
    | StatusFactor
    | ActingRule
    | PartWeight
    | EventTier
    | MissingPunch
    | AbsenceDay
    | Ceremony
    | Gate
    | Penalty
    | Multiplier
    | Bonus
    | LogRule
    | Deduction
    | CalendarRule
    | DocumentSet
    | ServiceStopRule
    | BudgetRule
    | SpecialPay,
    Field(discriminator="kind"),
]

ScoreNode = DeductionScore | RatioScore | ThresholdScore | BandScore | PredikatMap | BehaviourScore | RelatedScore


def tags_of(union: Any) -> tuple[str, ...]:
    """The kinds (or modes) that a place in the tree takes."""
    models, field = get_args(union)
    return tuple(
        tag for model in get_args(models) for tag in get_args(model.model_fields[field.discriminator].annotation)
    )


def children_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in order; a page shows the rule set as a tree with it."""
    below: list[Node] = []
    if isinstance(node, DeductionScore) and node.start_score is not None:
        below.append(node.start_score)
    if isinstance(node, Gate) and node.score is not None:
        below.append(node.score)
    if isinstance(node, PartWeight | DeductionScore):
        below.extend(node.children)
    return tuple(below)


def needs_of(node: Node) -> list[str]:
    """The nodes whose result this node's own result is made of: those below it and the one that a gate reads.

    What a ``related_score`` asks of other people is not among them.
    """
    needed = [child.id for child in children_of(node)]
    if isinstance(node, Gate) and node.node is not None:
        needed.append(node.node)
    return needed


def parameters_of(node: Node) -> dict[str, Any]:
    """What is particular to the node's kind, without id, label, clause, assumption and the nodes below it."""
    hidden = {"id", "kind", "label", "clause", "assumption", "children", "start_score", "score"}
    return {
        name: getattr(node, name)
        for name in type(node).model_fields
        if name not in hidden or (name == "score" and not isinstance(node.score, Node))  # type: ignore[attr-defined]
    }
