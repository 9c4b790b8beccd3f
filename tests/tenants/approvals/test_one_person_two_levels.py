"""The same person stands at two levels: one decision counts for both where they follow at once, and says for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import Role, RoleGrant, User
from tenants.approvals.actions import decide
from tenants.approvals.chains import StepInput
from tenants.approvals.delegations import delegate
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision
from tenants.approvals.overdue import follow_deadlines
from tenants.approvals.preview import preview
from tenants.employees.models import Placement
from tests.cast import Office, Person
from tests.tenants.approvals.ladder import NOW, TODAY, Ladder, hand_in
from tests.tenants.approvals.papers import Told

By = ChainStep.Approver
Chain = Callable[..., None]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


def act_as_head(person: Person, ladder: Ladder, office: Office) -> None:
    """The head's post falls vacant, and this person holds it as Plt."""
    Placement.objects.filter(employee=ladder.head.employee).delete()
    Placement.objects.create(
        employee=person.employee, position=office.head, kind="plt", period=DateRange(date(2026, 1, 1), None)
    )


def give(giver: Person, receiver: Person, **values: Any) -> None:
    days = {"first": TODAY, "last": date(2026, 11, 25)}
    delegate(**{"receiver_uid": receiver.employee.uid, **days, "actor": giver.user, **values})


def approve(request: ApprovalRequest, actor: User, *, stage: str = "") -> None:
    """As the person's next page would send it."""
    fresh = User.objects.get(pk=actor.pk)
    decide(request_uids=[request.uid], verdict="approved", stages={request.uid: stage}, actor=fresh)
    request.refresh_from_db()


def signatures(request: ApprovalRequest) -> list[tuple[int, int | None, int | None]]:
    """Level, who, and for whom."""
    rows = Decision.objects.filter(request=request).order_by("pk")
    return list(rows.values_list("level", "decided_by_id", "on_behalf_of_id"))


def reasons(request: ApprovalRequest, browser: Any) -> str:
    page: str = browser.get(f"/kotak-masuk/{request.uid}/jejak/").content.decode()
    return page


def test_both_in_the_own_right_are_two_signatures_of_one_decision(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.DIRECT_SUPERIOR))
    request = hand_in(ani)
    approve(request, budi.user)
    assert signatures(request) == [(1, budi.user.pk, None), (2, budi.user.pk, None)]
    assert (request.state, papers.calls) == ("approved", [("approved", 1, "")])
    assert "berlaku juga untuk tingkat 2, atas wewenang sendiri" in reasons(request, signed_in(budi.user))


