"""The 18 digits of a NIP (PNS) or NI PPPK: what they say, and what cannot be one.

Digits 1 to 8 are the birth date, 9 to 12 the year of appointment (CPNS or first contract), 13 and 14 the month of
appointment for a PNS and a code of the agreement for a PPPK (not a month), 15 the sex, 16 to 18 a serial number. There
is no check digit. Source: Perka BKN 22/2007 and 43/2007, and published NI PPPK. A contract worker has no NIP of the
state; the region gives 18 digits of its own, of which nothing is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s.\-]")
_DIGITS: Final = re.compile(r"\A[0-9]{18}\Z")
_EARLIEST_BIRTH: Final = 1940
_YOUNGEST: Final = 16
_OLDEST_USUAL: Final = 58
_MONTHS: Final = range(1, 13)
_PPPK_CODES: Final = range(20, 40)
# 21 stands on ordinary first contracts, 24 on a published part-time one; others are taken with a remark.
_SEEN_PPPK_CODES: Final = frozenset({21, 24})
_SEXES: Final = {1: "L", 2: "P"}
CIVIL_SERVANTS: Final = frozenset({"PNS", "CPNS"})
CONTRACT: Final = "KONTRAK"


class Fault(StrEnum):
    """Why a text cannot be a NIP."""

    NUMBER = "number"
    LENGTH = "length"
    BIRTH_DATE = "birth_date"
    BIRTH_YEAR = "birth_year"
    TOO_YOUNG = "too_young"
    APPOINTED_LATER = "appointed_later"
    CODE = "code"
    SEX = "sex"
    SERIAL = "serial"


class Remark(StrEnum):
    """What is unusual about a NIP and should be looked at; it is taken all the same."""

    APPOINTED_OLD = "appointed_old"
    UNKNOWN_CODE = "unknown_code"
    STATUS_DIFFERS = "status_differs"


class InvalidNip(ValueError):
    """The text cannot be a NIP; `fault` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        self.fault = fault
        self.text = text
        super().__init__(f"{fault}: {text!r}")


@dataclass(frozen=True, slots=True)
class Nip:
    """A well-formed number and what it says. `code` is a month (1..12) or a PPPK code (20..39); `sex` is L or P."""

    digits: str
    birth_date: date
    appointed_in: int
    code: int
    sex: str
    serial: int

    @property
    def appointed(self) -> tuple[int, int] | None:
        """Year and month of the appointment; a number of PPPK does not tell the month."""
        return None if self.is_pppk else (self.appointed_in, self.code)

    @property
    def is_pppk(self) -> bool:
        return self.code in _PPPK_CODES

    @property
    def age_when_appointed(self) -> int:
        """In years, by the years alone: a PPPK number knows no month."""
        return self.appointed_in - self.birth_date.year

    def remarks(self, status: str) -> tuple[Remark, ...]:
        """What is unusual, for a person of this status (PNS, CPNS, PPPK)."""
        found = []
        if self.age_when_appointed > _OLDEST_USUAL:
            found.append(Remark.APPOINTED_OLD)
        if self.is_pppk and self.code not in _SEEN_PPPK_CODES:
            found.append(Remark.UNKNOWN_CODE)
        if self.is_pppk == (status in CIVIL_SERVANTS):
            found.append(Remark.STATUS_DIFFERS)
        return tuple(found)


def only_digits(text: str) -> str:
    """The text without blanks, dots and dashes. Raises InvalidNip unless exactly 18 ASCII digits are left."""
    digits = _SEPARATORS.sub("", text)
    if not _DIGITS.match(digits):
        raise InvalidNip(Fault.LENGTH, text)
    return digits


def read_nip(text: str, *, this_year: int) -> Nip:
    """Read a NIP or NI PPPK. Raises InvalidNip with the first fault found."""
    digits = only_digits(text)
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    try:
        birth_date = date(year, month, day)
    except ValueError as error:
        raise InvalidNip(Fault.BIRTH_DATE, text) from error
    appointed_in, code, sex, serial = int(digits[8:12]), int(digits[12:14]), int(digits[14]), int(digits[15:])
    faults = (
        (Fault.BIRTH_YEAR, year < _EARLIEST_BIRTH),
        (Fault.TOO_YOUNG, appointed_in - year < _YOUNGEST),
        (Fault.APPOINTED_LATER, appointed_in > this_year + 1),
        (Fault.CODE, code not in _MONTHS and code not in _PPPK_CODES),
        (Fault.SEX, sex not in _SEXES),
        (Fault.SERIAL, serial == 0),
    )
    for fault, is_found in faults:
        if is_found:
            raise InvalidNip(fault, text)
    return Nip(digits, birth_date, appointed_in, code, _SEXES[sex], serial)
