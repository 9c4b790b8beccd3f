"""Numbers of persons do not leave the process; errors reach Sentry with region and request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sentry_sdk
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from typing_extensions import override

from kernel.tenancy.context import no_scope
from kernel.tenancy.middleware import RegionMiddleware
from kernel.tenancy.state import RegionState
from kernel.web import logs

NIP = "199001012015011001"


@pytest.mark.parametrize(
    ("value", "without"),
    [
        (f"NIP {NIP}", "NIP [nomor]"),
        ("19900101 201501 1 001", "[nomor]"),
        ("7171012345678901", "[nomor]"),
        (int(NIP), "[nomor]"),
        ({NIP: [NIP, {"deep": (NIP,)}]}, {"[nomor]": ["[nomor]", {"deep": ["[nomor]"]}]}),
        ("0199301e0b3c7f2a9d41c07e55aa1234", "0199301e0b3c7f2a9d41c07e55aa1234"),
        ("Rp 3.660.909, pukul 07.30, 2026-10-01", "Rp 3.660.909, pukul 07.30, 2026-10-01"),
        (True, True),
        (12, 12),
    ],
)
def test_numbers_of_persons_are_blotted_out_at_any_depth(value: Any, without: Any) -> None:
    assert logs.without_numbers(value) == without


def test_an_error_reaches_sentry_with_region_and_request_and_without_numbers(
    manado: RegionState, settings: Any
) -> None:
    sent: list[dict[str, Any]] = []

    class Keep(sentry_sdk.Transport):
        @override
        def capture_envelope(self, envelope: Any) -> None:
            event = envelope.get_event()
            if event is not None:
                sent.append(event)

    settings.SENTRY_DSN = "https://key@sentry.invalid/1"

    def view(request: HttpRequest) -> HttpResponse:
        try:
            raise ValueError(f"NIP {NIP}")
        except ValueError:
            sentry_sdk.capture_exception()
        return HttpResponse()

    logs.start_sentry(transport=Keep)
    try:
        with no_scope():
            answer = RegionMiddleware(view)(RequestFactory(SERVER_NAME="manado.localhost").get("/"))
        sentry_sdk.flush()
    finally:
        sentry_sdk.init()
    (event,) = sent
    assert event["tags"]["region"] == "manado"
    assert event["tags"]["request_id"] == answer["X-Request-Id"]
    assert NIP not in str(event)
    assert "user" not in event or not event["user"]


def test_without_an_address_sentry_is_not_started(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Callable[..., Any]:
        raise RuntimeError("started")

    settings.SENTRY_DSN = ""
    monkeypatch.setattr(sentry_sdk, "init", refuse)
    logs.start_sentry()
