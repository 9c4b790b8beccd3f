"""Reading a machine's log."""

from __future__ import annotations

from datetime import datetime

import pytest

from tenants.machines.machine_log import BadLine, MachineLine, decoded, plain_pin, punch_uid, read_lines

NOW = datetime(2026, 11, 20, 17, 0)  # noqa: DTZ001 - a machine's wall clock


def read(text: str) -> list[MachineLine | BadLine]:
    return list(read_lines(text, now=NOW))


def test_a_usual_export_is_read_line_by_line() -> None:
    text = "        7\t2026-11-20 07:25:31\t0\t1\t0\t0\r\n       12\t2026-11-20 16:02:09\t1\t15\t0\t0\r\n"
    assert read(text) == [
        MachineLine(1, "7", datetime(2026, 11, 20, 7, 25, 31), 0),  # noqa: DTZ001
        MachineLine(2, "12", datetime(2026, 11, 20, 16, 2, 9), 1),  # noqa: DTZ001
    ]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("0", "in"), ("1", "out"), ("2", "break"), ("3", "break"), ("4", "in"), ("5", "out"), ("255", "undefined"),
     ("", "undefined"), ("abc", "undefined")],
)  # fmt: skip
def test_no_line_is_lost_for_its_status(status: str, kind: str) -> None:
    (line,) = read(f"7\t2026-11-20 07:25:31\t{status}")
    assert isinstance(line, MachineLine)
    assert line.kind == kind


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("hello", "columns"),
        ("7", "columns"),
        ("7 8", "time"),
        ("?!\t2026-11-20 07:25:31\t0", "pin"),
        ("7\t2026-13-20 07:25:31\t0", "time"),
        ("7\t2026-11-20 25:25:31\t0", "time"),
        ("7\t2026-11-21 07:25:31\t0", "future"),
        ("7\t2000-01-01 00:00:12\t0", "old"),
    ],
)
def test_a_line_that_cannot_be_right_says_why(line: str, reason: str) -> None:
    (found,) = read(line)
    assert isinstance(found, BadLine)
    assert found.reason == reason


def test_a_clock_a_few_minutes_ahead_is_taken() -> None:
    assert isinstance(read("7\t2026-11-20 17:09:00\t1")[0], MachineLine)


def test_tabs_that_became_blanks_are_still_read() -> None:
    assert read("   7   2026-11-20 07:25:31  0  1") == [
        MachineLine(1, "7", datetime(2026, 11, 20, 7, 25, 31), 0)  # noqa: DTZ001
    ]


def test_padding_and_leading_zeros_do_not_make_another_person() -> None:
    assert {plain_pin(pin) for pin in ("7", "  7", "0007", "000000007 ")} == {"7"}
    assert plain_pin("000") == "0"


def test_the_same_line_is_the_same_punch_and_any_difference_another() -> None:
    (line,) = read("7\t2026-11-20 07:25:31\t0")
    (again,) = read("\n\n   0007\t2026-11-20 07:25:31\t0\t99")
    (other,) = read("7\t2026-11-20 07:25:32\t0")
    assert isinstance(line, MachineLine)
    assert isinstance(again, MachineLine)
    assert isinstance(other, MachineLine)
    assert punch_uid("M1", line) == punch_uid("M1", again)
    assert punch_uid("M1", line) != punch_uid("M2", line)
    assert punch_uid("M1", line) != punch_uid("M1", other)


def test_a_byte_order_mark_and_an_old_code_page_are_no_obstacle() -> None:
    assert decoded(b"\xef\xbb\xbf7\t2026-11-20 07:25:31").startswith("7")
    assert decoded(b"7\t2026-11-20 07:25:31\t0\t\xe9").endswith("é")
