"""The typed nodes of a rule set: each kind with its parameters, its clause and its legal reference.

Every node is frozen, refuses unknown fields and takes figures as text (``"0.5"``), never as float. The numbers are
those of the normalised rule model; ``related_score`` comes on top of it, and ``calendar_rule`` and ``document_set``
say what the regulation orders without computing anything.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt

from kernel.money import RoundingPolicy, exact

from .facts import FACT_TITLES, MEASURE_PREFIX, ActingLevel, Predikat

_MEASURE_CODE: Final = re.compile(r"^[A-Z0-9_]{1,16}$")

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
        "gross": "TPP bruto",
        "deductions": "Pajak, iuran dan potongan",
        "rounding": "Pembulatan",
    }
)
EVERY: Final = "*"
# Products of a rule set's figures must stay exact.
MAX_DECIMALS: Final = 10


def _figure(value: object) -> Decimal:
    try:
        figure = exact(value)
    except TypeError as error:
        if isinstance(value, float):
            raise ValueError(f'tulis angka pecahan di antara tanda kutip: "{value}"') from error
        raise ValueError("harus angka, ditulis di antara tanda kutip") from error
    except ValueError as error:
        raise ValueError(f"{value!r} bukan angka desimal biasa (contoh: 0.68)") from error
    exponent = figure.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_DECIMALS:
        raise ValueError(f"paling banyak {MAX_DECIMALS} angka di belakang koma")
    return figure


def _between(low: str, high: str) -> AfterValidator:
    least, most = Decimal(low), Decimal(high)

    def check(value: Decimal) -> Decimal:
        if not least <= value <= most:
            raise ValueError(f"{value} di luar batas {low} sampai {high}")
        return value

    return AfterValidator(check)


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"{value!r} bukan tanggal (TTTT-BB-HH)") from error
    raise ValueError("harus tanggal (TTTT-BB-HH)")


def _words(value: str) -> str:
    if not value.strip():
        raise ValueError("tidak boleh kosong")
    return value.strip()


def _numbered(value: object) -> object:
    """Keys such as kelas and months are numbers; JSON can only write them as text."""
    if not isinstance(value, Mapping):
        return value
    numbered = {int(k) if isinstance(k, str) and k.isascii() and k.isdigit() else k: v for k, v in value.items()}
    if len(numbered) != len(value):
        raise ValueError("ada kunci yang ditulis dua kali")
    return numbered


def _known_fact(value: str) -> str:
    code = value.removeprefix(MEASURE_PREFIX)
    if code != value:
        if not _MEASURE_CODE.fullmatch(code):
            raise ValueError(f"kode ukuran {code!r} tidak sesuai pola {_MEASURE_CODE.pattern}")
    elif value not in FACT_TITLES:
        raise ValueError(f"fakta {value!r} tidak dikenal; yang dikenal: {', '.join(FACT_TITLES)}")
    return value


Figure = Annotated[Decimal, BeforeValidator(_figure)]
Percent = Annotated[Figure, _between("0", "100")]
CriterionPercent = Annotated[Figure, _between("0", "1000")]
Points = Annotated[Figure, _between("0", "100")]
Factor = Annotated[Figure, _between("0", "2")]
Rupiah = Annotated[Figure, _between("0", "1000000000")]
Measure = Annotated[Figure, _between("0", "1000000000")]
Day = Annotated[date, BeforeValidator(_day)]
Words = Annotated[str, AfterValidator(_words)]
NodeId = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=80)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,16}$")]
Category = Annotated[str, Field(pattern=r"^([a-z0-9_]{1,40}|\*)$")]
Criterion = Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
Kelas = Annotated[StrictInt, Field(ge=1, le=17)]
Minutes = Annotated[StrictInt, Field(ge=0, le=1440)]
# A month of thirty-one days.
MonthMinutes = Annotated[StrictInt, Field(ge=0, le=44_640)]
MonthNumber = Annotated[StrictInt, Field(ge=1, le=12)]
MonthDay = Annotated[StrictInt, Field(ge=1, le=31)]
# What points are percent of when they are not points of the score they stand under.
PointBase = Literal["part", "whole", "other_part"]
BaseShare = Literal["full", "earned"]
FactName = Annotated[str, AfterValidator(_known_fact)]
Categories = Annotated[tuple[Category, ...], Field(min_length=1)]
Criteria = Annotated[tuple[Criterion, ...], Field(min_length=1)]


class Part(BaseModel):
    """A frozen piece of a rule set."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Clause(Part):
    """What the regulation says, in its own or plain words, and where."""

    text: Words
    reference: Words


class Node(Part):
    """What every node has. ``assumption`` says what the source leaves open and how it is read here."""

    id: NodeId
    kind: str
    label: Words
    clause: Clause
    assumption: str = ""


