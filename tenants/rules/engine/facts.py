"""The facts of one person in one month: all that ``evaluate`` may look at.

``MonthFacts`` is frozen and serialises to canonical JSON, so that a run can be replayed and audited from what was
stored. ``None`` means "not known": a rule that needs the fact then raises ``MissingFact``.
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, Self, get_args

from typing_extensions import override

from kernel.money import quotient

from . import records
from .canonical import canonical_json, parse_json
from .errors import FactsError
from .records import (
    STOP_KINDS,
    ActingLevel,
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
    YearIncome,
    is_month,
)

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

    ``stops`` are the times out of paid service that touch the month; ``working_days``, ``counts`` and ``days`` tell
    of the days in service only, ``stop_working_days`` are the working days within the stops, each once.
    ``counted_from`` and ``counted_until`` bound the days that count where they are not those of the calendar month.
    For THR and the 13th month ``service_months`` are the months served until then, ``base_pay`` the gross by
    criterion of the slip of ``base_month``. ``adjustments`` are sums of this month by decision, for what no other fact
    can say; only a difference is computed with them.
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
    stops: tuple[ServiceStop, ...] = ()
    stop_working_days: tuple[date, ...] | None = None
    counted_from: date | None = None
    counted_until: date | None = None
    budget_factor: BudgetFactor | None = None
    released_holds: tuple[ReleasedHold, ...] = ()
    ordered_holds: tuple[OrderedHold, ...] = ()
    consents: tuple[Consent, ...] = ()
    year_income: YearIncome | None = None
    service_months: int | None = None
    base_month: str | None = None
    base_pay: Mapping[str, Decimal] = field(default_factory=dict)
    adjustments: tuple[Adjustment, ...] = ()
    arrears_tax: ArrearsTax | None = None
    # The canonical text once it is written: freezing and computing want the same.
    _text: str = field(default="", init=False, repr=False, compare=False)

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
            if deduction.most_percent is not None:
                records.check_figure(f"deductions.{deduction.code}.most_percent", deduction.most_percent, most=_HUNDRED)
        for post in self.acting:
            if post.level not in get_args(ActingLevel) or type(post.kelas) is not int:
                raise FactsError("acting", "tingkat atau kelas jabatan yang dirangkap tidak benar")
        for record in self.penalties:
            if not is_month(record.from_month) or not (record.until_month is None or is_month(record.until_month)):
                raise FactsError(f"penalties.{record.level}", "bulan harus berbentuk TTTT-BB")
        if self.counted_from is not None or self.counted_until is not None:
            self._check_period()
        self._check_days()
        if self.stops or self.stop_working_days:
            self._check_stops()
        self._check_money()
        for name in _FIGURE_MAPS:
            for key, value in getattr(self, name).items():
                records.check_figure(f"{name}.{key}", value, most=_MOST)
        if any(value > _HUNDRED for value in self.related.values()):
            raise FactsError("related", "nilai adalah 0 sampai 100")
        object.__setattr__(self, "counts", MappingProxyType(dict(self.counts)))
        object.__setattr__(self, "measures", _frozen(self.measures))
        object.__setattr__(self, "related", _frozen(self.related))
        object.__setattr__(self, "base_pay", _frozen(self.base_pay))

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
        records.check_figure(name, value, most=_MOST)

    def _check_period(self) -> None:
        first, last = self.month_bounds()
        start, end = self.period()
        if type(start) is not date or type(end) is not date or not start <= end <= last:
            raise FactsError("counted_until", "masa yang dihitung harus tanggal dan berakhir pada bulan ini")
        if (first - start).days > _LONGEST_MONTH:
            raise FactsError("counted_from", "paling awal satu bulan sebelum bulan ini")

    def _check_stops(self) -> None:
        first, last = self.month_bounds()
        for stop in self.stops:
            if stop.kind not in STOP_KINDS:
                raise FactsError("stops", f"jenis {stop.kind!r} tidak dikenal")
            if type(stop.first) is not date or not (stop.last is None or type(stop.last) is date):
                raise FactsError(f"stops.{stop.kind}", "bukan tanggal")
            if stop.first > last or (stop.last is not None and not max(stop.first, first) <= stop.last):
                raise FactsError(f"stops.{stop.kind}", "tidak menyentuh bulan ini, atau berakhir sebelum mulai")
        within = self.stop_working_days or ()
        if len(set(within)) != len(within) or not all(
            type(day) is date and first <= day <= last and any(stop.holds(day) for stop in self.stops) for day in within
        ):
            raise FactsError("stop_working_days", "harus hari bulan ini di dalam masa berhenti, masing-masing sekali")

    def _check_money(self) -> None:
        """The records that say what is paid, held or taken besides the rules' own figures."""
        if self.budget_factor is not None:
            share = self.budget_factor.share
            records.check_figure("budget_factor.share", share, most=Decimal(1))
            if share != share.quantize(_SHARE_PLACES):
                raise FactsError("budget_factor.share", "paling banyak 10 angka di belakang koma")
            if not self.budget_factor.reason:
                raise FactsError("budget_factor.reason", "wajib diisi")
        for released in self.released_holds:
            if not released.node_id or not released.reason:
                raise FactsError("released_holds", "ketentuan dan alasan wajib diisi")
        for held in self.ordered_holds:
            if not held.node_id or not held.reason or not held.reference:
                raise FactsError("ordered_holds", "nama, alasan, dan dasar wajib diisi")
        for consent in self.consents:
            place = f"consents.{consent.code}"
            if (consent.percent is None) is (consent.amount is None):
                raise FactsError(place, "isi salah satu: persen atau jumlah")
            if consent.base not in ("", "gross", "remaining"):
                raise FactsError(place, f"dasar {consent.base!r} tidak dikenal")
            if consent.percent is not None:
                records.check_figure(place, consent.percent, most=_HUNDRED)
            if consent.amount is not None:
                records.check_figure(place, consent.amount, most=_MOST)
        if self.year_income is not None:
            year = self.year_income
            if type(year.months) is not int or not 1 <= year.months <= 12:
                raise FactsError("year_income.months", "harus bilangan bulat 1 sampai 12")
            for name in ("gross", "withheld", "pension", "zakat"):
                records.check_figure(f"year_income.{name}", getattr(year, name), most=_MOST)
        for adjustment in self.adjustments:
            # Checked as a size: it may go either way.
            records.check_figure("adjustments.amount", abs(adjustment.amount), most=_MOST)
            if not adjustment.amount or adjustment.amount % 1 or not adjustment.label:
                raise FactsError("adjustments", "jumlah rupiah bulat selain nol dan keterangannya wajib diisi")
        if self.arrears_tax is not None:
            for name in ("income", "gross", "tax"):
                records.check_figure(f"arrears_tax.{name}", getattr(self.arrears_tax, name), most=_MOST)
        if self.base_month is not None and not is_month(self.base_month):
            raise FactsError("base_month", "harus berbentuk TTTT-BB")

    def _check_days(self) -> None:
        per_code = count_days(self.days)
        for code, number in per_code.items():
            if self.counts.get(code, 0) != number:
                raise FactsError(f"days.{code}", f"{number} hari tercatat, tetapi jumlahnya {self.counts.get(code, 0)}")
        if self.counted_from is not None or self.counted_until is not None:
            start, end = self.period()
            if any(not start <= day.date <= end for day in self.days):
                raise FactsError("days", "ada hari di luar masa yang dihitung")
        elif any(day.date.strftime("%Y-%m") != self.month for day in self.days):
            raise FactsError("days", "ada hari di luar bulan ini")

    def month_bounds(self) -> tuple[date, date]:
        """The first and the last day of the calendar month."""
        year, number = int(self.month[:4]), int(self.month[5:])
        return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])

    def period(self) -> tuple[date, date]:
        """The first and the last day that counts for this month."""
        first, last = self.month_bounds()
        return self.counted_from or first, self.counted_until or last

    def to_mapping(self) -> dict[str, Any]:
        """The facts as mapping, shape as ``from_mapping`` takes it; facts at their default are left out."""
        mapping: dict[str, Any] = {}
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value == default:
                continue
            if name in _RECORDS:
                value = [records.to_mapping(entry) for entry in value]
            elif name in _ONE_RECORD:
                value = records.to_mapping(value)
            mapping[name] = value
        return mapping

    def to_json(self) -> str:
        """Canonical JSON: the same facts give the same bytes, whatever order they were collected in."""
        if not self._text:
            mapping = self.to_mapping()
            if "days" in mapping:
                days = mapping["days"]
                mapping["days"] = sorted(days, key=lambda day: (day["date"], day["code"], day["minutes"] or 0))
            object.__setattr__(self, "_text", canonical_json(mapping))
        return self._text

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
                values[name] = records.figure(name, values[name])
        scores = values.get("behaviour_scores", ())
        values["behaviour_scores"] = tuple(records.figure("behaviour_scores", score) for score in scores)
        for name, record in _RECORDS.items():
            values[name] = tuple(records.read(name, record, entry) for entry in values.get(name, ()))
        for name, record in _ONE_RECORD.items():
            if values.get(name) is not None:
                values[name] = records.read(name, record, values[name])
        for name in _DATES:
            if name in values:
                values[name] = records.day(name, values[name])
        if values.get("stop_working_days") is not None:
            values["stop_working_days"] = tuple(
                records.day("stop_working_days", entry) for entry in values["stop_working_days"]
            )
        values["flags"] = frozenset(values.get("flags", ()))
        values["counts"] = dict(values.get("counts", {}))
        for name in _FIGURE_MAPS:
            given = values.get(name, {})
            if not isinstance(given, Mapping):
                raise FactsError(name, "harus berupa pasangan kode dan angka")
            values[name] = {str(key): records.figure(f"{name}.{key}", value) for key, value in given.items()}
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
    "service_months",
)
# A share without end would fill the exact context.
_SHARE_PLACES: Final = Decimal(1).scaleb(-10)
# Days of the month before that may count with this month.
_LONGEST_MONTH: Final = 31
_DATES: Final = ("counted_from", "counted_until")
_FIGURE_MAPS: Final = ("measures", "related", "base_pay")
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
    "stops": ServiceStop,
    "released_holds": ReleasedHold,
    "ordered_holds": OrderedHold,
    "consents": Consent,
    "adjustments": Adjustment,
}
_ONE_RECORD: Final[Mapping[str, type]] = {
    "budget_factor": BudgetFactor,
    "year_income": YearIncome,
    "arrears_tax": ArrearsTax,
}
_ABSENT: Final = object()
_DEFAULTS: Final[Mapping[str, object]] = {
    entry.name: {}
    if entry.name in ("counts", *_FIGURE_MAPS)
    else (_ABSENT if entry.name in ("month", "working_days", "status") else entry.default)
    for entry in fields(MonthFacts)
    if entry.init
}


def _frozen(figures: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return MappingProxyType(dict(figures)) if figures else _EMPTY
