"""The facts of one person in one month: all that ``evaluate`` may look at.

``MonthFacts`` is frozen and serialises to canonical JSON, so that a run can be replayed and audited from what was
stored. ``None`` means "not known": a rule that needs the fact then raises ``MissingFact``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, Self, cast, get_args

from typing_extensions import override

from kernel.money import exact, quotient

from .canonical import canonical_json, parse_json
from .errors import FactsError

ActingLevel = Literal["higher", "equal", "lower"]
Predikat = Literal["sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"]
PREDIKAT: Final[tuple[Predikat, ...]] = get_args(Predikat)
BEHAVIOUR_VALUES: Final = (
    "berorientasi_pelayanan",
    "akuntabel",
    "kompeten",
    "harmonis",
    "loyal",
    "adaptif",
    "kolaboratif",
)

# A rule reads what the region records under a code of its own as ``ukuran.CODE``.
MEASURE_PREFIX: Final = "ukuran."

# Facts that a rule may name, with the words a person reads. Some follow from others
# where they are not given.
FACT_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "working_days": "hari kerja",
        "minutes_approved": "menit aktivitas yang disetujui",
        "credit_minutes": "menit kredit",
        "activity_points": "poin aktivitas",
        "skp_score": "nilai SKP",
        "target_ratio": "rasio capaian target",
        "target_minutes": "target menit bulan ini",
        "salary_base": "dasar gaji",
        "behaviour_sum": "jumlah nilai perilaku",
        "attendance_ratio": "rasio kehadiran",
        "minutes_total": "menit aktivitas disetujui dan menit kredit",
        "present_days": "hari hadir",
        "absent_days": "hari tidak hadir",
        "late_minutes": "menit terlambat sebulan",
        "early_minutes": "menit pulang cepat sebulan",
        "absent_days_year": "hari tanpa keterangan tahun ini",
        "late_decisions": "keputusan atasan yang lewat batas waktu",
        "log_days_missing": "hari kerja tanpa laporan harian",
    }
)

# What a fact is counted in, and the highest value that a month of a person can have; a rule beyond it never holds.
FACT_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("working_days", "present_days", "absent_days", "absent_days_year", "log_days_missing"), "hari"
        ),
        **dict.fromkeys(("minutes_approved", "credit_minutes", "target_minutes", "minutes_total"), "menit"),
        **dict.fromkeys(("late_minutes", "early_minutes"), "menit"),
        "activity_points": "poin",
        "skp_score": "nilai",
        "behaviour_sum": "nilai",
        "target_ratio": "rasio",
        "attendance_ratio": "rasio",
        "salary_base": "rupiah",
        "late_decisions": "keputusan",
    }
)
FACT_LIMITS: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        **dict.fromkeys(("working_days", "present_days", "absent_days", "log_days_missing"), Decimal(31)),
        "absent_days_year": Decimal(366),
        **dict.fromkeys(("minutes_approved", "credit_minutes", "target_minutes", "minutes_total"), Decimal(100_000)),
        **dict.fromkeys(("late_minutes", "early_minutes"), Decimal(44_640)),
        "attendance_ratio": Decimal(1),
        "target_ratio": Decimal(10),
    }
)


def is_month(text: object) -> bool:
    """``"2024-03"``: a year and a month 01 to 12."""
    if not isinstance(text, str):
        return False
    year, dash, month = text.partition("-")
    return (
        len(text) == 7
        and dash == "-"
        and year.isascii()
        and year.isdigit()
        and month.isascii()
        and month.isdigit()
        and 1 <= int(month) <= 12
    )


@dataclass(frozen=True, slots=True)
class EventDay:
    """A day on which an event was counted: ``code`` such as ``TMK1``, ``minutes`` late or early where it has any."""

    date: date
    code: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ActingPost:
    """A post held as Plt/Plh on the reference date, seen from the person's own post."""

    level: ActingLevel
    kelas: int
    position_category: str = "umum"
    unit_category: str = "umum"
    same_unit: bool = True
    title: str = ""


