"""A person's month against the target, and the months of an OPD."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.activities.actions import save_activity
from tenants.activities.month_target import minutes_target
from tenants.activities.months import Work, totals_of
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.rules.engine import load_rule_set, ready_rule_sets
from tests.cast import Office, Person, make_opd
from tests.tenants.activities.work import THURSDAY, entry, make_kind, make_sent


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.mark.parametrize(
    ("code", "month", "target"),
    [
        ("banjarmasin_2023", Month(2026, 11), 6750),
        ("banjarmasin_2023", Month(2026, 12), 3375),
        ("manado", Month(2026, 11), None),
    ],
)
def test_the_target_is_the_rule_sets(code: str, month: Month, target: int | None) -> None:
    assert minutes_target(load_rule_set(ready_rule_sets()[code]), month) == target


def test_drafted_waiting_and_approved_are_summed_apart(ani: Person, budi: Person) -> None:
    kind = make_kind(points="2")
    first, *_ = make_sent(ani.employee, kind, 3)
    save_activity(employee=ani.employee, draft=entry(kind, volume=4), actor=ani.user)
    request = ApprovalRequest.objects.get(document_uid=first.uid)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    kind.points = Decimal(50)
    kind.save()
    totals = totals_of(ani.employee, Month(2026, 11))
    assert totals.approved == Work(1, 10, Decimal("2.00"))
    assert (totals.waiting.count, totals.waiting.minutes) == (2, 20)
    assert (totals.drafted.count, totals.drafted.minutes) == (1, 30)
    assert totals_of(ani.employee, Month(2026, 10)).approved == Work()


def test_an_operator_reads_the_own_opd_only(
    ani: Person, budi: Person, office: Office, signed_in: Callable[..., Client], with_role: Callable[..., User]
) -> None:
    (activity,) = make_sent(ani.employee, make_kind())
    own = signed_in(with_role("operator_opd", opd=office.opd))
    other = signed_in(with_role("operator_opd", opd=make_opd("8.88", "Dinas lain")))
    address = "/aktivitas/unit/?bulan=2026-11"
    assert "Laporan 0" in own.get(address).content.decode()
    assert "Laporan 0" not in other.get(address).content.decode()
    assert own.get(f"/aktivitas/unit/{activity.uid}/").status_code == 200
    assert other.get(f"/aktivitas/unit/{activity.uid}/").status_code == 404


def test_a_draft_is_its_owners_alone(
    ani: Person, office: Office, signed_in: Callable[..., Client], with_role: Callable[..., User]
) -> None:
    draft = save_activity(employee=ani.employee, draft=entry(make_kind()), actor=ani.user)
    operator = signed_in(with_role("operator_opd", opd=office.opd))
    assert operator.get(f"/aktivitas/unit/{draft.uid}/").status_code == 404
    assert signed_in(ani.user).get(f"/aktivitas/{draft.uid}/").status_code == 200


def test_the_list_of_an_opd_asks_a_committed_number_of_questions(
    ani: Person, budi: Person, signed_in: Callable[..., Client], with_role: Callable[..., User]
) -> None:
    make_sent(ani.employee, make_kind(), 30)
    browser = signed_in(with_role("bkpsdm"))
    browser.get("/aktivitas/unit/")
    response = assert_query_count("activities.unit", lambda: browser.get("/aktivitas/unit/?bulan=2026-11&cari=ani"))
    assert len(response.context["page"]) == 25
