"""What can be a NIP, and what is unusual about one."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.employees.nip import Fault, InvalidNip, Remark, only_digits, read_nip

YEAR = 2026


@pytest.mark.parametrize(
    ("text", "birth_date", "appointed_in", "code", "sex", "is_pppk"),
    [
        ("199009132025242014", date(1990, 9, 13), 2025, 24, "P", True),
        ("19870623 200912 2 003", date(1987, 6, 23), 2009, 12, "P", False),
        ("19870623.200912.1-003", date(1987, 6, 23), 2009, 12, "L", False),
        ("199501012024211001", date(1995, 1, 1), 2024, 21, "L", True),
        ("200002292027011001", date(2000, 2, 29), 2027, 1, "L", False),
        (" 194001011956011001\n", date(1940, 1, 1), 1956, 1, "L", False),
    ],
)
def test_a_number_says_birth_appointment_and_sex(
    text: str, birth_date: date, appointed_in: int, code: int, sex: str, is_pppk: bool
) -> None:
    nip = read_nip(text, this_year=YEAR)
    assert (nip.birth_date, nip.appointed_in, nip.code, nip.sex, nip.is_pppk) == (
        birth_date,
        appointed_in,
        code,
        sex,
        is_pppk,
    )
    assert len(nip.digits) == 18


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.LENGTH),
        ("19870623200912200", Fault.LENGTH),
        ("1987062320091220031", Fault.LENGTH),
        ("19870623200912200A", Fault.LENGTH),
        ("١٩٨٧٠٦٢٣٢٠٠٩١٢٢٠٠٣", Fault.LENGTH),
        ("198702302009122003", Fault.BIRTH_DATE),
        ("190002292009122003", Fault.BIRTH_DATE),
        ("198713012009122003", Fault.BIRTH_DATE),
        ("193912312009122003", Fault.BIRTH_YEAR),
        ("199506232010122003", Fault.TOO_YOUNG),
        ("198706231980122003", Fault.TOO_YOUNG),
        ("198706232028122003", Fault.APPOINTED_LATER),
        ("198706232009132003", Fault.CODE),
        ("198706232009002003", Fault.CODE),
        ("198706232009192003", Fault.CODE),
        ("198706232009402003", Fault.CODE),
        ("198706232009120003", Fault.SEX),
        ("198706232009123003", Fault.SEX),
        ("198706232009122000", Fault.SERIAL),
    ],
)
def test_what_cannot_be_a_number_is_refused_with_the_reason(text: str, fault: Fault) -> None:
    with pytest.raises(InvalidNip) as refused:
        read_nip(text, this_year=YEAR)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    ("text", "status", "remarks"),
    [
        ("198706232009122003", "PNS", ()),
        ("198706232009122003", "CPNS", ()),
        ("198706232009122003", "PPPK", (Remark.STATUS_DIFFERS,)),
        ("199009132025242014", "PPPK", ()),
        ("199009132025212014", "PPPK", ()),
        ("199009132025212014", "PNS", (Remark.STATUS_DIFFERS,)),
        ("199009132025332014", "PPPK", (Remark.UNKNOWN_CODE,)),
        ("196506232024212003", "PPPK", (Remark.APPOINTED_OLD,)),
        ("196606232024212003", "PPPK", ()),
    ],
)
def test_what_is_unusual_is_remarked_and_taken(text: str, status: str, remarks: tuple[Remark, ...]) -> None:
    assert read_nip(text, this_year=YEAR).remarks(status) == remarks


@given(st.text(max_size=25))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    with contextlib.suppress(InvalidNip):
        assert read_nip(text, this_year=YEAR).digits == only_digits(text)