@dataclass(frozen=True, slots=True)
class PenaltyRecord:
    """A discipline decision: from the month ``from_month`` up to but without ``until_month`` (open when ``None``)."""

    level: str
    from_month: str
    until_month: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class FixedDeduction:
    """A sum to be deducted by list: Korpri dues, zakat by consent, cooperative."""

    code: str
    amount: Decimal
    label: str = ""


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """One person, one month. Minutes and days are whole numbers, money and scores ``Decimal``, ratios 0 to 1.

    ``counts`` are the events of the month by code; ``days`` the days behind them, for the slip (when days are
    given for a code, their number must be its count). ``credit_minutes`` are minutes granted by a decision; the
    minutes that a rule set credits per day of leave or duty are added by the rule. ``attendance_ratio`` is set
    only where attendance comes as a figure from another system.

    ``late_minutes`` and ``early_minutes`` are the month's sums, taken from the days where not given;
    ``absent_days_year`` the days without reason in the calendar year up to and including this month;
    ``late_decisions`` what this person decided as approver after the deadline; ``log_days_missing`` working days
    without a counted log. ``measures`` are the region's own figures by code, ``related`` the values of
    ``related_score`` nodes by node id, put in by ``relate``.
    """

    month: str
    working_days: int
    status: str
    golongan: str | None = None
    kelas: int | None = None
    position_category: str = "umum"
    unit_category: str = "umum"
    acting: tuple[ActingPost, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    days: tuple[EventDay, ...] = ()
    minutes_approved: int | None = None
    credit_minutes: int = 0
    target_minutes: int | None = None
    activity_points: Decimal | None = None
    skp_score: Decimal | None = None
    target_ratio: Decimal | None = None
    behaviour_scores: tuple[Decimal, ...] = ()
    behaviour_sum: Decimal | None = None
    predikat: Predikat | None = None
    salary_base: Decimal | None = None
    salary_tax: Decimal | None = None
    ptkp: str | None = None
    attendance_ratio: Decimal | None = None
    penalties: tuple[PenaltyRecord, ...] = ()
    deductions: tuple[FixedDeduction, ...] = ()
    flags: frozenset[str] = frozenset()
    late_minutes: int | None = None
    early_minutes: int | None = None
    absent_days_year: int | None = None
    late_decisions: int | None = None
    log_days_missing: int | None = None
    measures: Mapping[str, Decimal] = field(default_factory=dict)
    related: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_month(self.month):
            raise FactsError("month", "harus berbentuk TTTT-BB")
        for name in _WHOLE:
            self._check_whole(name)
        for name in _FIGURES:
            self._check_figure(name)
        if self.attendance_ratio is not None and self.attendance_ratio > 1:
            raise FactsError("attendance_ratio", "rasio kehadiran adalah 0 sampai 1")
        if self.predikat is not None and self.predikat not in PREDIKAT:
            raise FactsError("predikat", f"predikat {self.predikat!r} tidak dikenal")
        for code, count in self.counts.items():
            if type(count) is not int or count < 0:
                raise FactsError(f"counts.{code}", "jumlah kejadian adalah bilangan bulat, tidak negatif")
        if len(self.behaviour_scores) not in (0, len(BEHAVIOUR_VALUES)):
            raise FactsError("behaviour_scores", "harus tujuh nilai perilaku")
        for score in self.behaviour_scores:
            if type(score) is not Decimal or score < 0:
                raise FactsError("behaviour_scores", "nilai perilaku harus Decimal, tidak negatif")
        if self.behaviour_scores and self.behaviour_sum not in (None, sum(self.behaviour_scores)):
            raise FactsError("behaviour_sum", "tidak sama dengan jumlah tujuh nilai perilaku")
        for deduction in self.deductions:
            if type(deduction.amount) is not Decimal or deduction.amount < 0:
                raise FactsError(f"deductions.{deduction.code}", "jumlah potongan harus Decimal, tidak negatif")
        for post in self.acting:
            if post.level not in get_args(ActingLevel) or type(post.kelas) is not int:
                raise FactsError("acting", "tingkat atau kelas jabatan yang dirangkap tidak benar")
        for record in self.penalties:
            if not is_month(record.from_month) or not (record.until_month is None or is_month(record.until_month)):
                raise FactsError(f"penalties.{record.level}", "bulan harus berbentuk TTTT-BB")
        self._check_days()
        for name in _FIGURE_MAPS:
            self._check_figure_map(name)
        if any(value > _HUNDRED for value in self.related.values()):
            raise FactsError("related", "nilai adalah 0 sampai 100")
        object.__setattr__(self, "counts", MappingProxyType(dict(self.counts)))
        object.__setattr__(self, "measures", _frozen(self.measures))
        object.__setattr__(self, "related", _frozen(self.related))

    def _check_whole(self, name: str) -> None:
        value = getattr(self, name)
        if value is None and name != "working_days" and name != "credit_minutes":
            return
        if type(value) is not int or value < 0:
            raise FactsError(name, "harus bilangan bulat, tidak negatif")

    def _check_figure(self, name: str) -> None:
        value = getattr(self, name)
        if value is None:
            return
        if type(value) is not Decimal:
            raise FactsError(name, "harus Decimal, bukan " + type(value).__name__)
        if not value.is_finite() or value < 0:
            raise FactsError(name, "harus angka terhingga, tidak negatif")
        if value > _MOST:
            raise FactsError(name, f"paling besar {_MOST}")

    def _check_figure_map(self, name: str) -> None:
        for key, value in getattr(self, name).items():
            if type(value) is not Decimal:
                raise FactsError(f"{name}.{key}", "harus Decimal, bukan " + type(value).__name__)
            if not value.is_finite() or value < 0:
                raise FactsError(f"{name}.{key}", "harus angka terhingga, tidak negatif")
            if value > _MOST:
                raise FactsError(f"{name}.{key}", f"paling besar {_MOST}")

    def _check_days(self) -> None:
        per_code = count_days(self.days)
        for code, number in per_code.items():
            if self.counts.get(code, 0) != number:
                raise FactsError(f"days.{code}", f"{number} hari tercatat, tetapi jumlahnya {self.counts.get(code, 0)}")
        if any(day.date.strftime("%Y-%m") != self.month for day in self.days):
            raise FactsError("days", "ada hari di luar bulan ini")

    def to_mapping(self) -> dict[str, Any]:
        """The facts as mapping, shape as ``from_mapping`` takes it; facts at their default are left out."""
        mapping: dict[str, Any] = {}
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value == default:
                continue
            if name in _RECORDS:
                value = [{key: getattr(entry, key) for key in entry.__dataclass_fields__} for entry in value]
            mapping[name] = value
        return mapping

    def to_json(self) -> str:
        """Canonical JSON: the same facts give the same bytes, whatever order they were collected in."""
        mapping = self.to_mapping()
        if "days" in mapping:
            mapping["days"] = sorted(mapping["days"], key=lambda day: (day["date"], day["code"], day["minutes"] or 0))
        return canonical_json(mapping)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote. Raises ``FactsError``."""
        try:
            mapping = parse_json(text)
        except (TypeError, ValueError) as error:
            raise FactsError("", str(error)) from error
        return cls.from_mapping(mapping)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """Build from plain values: figures as text or ``Decimal``, dates as ISO text or ``date``, records as
        mappings. Raises ``FactsError`` for an unknown name, a float or a wrong type."""
        if not isinstance(mapping, Mapping):
            raise FactsError("", "fakta harus berupa pasangan nama dan nilai")
        unknown = sorted(set(mapping) - set(_DEFAULTS))
        if unknown:
            raise FactsError(unknown[0], "fakta tidak dikenal")
        values: dict[str, Any] = dict(mapping)
        for name in ("month", "working_days", "status"):
            if name not in values:
                raise FactsError(name, "wajib ada")
        for name in _FIGURES:
            if values.get(name) is not None:
                values[name] = _figure(name, values[name])
        values["behaviour_scores"] = tuple(_figure("behaviour_scores", v) for v in values.get("behaviour_scores", ()))
        for name, record in _RECORDS.items():
            values[name] = tuple(_record(name, record, entry) for entry in values.get(name, ()))
        values["flags"] = frozenset(values.get("flags", ()))
        values["counts"] = dict(values.get("counts", {}))
        for name in _FIGURE_MAPS:
            given = values.get(name, {})
            if not isinstance(given, Mapping):
                raise FactsError(name, "harus berupa pasangan kode dan angka")
            values[name] = {str(key): _figure(f"{name}.{key}", value) for key, value in given.items()}
        return cls(**values)

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles go through the canonical text; a mapping proxy cannot."""
        return type(self).from_json, (self.to_json(),)

    def total_behaviour(self) -> Decimal | None:
        """The sum of the seven scores, or the sum as given."""
        return sum(self.behaviour_scores, Decimal(0)) if self.behaviour_scores else self.behaviour_sum


def count_days(days: Iterable[EventDay]) -> dict[str, int]:
    """Events of a month counted by code, as ``MonthFacts.counts`` wants them."""
    counts: dict[str, int] = {}
    for day in days:
        counts[day.code] = counts.get(day.code, 0) + 1
    return counts


def average_achievement(pairs: Iterable[tuple[Decimal, Decimal]], *, cap: Decimal = Decimal(100)) -> Decimal:
    """The mean over targets of ``min(realisation / target, cap %)`` in percent, carried to 20 decimals.

    ``pairs`` are (realisation, target). The mean is not rounded: a weight cut from a rounded score would differ.
    Raises ``FactsError`` without targets or with a target of zero.
    """
    percents = []
    for realisation, target in pairs:
        if target <= 0:
            raise FactsError("skp_score", "target harus lebih dari nol")
        percents.append(min(quotient(realisation * 100, target), cap))
    if not percents:
        raise FactsError("skp_score", "tidak ada target")
    return quotient(sum(percents, Decimal(0)), Decimal(len(percents)))


_HUNDRED: Final = Decimal(100)
# A million million rupiah: beyond it a figure is a mistake.
_MOST: Final = Decimal(10**12)
_EMPTY: Final[Mapping[str, Decimal]] = MappingProxyType({})
_WHOLE: Final = (
    "working_days",
    "kelas",
    "minutes_approved",
    "credit_minutes",
    "target_minutes",
    "late_minutes",
    "early_minutes",
    "absent_days_year",
    "late_decisions",
    "log_days_missing",
)
_FIGURE_MAPS: Final = ("measures", "related")
_FIGURES: Final = (
    "activity_points",
    "skp_score",
    "target_ratio",
    "behaviour_sum",
    "salary_base",
    "salary_tax",
    "attendance_ratio",
)
_RECORDS: Final[Mapping[str, type]] = {
    "acting": ActingPost,
    "days": EventDay,
    "penalties": PenaltyRecord,
    "deductions": FixedDeduction,
}
_ABSENT: Final = object()
_DEFAULTS: Final[Mapping[str, object]] = {
    entry.name: {}
    if entry.name in ("counts", *_FIGURE_MAPS)
    else (_ABSENT if entry.name in ("month", "working_days", "status") else entry.default)
    for entry in fields(MonthFacts)
}


def _frozen(figures: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return MappingProxyType(dict(figures)) if figures else _EMPTY


def _figure(name: str, value: object) -> Decimal:
    try:
        return exact(value)
    except (TypeError, ValueError) as error:
        raise FactsError(name, str(error)) from error


def _record(name: str, record: type, entry: object) -> object:
    if isinstance(entry, record):
        return entry
    if not isinstance(entry, Mapping):
        raise FactsError(name, "harus berupa pasangan nama dan nilai")
    values = dict(entry)
    known = cast("Any", record).__dataclass_fields__
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise FactsError(f"{name}.{unknown[0]}", "fakta tidak dikenal")
    if isinstance(values.get("date"), str):
        try:
            values["date"] = date.fromisoformat(values["date"])
        except ValueError as error:
            raise FactsError(f"{name}.date", "bukan tanggal") from error
    if "amount" in values:
        values["amount"] = _figure(f"{name}.amount", values["amount"])
    try:
        return record(**values)
    except TypeError as error:
        raise FactsError(name, str(error)) from error
