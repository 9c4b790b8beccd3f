"""Figures, dates and times as people read them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from kernel.web.templatetags import kd

LAST_LIGHT = dt.datetime(2026, 11, 20, 23, 25, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("3660909"), "Rp3.660.909"),
        (Decimal("3660909.00"), "Rp3.660.909"),
        (0, "Rp0"),
        (Decimal("-0"), "Rp0"),
        (999, "Rp999"),
        (1000, "Rp1.000"),
        (Decimal("-48812"), "−Rp48.812"),
        (Decimal("1234.5"), "Rp1.234,50"),
        (Decimal("0.005"), "Rp0,01"),
        (Decimal("12406118300"), "Rp12.406.118.300"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_rupiah(amount: Decimal | int | None, text: str) -> None:
    assert kd.rupiah(amount) == text


@pytest.mark.parametrize("wrong", [1.5, True])
def test_rupiah_refuses_what_is_not_exact(wrong: object) -> None:
    with pytest.raises(TypeError):
        kd.rupiah(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "1.234.567"), (Decimal("1234.50"), "1.234,5"), (Decimal("-0.25"), "−0,25"), (0, "0"), (None, "–")],
)
def test_number(value: Decimal | int | None, text: str) -> None:
    assert kd.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(Decimal("0.125"), "12,5%"), (1, "100%"), (0, "0%"), (Decimal("0.005"), "0,5%"), (Decimal("-0.03"), "−3%")],
)
def test_percent(share: Decimal | int, text: str) -> None:
    assert kd.percent(share) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2026, 11, 21), "Sabtu, 21 November 2026"),
        (dt.date(2026, 2, 6), "Jumat, 6 Februari 2026"),
        (dt.date(2026, 8, 17), "Senin, 17 Agustus 2026"),
        (dt.date(2026, 12, 31), "Kamis, 31 Desember 2026"),
    ],
)
def test_a_date_is_written_in_indonesian(day: dt.date, text: str) -> None:
    with translation.override("id"):
        assert kd.tanggal(day) == text


def test_a_date_is_written_in_english_for_who_chose_english() -> None:
    with translation.override("en"):
        assert kd.tanggal(dt.date(2026, 8, 17)) == "Monday, 17 August 2026"


def test_short_date_and_month() -> None:
    with translation.override("id"):
        assert kd.tanggal_pendek(dt.date(2026, 8, 17)) == "17 Agu 2026"
        assert kd.bulan(dt.date(2026, 5, 1)) == "Mei 2026"
        assert kd.bulan(None) == "–"


@pytest.mark.parametrize(
    ("zone", "time", "day"),
    [
        ("Asia/Jakarta", "06.25\u00a0WIB", "21 Nov 2026"),
        ("Asia/Pontianak", "06.25\u00a0WIB", "21 Nov 2026"),
        ("Asia/Makassar", "07.25\u00a0WITA", "21 Nov 2026"),
        ("Asia/Jayapura", "08.25\u00a0WIT", "21 Nov 2026"),
        ("UTC", "23.25\u00a0UTC", "20 Nov 2026"),
    ],
)
def test_an_instant_is_told_in_the_zone_of_the_region(zone: str, time: str, day: str) -> None:
    with timezone.override(zone), translation.override("id"):
        assert kd.jam(LAST_LIGHT) == time
        assert kd.tanggal_pendek(LAST_LIGHT) == day
        assert kd.waktu(LAST_LIGHT) == f"{day}, {time}"


def test_a_wall_clock_time_is_told_as_it_stands() -> None:
    with timezone.override("Asia/Jayapura"):
        assert kd.jam(dt.time(7, 30)) == "07.30\u00a0WIT"
        assert kd.jam_pendek(dt.time(7, 30)) == "07.30"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        kd.jam(dt.datetime(2026, 11, 21, 7, 25))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (450, "7 jam 30 menit"),
        (60, "1 jam"),
        (31, "31 menit"),
        (0, "0 menit"),
        (-75, "−1 jam 15 menit"),
        (None, "–"),
    ],
)
def test_minutes(minutes: int | None, text: str) -> None:
    with translation.override("id"):
        assert kd.menit(minutes) == text


def test_a_variable_that_does_not_exist_is_a_dash() -> None:
    shown = Template("{% load kd %}{{ a|rupiah }}{{ a|number }}{{ a|percent }}{{ a|tanggal }}{{ a|jam }}{{ a|menit }}")
    assert shown.render(Context({})) == "––––––"
