"""The people of the demo go through the import that a region uses."""

from __future__ import annotations

from datetime import date

from config.demo.people import roster_of
from kernel.accounts.actors import System
from kernel.tenancy.state import RegionState
from tenants.employees.models import Employee, Standing
from tenants.employees.roster_import import Written, import_roster
from tenants.organisation.models import Position, PositionTerms


def test_the_demo_roster_is_imported_once(manado: RegionState) -> None:
    content = roster_of("manado", secretary_category="umum").as_workbook()
    days = (date(2026, 11, 22), date(2026, 11, 23))
    first, again = (
        import_roster(content=content, today=day, actor=System("tests"), valid_rows_only=False) for day in days
    )
    assert (first.people, first.left_out) == (34, 0)
    assert again == Written()
    # Everybody counts from the beginning, so that the months before the import can be computed.
    assert Standing.objects.filter(period__startswith__isnull=True).count() == Employee.objects.count() == 34
    assert PositionTerms.objects.filter(period__startswith__isnull=True).count() == Position.objects.count()
