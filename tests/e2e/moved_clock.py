"""A platform whose clock a test can move: its requests happen so many seconds from now."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from kernel import clock

FILE = "E2E_CLOCK"


class MovedClock:
    """Answers each request as if it came by as many seconds later as the file says (none without one)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.file = Path(os.environ[FILE])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds = float(self.file.read_text()) if self.file.exists() else 0.0
        if not seconds:
            return self.get_response(request)
        with clock.at(clock.now() + timedelta(seconds=seconds)):
            return self.get_response(request)
