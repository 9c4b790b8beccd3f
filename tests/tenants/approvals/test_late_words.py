"""A late document says so in the inbox: the day to decide is over, or the month it is about is locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kernel import clock
from kernel.periods import Month
from tenants.activities.models import Activity
from tenants.approvals.chains import StepInput
from tenants.approvals.models import ApprovalRequest, ChainStep
from tests.cast import Person
from tests.closed_months import close_months
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent
from tests.tenants.approvals.ladder import NOW, hand_in
from tests.tenants.approvals.papers import Told

Chain = Callable[..., None]
SignedIn = Callable[..., Client]
OVERDUE = "Terlambat diputuskan, batasnya 22 Nov 2026"


def waiting_papers(ani: Person, paper_chain: Chain) -> ApprovalRequest:
    with clock.at(NOW):
        paper_chain(StepInput(ChainStep.Approver.DIRECT_SUPERIOR, days_to_decide=3))
        return hand_in(ani)


@pytest.mark.parametrize(("days", "is_said"), [(3, False), (4, True)])
def test_what_is_overdue_says_so_in_the_list_and_on_its_page(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, signed_in: SignedIn, days: int, is_said: bool
) -> None:
    request = waiting_papers(ani, paper_chain)
    with clock.at(NOW + timedelta(days=days)):
        client = signed_in(budi.user)
        inbox = client.get("/kotak-masuk/").content.decode()
        page = client.get(f"/kotak-masuk/{request.uid}/").content.decode()
    assert [OVERDUE in inbox, "1 terlambat" in inbox, OVERDUE in page] == [is_said] * 3


def test_what_was_decided_is_not_late_any_more(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, signed_in: SignedIn
) -> None:
    request = waiting_papers(ani, paper_chain)
    with clock.at(NOW + timedelta(days=4)):
        client = signed_in(budi.user)
        client.post("/kotak-masuk/putuskan/", {"setujui": str(request.uid)})
        assert OVERDUE not in client.get(f"/kotak-masuk/{request.uid}/").content.decode()


def test_work_of_a_locked_month_says_what_becomes_of_it(
    ani: Person, budi: Person, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(THURSDAY):
        (activity,) = make_sent(ani.employee, make_kind())
        month = Month.of(Activity.objects.get(pk=activity.pk).date)
        client = signed_in(budi.user)
        assert "Susulan" not in client.get("/kotak-masuk/").content.decode()
        close_months(monkeypatch, month)
        assert "Susulan: November 2026 sudah dikunci, hasilnya menjadi selisih" in (
            client.get("/kotak-masuk/").content.decode()
        )
