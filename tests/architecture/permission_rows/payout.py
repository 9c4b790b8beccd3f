"""Rows of tenants.payout."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.employees.models import Placement
from tests.architecture.permission_table import Cast, region
from tests.tenants.tpp.small_run import finished_run, lock_of

READERS = "citra bkpsdm inspektorat"


def month(cast: Cast) -> dict[str, object]:
    return {"month": "2024-05"}


def locked_month(cast: Cast) -> dict[str, object]:
    lock_of(finished_run(), cast.users["bkpsdm"])
    return month(cast)


def month_to_lock(cast: Cast) -> dict[str, object]:
    # A run without anybody fits a month in which nobody held a post yet.
    Placement.objects.update(period=DateRange(date(2025, 1, 1), None))
    finished_run()
    return month(cast)


ROWS = [
    region("payout-locks", "GET", READERS),
    region("payout-month", "GET", READERS, args=month),
    region("payout-month", "POST", "bkpsdm", ok=302, args=month_to_lock),
    region("payout-verify", "GET", READERS, args=locked_month),
]
