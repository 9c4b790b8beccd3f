"""The office's shift, as a fixture."""

from __future__ import annotations

import pytest

from tenants.calendars.models import WorkPattern
from tests.cast import Office
from tests.tenants.attendance.week import lay_down_shift


@pytest.fixture
def shift(office: Office) -> WorkPattern:
    """07.30 to 16.00 from Monday to Friday for the whole office."""
    return lay_down_shift(office)