# --- step 2: post and amount -------------------------------------------------------------------------------------


class CategoryRow(Part):
    """A row that holds for these categories of position and unit (``*`` is every one)."""

    position_categories: Categories
    unit_categories: Categories = (EVERY,)


class AmountRow(CategoryRow):
    """Rupiah per month by kelas."""

    values: Annotated[dict[Kelas, Rupiah], BeforeValidator(_numbered), Field(min_length=1)]


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
    """16. Plt/Plh. The first fitting case counts for each post; of several posts the ``max_posts`` best count."""

    kind: Literal["acting_rule"]
    max_posts: Annotated[StrictInt, Field(ge=1, le=5)] = 1
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
    month_targets: Annotated[dict[Annotated[StrictInt, Field(ge=1, le=12)], Measure], BeforeValidator(_numbered)] = (
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
    and held back; ``block_next_month``: the next month may not be opened. It is asked in ``months`` only (all when
    empty) and never for those excluded."""

    kind: Literal["gate"]
    stage: Literal["eligibility", "month", "part"]
    fact: FactName | None = None
    node: NodeId | None = None
    flag: str | None = None
    codes: tuple[Code, ...] = ()
    score: RatioScore | None = None
    when: Annotated[tuple[GateTest, ...], Field(min_length=1)]
    action: Literal["factor", "hold", "block_next_month"] = "factor"
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


# --- step 9: tax, contributions, deductions --------------------------------------------------------------------------


class GolonganRates(Part):
    """Percent by golongan without its letter (``III``), for these statuses."""

    statuses: Annotated[tuple[Words, ...], Field(min_length=1)]
    percent: Annotated[dict[Annotated[str, Field(pattern=r"^[IVX]{1,5}$")], Percent], Field(min_length=1)]


class FinalByGolongan(Part):
    """Final income tax: percent of the gross TPP by golongan."""

    mode: Literal["final_by_golongan"]
    rates: Annotated[tuple[GolonganRates, ...], Field(min_length=1)]


class TerBand(Part):
    """Monthly gross up to and including ``to``; the last band has none."""

    to_amount: Annotated[Rupiah | None, Field(alias="to")] = None
    percent: Percent


# The code under which the tax of the whole year is listed in the last tax month.
YEARLY_TAX: Final = "PPH21_TAHUNAN"


class TerTax(Part):
    """Effective-rate tax (PP 58/2023, PMK 168/2023) on salary and TPP together, less the tax that salary bore.

    ``ter_gross_up``: the tax is paid by the region, so it is an allowance too and the net stays as it is.
    ``categories``: PTKP by name of the table. In the last tax month, December at the latest, the tax of the year
    settles the rest: it comes as a listed sum with the code ``PPH21_TAHUNAN``.
    """

    mode: Literal["ter_minus_salary", "ter_gross_up"]
    categories: Annotated[dict[str, Annotated[tuple[Words, ...], Field(min_length=1)]], Field(min_length=1)]
    tables: Annotated[dict[str, Annotated[tuple[TerBand, ...], Field(min_length=1)]], Field(min_length=1)]


class SharedCapContribution(Part):
    """Percent of salary plus TPP up to ``ceiling``, less what salary already bore. ``base`` is the earned TPP or the
    pagu. ``round_each`` rounds both products to whole rupiah. ``employer_percent`` is shown, not deducted."""

    mode: Literal["shared_cap"]
    percent: Percent
    ceiling: Rupiah
    base: Literal["gross", "pagu"]
    round_each: StrictBool = False
    employer_percent: Percent = Decimal(0)


class FixedList(Part):
    """Sums listed per person under these codes. ``required``: a person without an entry cannot be computed, as
    where a tax comes from another system and a missing one must not pass for none."""

    mode: Literal["fixed_list"]
    codes: Annotated[tuple[Code, ...], Field(min_length=1)]
    required: StrictBool = False


class ConsentPercent(Part):
    """Percent of the gross or of what is left after the deductions before it, for persons with the flag."""

    mode: Literal["consent_percent"]
    percent: Percent
    base: Literal["gross", "remaining"]
    flag: Words


DeductionRule = Annotated[
    FinalByGolongan | TerTax | SharedCapContribution | FixedList | ConsentPercent,
    Field(discriminator="mode"),
]


class Deduction(Node):
    """20. One deduction; they are taken in the order of the list. The rounding policy is the rule set's."""

    kind: Literal["deduction"]
    column: Literal["tax", "contribution", "deduction"]
    rule: DeductionRule


# --- what the regulation says besides the calculation ----------------------------------------------------------------


class CalendarRule(Node):
    """When the month is worked on, by days of the following month (``days`` says which days).

    ``december_until_day``: December is counted up to and including this day, because the budget year closes.
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
    | DocumentSet,
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
