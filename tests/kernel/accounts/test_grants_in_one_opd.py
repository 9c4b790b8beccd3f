"""A role held in one OPD gives nothing that reaches beyond it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.periods import Month
from kernel.permissions import CONTROL_ROLES, declared, opd_scope, user_may
from kernel.tenancy.errors import FenceBreached
from tenants.payout.actions import lock_month
from tests.cast import Office

# Opened in the OPD that the grant names: each of these is narrowed by `opd_scope`, or to the person's own data.
WITHIN_AN_OPD = {
    "accounts.manage",
    "activities.read_catalogue",
    "activities.read_unit",
    "activities.write",
    "appeals.file",
    "appeals.open",
    "appeals.read",
    "approvals.decide",
    "assemblies.attend",
    "assemblies.call",
    "assemblies.inspect",
    "assemblies.mark",
    "assemblies.read",
    "attendance.order",
    "attendance.read",
    "attendance.read_own",
    "attendance.read_staff",
    "attendance.read_unit",
    "attendance.record",
    "calendars.roster",
    "calendars.view",
    "continuity.kit",
    "deductions.consent",
    "disturbances.propose",
    "disturbances.read",
    "employees.activate",
    "employees.confirm_accounts",
    "employees.correct_superior",
    "employees.manage",
    "employees.read_accounts",
    "employees.record_accounts",
    "employees.stops",
    "employees.view",
    "fallback.upload",
    "jobs.view",
    "kiosks.manage",
    "kiosks.own_pin",
    "kiosks.show",
    "leave.own",
    "leave.read",
    "leave.record",
    "machines.manage",
    "organisation.manage",
    "organisation.view",
    "oversight.answer",
    "papers.issue",
    "papers.read",
    "papers.settings",
    "papers.withdraw",
    "payout.close_opd",
    "payout.open_parcel",
    "payout.request",
    "payout.see_own_opd",
    "payout.take_files",
    "places.manage",
    "places.view",
    "preaudit.read",
    "punch_review.own",
    "punch_review.review",
    "punches.phones",
    "punches.punch",
    "rules.read",
    "skp.assess",
    "skp.own",
    "skp.read",
    "tpp.open_slip",
    "tpp.read_opd",
    "tpp.read_own",
}


@pytest.fixture
def narrow(with_role: Callable[..., User], office: Office) -> User:
    """Somebody with the strongest roles, in one OPD only."""
    return with_role("bkpsdm", "bpkad", "inspektorat", "diskominfo", opd=office.opd)


@pytest.mark.parametrize(
    "name",
    [
        "tpp-runs",
        "tpp-salary",
        "tpp-penalties",
        "payout-locks",
        "rules-new",
        "audit-events",
        "audit-seals",
        "employees-import",
        "approvals-chains",
        "attendance-compute",
    ],
)
def test_a_role_in_one_opd_opens_no_page_of_the_whole_region(
    narrow: User, with_role: Callable[..., User], signed_in: Callable[..., Client], name: str
) -> None:
    everywhere = with_role("bkpsdm", "bpkad", "inspektorat", "diskominfo")
    assert signed_in(everywhere).get(reverse(name)).status_code == 200
    assert signed_in(narrow).get(reverse(name)).status_code == 403


def test_a_role_in_one_opd_locks_no_month(narrow: User) -> None:
    with pytest.raises(NotAllowed):
        lock_month(month=Month(2026, 10), actor=narrow)


def test_a_role_in_one_opd_still_works_there(narrow: User, office: Office) -> None:
    assert user_may(narrow, "employees.manage", opd=office.opd.uid)
    assert opd_scope(narrow, "employees.manage") == {office.opd.uid}
    assert opd_scope(narrow, "tpp.read_all") == set()


def test_the_api_tells_only_what_a_person_may(
    narrow: User, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    told = signed_in(narrow).get("/api/v1/me").json()["permissions"]
    assert "employees.manage" in told
    assert "tpp.lock" not in told
    assert "tpp.lock" in signed_in(with_role("bkpsdm")).get("/api/v1/me").json()["permissions"]


@pytest.mark.parametrize("read_before", [True, False])
def test_a_person_has_no_rights_in_another_region(
    with_role: Callable[..., User], in_region: Callable[[str], Any], banjarmasin: object, read_before: bool
) -> None:
    user = with_role("bkpsdm")
    if read_before:
        assert user_may(user, "tpp.lock")
    # Somebody else may have the same key there.
    with in_region("banjarmasin"), pytest.raises(FenceBreached):
        user_may(user, "tpp.lock")


def test_a_permission_of_a_region_says_whether_one_opd_can_hold_it(manado: object) -> None:
    of_regions = {name: found for name, found in declared().items() if not found.roles <= CONTROL_ROLES.keys()}
    narrow = {name for name, permission in of_regions.items() if not permission.region_wide}
    assert narrow == WITHIN_AN_OPD
