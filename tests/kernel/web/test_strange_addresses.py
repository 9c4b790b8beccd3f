"""Addresses that no page of ours makes: they are answered, never our error."""

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.periods import Month, parse_day
from kernel.web.forms import DateField, MonthField
from tests.cast import Office, make_employee


@pytest.fixture
def everywhere(office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    """Somebody with a post and most roles, who would see an error page of ours."""
    user = with_role("asn", "atasan", "operator_opd", "bkpsdm", "bpkad")
    make_employee("Serba", office.staff, user=user)
    client = signed_in(user)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    "path",
    [
        "/tpp/perhitungan/",
        "/tpp/gaji/",
        "/skp/",
        "/skp/nilai/",
        "/aktivitas/",
        "/kehadiran/",
        "/api/v1/days",
        "/api/v1/activities",
    ],
)
@pytest.mark.parametrize("month", ["0000-01", "0001-01", "9999-12", "٢٠٢٦-10"])
def test_a_month_that_no_calendar_holds_is_no_error_of_ours(everywhere: Client, path: str, month: str) -> None:
    assert everywhere.get(path, {"bulan": month, "month": month}).status_code < 500


@pytest.mark.parametrize("path", ["/kehadiran/", "/kehadiran/unit/", "/surat/baru/", "/aktivitas/baru/"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_no_error_of_ours(everywhere: Client, path: str, day: str) -> None:
    assert everywhere.get(path, {"hari": day, "tanggal": day}).status_code < 500


@pytest.mark.parametrize(
    "path", ["/pegawai/", "/organisasi/", "/akun/", "/katalog/", "/skp/nilai/", "/jejak/", "/kotak-masuk/"]
)
def test_a_search_for_what_the_database_cannot_hold_is_refused(everywhere: Client, path: str) -> None:
    answer = everywhere.get(path, {"cari": "\0", "pelaku": "\0"})
    assert answer.status_code == 400
    assert "tidak dapat dibaca" in answer.content.decode()


def test_a_cursor_with_a_nul_is_refused(everywhere: Client) -> None:
    # ["\u0000", 1]
    assert everywhere.get("/akun/", {"setelah": "WyJcdTAwMDAiLDFd"}).status_code == 400


@pytest.mark.parametrize("text", ["0000-01", "1899-12", "3000-01", "9999-12", "٢٠٢٦-10"])
def test_a_month_lies_between_1900_and_2999(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_lies_between_1900_and_2999(text: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        parse_day(text)


@pytest.mark.parametrize(("field", "value"), [(DateField(), "0001-01-01"), (MonthField(), "9999-12")])
def test_a_form_asks_to_check_the_year(field: DateField | MonthField, value: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="Periksa tahunnya"):
        field.clean(value)
