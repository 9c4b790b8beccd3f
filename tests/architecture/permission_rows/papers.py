"""Rows of tenants.reports.papers."""

from __future__ import annotations

from tests.architecture.permission_rows.tpp import OF_ANI, READERS, run, slip_of_ani
from tests.architecture.permission_table import region

ROWS = [
    region("papers-recap", "GET", READERS, args=run),
    region("papers-slip", "GET", OF_ANI, args=slip_of_ani, budi=404),
]