def test_the_lower_level_in_somebodys_stead_and_the_upper_one_in_the_own_right(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    give(budi, ladder.head)
    request = hand_in(ani)
    approve(request, ladder.head.user)
    head = ladder.head.user.pk
    assert signatures(request) == [(1, head, budi.employee.pk), (2, head, None)]
    assert request.state == "approved"
    trail = reasons(request, signed_in(ladder.head.user))
    assert "berlaku juga untuk tingkat 2, atas wewenang sendiri" in trail


def test_the_lower_level_in_the_own_right_and_the_upper_one_in_somebodys_stead(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    give(ladder.head, budi)
    request = hand_in(ani)
    approve(request, budi.user)
    assert signatures(request) == [(1, budi.user.pk, None), (2, budi.user.pk, ladder.head.employee.pk)]
    assert "berlaku juga untuk tingkat 2, atas nama Kepala" in reasons(request, signed_in(budi.user))


@pytest.mark.parametrize(
    "values", [{"kinds": ["activity"]}, {"first": date(2026, 11, 20)}], ids=["another kind", "tomorrow"]
)
def test_a_delegation_that_does_not_count_now_decides_no_second_level(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, values: dict[str, Any]
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    give(ladder.head, budi, **values)
    request = hand_in(ani)
    approve(request, budi.user)
    assert signatures(request) == [(1, budi.user.pk, None)]
    assert (request.state, request.level, request.approver) == ("waiting", 2, ladder.head.employee)


def test_a_giver_who_is_asked_above_has_not_signed_what_the_delegate_signed_below_when_somebody_stands_between(
    ani: Person, budi: Person, citra: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.SEKDA), StepInput(By.DIRECT_SUPERIOR))
    give(budi, citra)
    request = hand_in(ani)
    approve(request, citra.user)
    approve(request, ladder.sekda.user)
    assert (request.state, request.level, request.approver) == ("waiting", 3, budi.employee)


def test_an_acting_head_signs_both_levels_and_the_trail_says_in_which_post(
    ani: Person, budi: Person, ladder: Ladder, office: Office, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    act_as_head(budi, ladder, office)
    request = hand_in(ani)
    approve(request, budi.user)
    assert signatures(request) == [(1, budi.user.pk, None), (2, budi.user.pk, None)]
    assert "berlaku juga untuk tingkat 2, sebagai Plt/Plh" in reasons(request, signed_in(budi.user))


def test_the_next_superior_of_an_acting_head_is_somebody_else(
    ani: Person, budi: Person, ladder: Ladder, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.NEXT_SUPERIOR))
    act_as_head(budi, ladder, office)
    request = hand_in(ani)
    approve(request, budi.user)
    assert (request.state, request.level, request.approver) == ("waiting", 2, ladder.sekda.employee)


def test_behind_somebody_else_the_same_person_is_asked_again_and_an_old_page_does_not_answer(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.SEKDA), StepInput(By.DIRECT_SUPERIOR))
    request = hand_in(ani)
    approve(request, budi.user)
    approve(request, ladder.sekda.user)
    assert (request.state, request.level, request.approver) == ("waiting", 3, budi.employee)
    # The second click of the first level, and its page in another window.
    for stage in ("", "1.0"):
        outcome = decide(request_uids=[request.uid], verdict="approved", stages={request.uid: stage}, actor=budi.user)
        assert (outcome.decided, [found.pk for found in outcome.repeated]) == ([], [request.pk])
    browser = signed_in(budi.user)
    shown = browser.get(f"/kotak-masuk/{request.uid}/").content.decode()
    assert f'name="lihat" value="{request.uid}=0@3.0"' in shown
    browser.post("/kotak-masuk/putuskan/", {"setujui": str(request.uid), "lihat": f"{request.uid}=0@3.0"})
    request.refresh_from_db()
    assert request.state == "approved"
    assert [level for level, *_rest in signatures(request)] == [1, 2, 3]


def test_two_levels_of_one_role_are_two_people_as_long_as_there_are_two(
    ani: Person, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    step = StepInput(By.ROLE_IN_REGION, role_code="bpkad")
    paper_chain(step, step)
    first, second = with_role("bpkad"), with_role("bpkad")
    request = hand_in(ani)
    approve(request, first)
    assert (request.state, request.level) == ("waiting", 2)
    approve(request, first, stage=request.stage)
    assert (request.state, request.level) == ("waiting", 2)
    assert not ApprovalRequest.objects.waiting().for_approver(User.objects.get(pk=first.pk)).exists()
    approve(request, second)
    assert request.state == "approved"


def test_the_only_holder_of_a_role_does_not_leave_the_document_waiting_for_nobody(
    ani: Person, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    step = StepInput(By.ROLE_IN_REGION, role_code="bpkad")
    paper_chain(step, step)
    only = with_role("bpkad")
    request = hand_in(ani)
    approve(request, only)
    assert request.state == "approved"
    assert [level for level, *_rest in signatures(request)] == [1, 2]


def test_what_the_only_holder_signed_before_somebody_else_goes_to_the_fallback(
    ani: Person, ladder: Ladder, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    step = StepInput(By.ROLE_IN_REGION, role_code="bpkad", fallback=ChainStep.Fallback.SEKDA)
    paper_chain(step, StepInput(By.KEPALA_OPD), step)
    only = with_role("bpkad")
    request = hand_in(ani)
    approve(request, only)
    approve(request, ladder.head.user)
    assert (request.state, request.level, request.approver) == ("waiting", 3, ladder.sekda.employee)


def test_the_owner_signs_nothing_by_a_delegation_of_the_level_above(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    give(ladder.head, ani)
    request = hand_in(ani)
    approve(request, budi.user)
    assert signatures(request) == [(1, budi.user.pk, None)]
    assert request.approver == ladder.head.employee
    assert not ApprovalRequest.objects.waiting().for_approver(User.objects.get(pk=ani.user.pk)).exists()


def test_the_preview_shows_the_second_level_of_the_same_person_as_signed_with_the_first(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.DIRECT_SUPERIOR), StepInput(By.SEKDA))
    levels = preview("paper", ani.employee, TODAY).levels
    assert [bool(level.passed) for level in levels] == [False, True, False]


def test_what_goes_to_bkpsdm_at_last_waits_for_its_only_holder_though_that_one_signed_below(
    ani: Person, ladder: Ladder, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    last = ChainStep.Fallback.BKPSDM
    paper_chain(StepInput(By.BKPSDM), StepInput(By.KEPALA_OPD), StepInput(By.BKPSDM, fallback=last))
    only = with_role("bkpsdm")
    request = hand_in(ani)
    approve(request, only)
    approve(request, ladder.head.user)
    assert (request.state, request.level, request.role_code) == ("waiting", 3, "bkpsdm")
    fresh = User.objects.get(pk=only.pk)
    assert request in ApprovalRequest.objects.waiting().for_approver(fresh)
    approve(request, only, stage="1.0")
    assert request.state == "waiting"
    approve(request, only, stage=request.stage)
    assert request.state == "approved"


def test_what_is_passed_up_to_bkpsdm_waits_for_its_only_holder_though_that_one_signed_below(
    ani: Person, ladder: Ladder, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    up = ChainStep.AfterDeadline.BKPSDM
    paper_chain(StepInput(By.BKPSDM), StepInput(By.KEPALA_OPD, days_to_decide=1, after_deadline=up))
    only = with_role("bkpsdm")
    # Of the owner's own right to decide nothing is hoped for.
    RoleGrant.objects.create(user=ani.user, role=Role.objects.get(code="bkpsdm"))
    request = hand_in(ani)
    approve(request, only)
    with clock.at(NOW + timedelta(days=3)):
        follow_deadlines()
        request.refresh_from_db()
        assert (request.level, request.role_code) == (2, "bkpsdm")
        approve(request, only, stage=request.stage)
    assert request.state == "approved"


def test_who_signed_below_signs_the_same_role_again_once_the_other_holder_has_gone(
    ani: Person, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    step = StepInput(By.ROLE_IN_REGION, role_code="bpkad")
    paper_chain(step, step)
    first, second = with_role("bpkad"), with_role("bpkad")
    request = hand_in(ani)
    approve(request, first)
    approve(request, first, stage=request.stage)
    assert (request.state, request.level) == ("waiting", 2)
    User.objects.filter(pk=second.pk).update(is_active=False)
    approve(request, first, stage=request.stage)
    assert request.state == "approved"
