"""What the fields of a rule set take, and the pieces that every node is made of."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

from kernel.money import exact

from .facts import FACT_TITLES, MEASURE_PREFIX

# Products of a rule set's figures must stay exact.
MAX_DECIMALS: Final = 10
_MEASURE_CODE: Final = re.compile(r"^[A-Z0-9_]{1,16}$")


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


def numbered(value: object) -> object:
    """Keys such as kelas and months are numbers; JSON can only write them as text."""
    if not isinstance(value, Mapping):
        return value
    pairs = {int(k) if isinstance(k, str) and k.isascii() and k.isdigit() else k: v for k, v in value.items()}
    if len(pairs) != len(value):
        raise ValueError("ada kunci yang ditulis dua kali")
    return pairs


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
# What a table of rates bounds: of a year, or of one who earns very much.
Income = Annotated[Figure, _between("0", "1000000000000")]
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
# A national table from its first day on, as `ter_bulanan@2024-01-01`.
TableReference = Annotated[str, Field(pattern=r"^[a-z0-9_]+@[0-9]{4}-[0-9]{2}-[0-9]{2}$", max_length=60)]
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
