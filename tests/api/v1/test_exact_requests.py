"""A field that an address does not take is refused: nobody slips in a state, an owner or a region."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.permission_table import Cast, Row, rows
from tests.cast import Office, Person

WRITING = [row for row in rows() if row.name.startswith("api-") and row.method != "GET"]
SLIPPED_IN = {
    "is_staff": True,
    "is_superuser": True,
    "region_id": 2,
    "tenant": "banjarmasin",
    "state": "approved",
    "status": "approved",
    "owner": 1,
    "actor": "bkpsdm",
    "points": "9999",
    "id": 7,
    "__proto__": {"role": "operator"},
}


@pytest.fixture
def cast(office: Office, ani: Person, budi: Person, citra: Person, dedi: Person) -> Cast:
    return Cast(office, ani, budi, citra, dedi, {"ani": ani.user})


@pytest.mark.parametrize("name", SLIPPED_IN)
@pytest.mark.parametrize("row", WRITING, ids=str)
def test_what_is_slipped_in_is_refused_by_name(row: Row, name: str, cast: Cast, signed_in: Any) -> None:
    client: Client = signed_in(cast.ani.user)
    address = reverse(row.name, urlconf=row.urlconf, kwargs=dict(row.args(cast)))
    sent = {**row.data(cast), name: SLIPPED_IN[name]}
    answer = client.post(address, sent, content_type="application/json", headers={"Idempotency-Key": "selip"})
    said = answer.json()
    assert (answer.status_code, said["code"]) == (400, "unknown_fields")
    assert [item["field"] for item in said["errors"]] == [name]


def test_every_body_of_the_api_is_exact() -> None:
    assert len(WRITING) >= 4
