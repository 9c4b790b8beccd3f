"""The dated records that the facts of a month carry: events, posts, decisions, sums and consents."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from kernel.money import exact

from .errors import FactsError

ActingLevel = Literal["higher", "equal", "lower"]
StopKind = Literal[
    "death",
    "retirement",
    "resignation",
    "dismissal",
    "study_leave",
    "unpaid_leave",
    "long_leave",
    "secondment",
    "suspension",
]
STOP_KINDS: Final[tuple[StopKind, ...]] = get_args(StopKind)
STOP_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "death": "meninggal dunia",
        "retirement": "pensiun",
        "resignation": "berhenti atas permintaan sendiri",
        "dismissal": "diberhentikan",
        "study_leave": "tugas belajar",
        "unpaid_leave": "cuti di luar tanggungan negara",
        "long_leave": "cuti besar",
        "secondment": "dipekerjakan atau diperbantukan",
        "suspension": "diberhentikan sementara",
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
    """A post held as Plt/Plh on the reference date, seen from the person's own post.

    ``whole_month``: whether it is held on every day of the month; only rules that pay by it ask.
    """

    level: ActingLevel
    kelas: int
    position_category: str = "umum"
    unit_category: str = "umum"
    same_unit: bool = True
    title: str = ""
    whole_month: bool | None = None


@dataclass(frozen=True, slots=True)
class PenaltyRecord:
    """A discipline decision: from the month ``from_month`` up to but without ``until_month`` (open when ``None``)."""

    level: str
    from_month: str
    until_month: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class FixedDeduction:
    """A sum to be deducted by list: Korpri dues, zakat by consent, cooperative.

    With ``most_percent`` a month takes at most that percent of what is left before it; later months take the rest.
    """

    code: str
    amount: Decimal
    label: str = ""
    most_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A sum of this month by decision, in rupiah: more (plus) or less (minus) gross pay than the rules alone give."""

    amount: Decimal
    label: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ServiceStop:
    """Days out of paid service, ``first`` to ``last`` inclusive (open when ``None``), by a letter ``reference``.

    ``first`` is the first day without service: the day of the death itself, the day that a leave begins.
    """

    kind: StopKind
    first: date
    last: date | None = None
    reference: str = ""

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class BudgetFactor:
    """What the budget bears of the month's pay: ``share`` 0 to 1 by the decision ``reference``, and why.

    ``is_held``: the pay is computed and held back for the budget; the share then says what it is held at.
    """

    share: Decimal
    reason: str
    reference: str = ""
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class ReleasedHold:
    """A hold of this month that was lifted: the node that holds, why, and by which letter."""

    node_id: str
    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class OrderedHold:
    """The pay of this month is held back by a decision of an official, not by a rule: under a name of its own, why, and
    by which clause or letter."""

    node_id: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to give of the pay, such as zakat: ``percent`` or ``amount``. An empty ``base`` leaves
    the base to the rule."""

    code: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    base: Literal["", "gross", "remaining"] = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class YearIncome:
    """The income of the tax year besides this month's TPP, for its last tax month.

    ``months`` worked in the year; ``gross`` all salaries (this month's too) and all TPP, THR and 13th before;
    ``withheld`` the PPh 21 taken of it; ``pension`` and ``zakat`` what was paid of it and may be subtracted.
    """

    months: int
    gross: Decimal
    withheld: Decimal
    pension: Decimal = Decimal(0)
    zakat: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ArrearsTax:
    """What the tax of a difference stands on where it is income of the month in which it is paid.

    ``income`` of that month besides it (salary, TPP, differences counted before); ``gross`` and ``tax`` are what stands
    of the month that the difference is about.
    """

    month: str
    income: Decimal
    gross: Decimal
    tax: Decimal
    ptkp: str


# The record's fields that come as text from stored facts.
_FIGURES: Final = frozenset(
    {"amount", "percent", "most_percent", "share", "gross", "withheld", "pension", "zakat", "income", "tax"}
)
_DATES: Final = frozenset({"date", "first", "last"})
_YOUNGER: Final = frozenset({"most_percent", "whole_month"})


def to_mapping(record: Any) -> dict[str, Any]:
    """The fields of a record by name, without the younger ones that are not given: stored facts keep their digest."""
    mapping = {key: getattr(record, key) for key in record.__dataclass_fields__}
    return {key: value for key, value in mapping.items() if value is not None or key not in _YOUNGER}


def read(name: str, kind: type, entry: object) -> Any:
    """The record from plain values, figures as text or ``Decimal``, dates as ISO text. Raises ``FactsError``."""
    if isinstance(entry, kind):
        return entry
    if not isinstance(entry, Mapping):
        raise FactsError(name, "harus berupa pasangan nama dan nilai")
    values = dict(entry)
    known = {field.name for field in fields(kind)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise FactsError(f"{name}.{unknown[0]}", "fakta tidak dikenal")
    for key in _DATES & set(values):
        values[key] = day(f"{name}.{key}", values[key])
    for key in _FIGURES & set(values):
        if values[key] is not None:
            values[key] = figure(f"{name}.{key}", values[key])
    try:
        return kind(**values)
    except TypeError as error:
        raise FactsError(name, str(error)) from error


def day(name: str, value: Any) -> Any:
    """A date from ISO text; anything else stays for the record to judge. Raises ``FactsError``."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise FactsError(name, "bukan tanggal") from error
    return value


def figure(name: str, value: object) -> Decimal:
    """An exact figure. Raises ``FactsError``."""
    try:
        return exact(value)
    except (TypeError, ValueError) as error:
        raise FactsError(name, str(error)) from error


def check_figure(name: str, value: object, *, most: Decimal) -> None:
    """Raise ``FactsError`` unless it is a finite ``Decimal`` from 0 to ``most``."""
    if type(value) is not Decimal:
        raise FactsError(name, "harus Decimal, bukan " + type(value).__name__)
    if not value.is_finite() or value < 0:
        raise FactsError(name, "harus angka terhingga, tidak negatif")
    if value > most:
        raise FactsError(name, f"paling besar {most}")
