"""What the migrations set that no model says."""

from __future__ import annotations

import pytest
from django.db import connection

from kernel.tenancy.state import RegionState
from tenants.punches.models import PhoneKey, Punch, PunchProof


@pytest.mark.parametrize("model", [PhoneKey, Punch, PunchProof])
def test_a_mornings_rows_are_no_reason_to_analyse_a_table_of_the_lane(
    manado: RegionState, model: type[PhoneKey | Punch | PunchProof]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        options = dict(option.split("=") for option in cursor.fetchone()[0])
    assert int(options["autovacuum_analyze_threshold"]) == 5000
