"""Structured JSON logs with region and request id, and Sentry without personal data."""

import logging
import re
import sys
from typing import Any

import sentry_sdk
import structlog
from django.conf import settings
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

# 18 digits (NIP, also as it is written on paper) and 16 digits (NIK, NPWP) never leave in a log or an error report.
_NUMBERS = re.compile(r"(?<!\d)(?:\d{18}|\d{16}|\d{8}[ .-]\d{6}[ .-]\d[ .-]\d{3})(?!\d)")
HIDDEN = "[nomor]"


def without_numbers(value: Any) -> Any:
    """The value with every NIP, NIK and NPWP blotted out, in texts at any depth."""
    if isinstance(value, str):
        return _NUMBERS.sub(HIDDEN, value)
    if isinstance(value, int) and len(str(abs(value))) in (16, 18):
        return HIDDEN
    if isinstance(value, dict):
        return {without_numbers(key): without_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_numbers(item) for item in value]
    return value


def _blot(logger: Any, method: str, event: Any) -> Any:
    return without_numbers(event)


def configure() -> None:
    """Send all logs, ours and the libraries', as one JSON object a line to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
        _blot,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # It greets whenever a file is opened.
    logging.getLogger("pikepdf").setLevel(logging.WARNING)
    # Django's own would print to the console and mail to administrators that nobody named.
    logging.getLogger("django").handlers.clear()


def _scrub(event: Any, hint: Any) -> Any:
    return without_numbers(event)


def start_sentry(**more: Any) -> None:
    """Report errors to Sentry when a DSN is configured; no personal data is sent. `more` goes to sentry_sdk.init."""
    if settings.SENTRY_DSN:
        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            release=settings.RELEASE or None,
            # What a person typed is not ours to send; cookies, addresses and users are left out by default.
            max_request_body_size="never",
            include_local_variables=False,
            integrations=[DjangoIntegration(), CeleryIntegration()],
            before_send=_scrub,
            before_send_transaction=_scrub,
            **more,
        )
