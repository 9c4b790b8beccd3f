"""The headers of every kind of answer on both sides: pages, refusals, errors, JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.accounts.models import User
from tests.cast import Person

REGION_PATHS = ["/masuk/", "/absen/", "/tidak-ada/", "/api/v1/me", "/tampilan/", "/%00/"]
OPERATOR_PATHS = ["/masuk/", "/", "/tidak-ada/", "/tampilan/"]
CSP = {
    "default-src 'none'",
    "style-src 'self'",
    # The host that hands out files, for the pictures among them.
    "img-src 'self' data: berkas.localhost:*",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.fixture(params=[*(("manado", path) for path in REGION_PATHS), *((None, path) for path in OPERATOR_PATHS)])
def answer(
    request: pytest.FixtureRequest, ani: Person, operator: User, signed_in: Callable[..., Client], settings: Any
) -> Any:
    """What somebody who is signed in gets there, as it is behind TLS."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    region, path = request.param
    client = signed_in(ani.user if region else operator, region)
    client.raise_request_exception = False
    return client.get(path, secure=True)


def test_the_policy_lets_only_scripts_of_this_page_run(answer: Any) -> None:
    parts = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert parts >= CSP
    (scripts,) = (part for part in parts if part.startswith("script-src"))
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "'self'" not in scripts


def test_tls_is_demanded_for_a_year_with_subdomains(answer: Any) -> None:
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_nothing_is_guessed_framed_or_told_to_others(answer: Any) -> None:
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_other_origins_get_neither_the_window_nor_the_answer(answer: Any) -> None:
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer


def test_devices_of_the_browser_are_closed_but_for_camera_and_place(answer: Any) -> None:
    allowed = {part for part in answer["Permissions-Policy"].split(", ") if not part.endswith("=()")}
    assert allowed == {"camera=(self)", "fullscreen=(self)", "geolocation=(self)"}


def test_what_a_signed_in_person_is_shown_is_kept_nowhere(answer: Any) -> None:
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("region", ["manado", None])
def test_an_error_of_ours_has_them_too(
    region: str | None,
    ani: Person,
    operator: User,
    signed_in: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("rahasia dapur")

    client = signed_in(ani.user if region else operator, region)
    client.raise_request_exception = False
    monkeypatch.setattr("kernel.accounts.factor_views.sessions_of", fails)
    answer = client.get("/akun/keamanan/")
    assert answer.status_code == 500
    assert "rahasia dapur" not in answer.content.decode()
    for name in (
        "Content-Security-Policy",
        "Permissions-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
    ):
        assert name in answer.headers
    assert "no-store" in answer["Cache-Control"]


def test_a_host_that_is_no_region_gets_them_too(db: None) -> None:
    answer = Client(SERVER_NAME="tidak-ada.localhost").get("/masuk/")
    assert answer.status_code == 404
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.get("Content-Security-Policy", "")


@pytest.mark.parametrize("path", ["/", "/masuk/", "/api/v1/me", "/absen/kirim/"])
def test_trace_is_refused(path: str, ani: Person, signed_in: Callable[..., Client]) -> None:
    assert signed_in(ani.user).trace(path).status_code == 405
