"""Who decides at which level: offices, roles, conditions, vacancies, kinds of position."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from tenants.approvals.actions import Submission, add_remarks, decide, submit_many
from tenants.approvals.chains import StepInput, end_chain, lay_down_chain, make_chain
from tenants.approvals.errors import ChainRefused
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.calendars.models import Holiday
from tenants.employees.models import Placement
from tenants.organisation.models import Position
from tests.cast import Office, Person, make_employee, make_position
from tests.tenants.approvals.ladder import NOW, TODAY, Ladder, hand_in
from tests.tenants.approvals.papers import Papers, Told

By = ChainStep.Approver
Fallback = ChainStep.Fallback
Chain = Callable[..., None]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


def stands_with(request: ApprovalRequest) -> tuple[int, int | None, str, str]:
    request.refresh_from_db()
    return request.level, request.approver_id, request.role_code, request.why


def approve(request: ApprovalRequest, *people: Person | User) -> None:
    for person in people:
        actor = person.user if isinstance(person, Person) else person
        decide(request_uids=[request.uid], verdict="approved", actor=actor)


def test_a_document_climbs_from_the_superior_to_the_head_to_the_sekda(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD), StepInput(By.SEKDA))
    request = hand_in(ani)
    assert stands_with(request) == (1, budi.employee.pk, "", "")
    approve(request, budi)
    assert stands_with(request) == (2, ladder.head.employee.pk, "", "")
    assert request.came_from_id == budi.employee.pk
    approve(request, ladder.head)
    assert stands_with(request) == (3, ladder.sekda.employee.pk, "", "")
    assert papers.calls == []
    approve(request, ladder.sekda)
    assert papers.calls == [("approved", 1, "")]


def test_the_head_of_ones_own_opd_decides_and_no_other_head(
    ani: Person, ladder: Ladder, office: Office, paper_chain: Chain
) -> None:
    paper_chain(StepInput(By.KEPALA_OPD))
    assert hand_in(ani).approver_id == ladder.head.employee.pk
    elsewhere = make_position(Position.objects.get(code="H-1").unit, "H-2", "Staf", superior=None)
    stranger = make_employee("Orang Lain", elsewhere)
    assert hand_in(stranger, ani.user).approver_id == ladder.other_head.employee.pk


def test_the_head_does_not_decide_their_own_document(ladder: Ladder, paper_chain: Chain) -> None:
    paper_chain(StepInput(By.KEPALA_OPD))
    request = hand_in(ladder.head)
    assert stands_with(request) == (1, ladder.sekda.employee.pk, "", "dokumen_sendiri")


@pytest.mark.parametrize(
    ("fallback", "expected", "role"),
    [(Fallback.NEXT_SUPERIOR, "sekda", ""), (Fallback.SEKDA, "sekda", ""), (Fallback.BKPSDM, None, "bkpsdm")],
)
def test_a_vacant_office_falls_to_whom_the_step_names_and_the_trail_says_so(
    ani: Person, ladder: Ladder, paper_chain: Chain, fallback: str, expected: str | None, role: str
) -> None:
    paper_chain(StepInput(By.KEPALA_OPD, fallback=fallback))
    Placement.objects.filter(employee=ladder.head.employee).delete()
    request = hand_in(ani)
    named = None if expected is None else ladder.sekda.employee.pk
    assert stands_with(request) == (1, named, role, "kosong")
    event = AuditEvent.objects.get(action="approvals.submitted", subject_uid=request.uid)
    assert event.after["why"] == "kosong"


def test_an_office_that_nobody_marked_falls_to_bkpsdm(ani: Person, budi: Person, paper_chain: Chain) -> None:
    paper_chain(StepInput(By.SEKDA))
    assert stands_with(hand_in(ani)) == (1, None, "bkpsdm", "kosong")


def test_the_head_of_the_region_without_a_post_decides_by_the_role(
    ani: Person, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    bupati = with_role("kepala_daerah")
    paper_chain(StepInput(By.KEPALA_DAERAH))
    request = hand_in(ani)
    assert stands_with(request) == (1, None, "kepala_daerah", "")
    approve(request, bupati)
    assert papers.calls == [("approved", 1, "")]


def test_a_role_that_nobody_else_holds_falls_to_the_superior(
    ani: Person, budi: Person, paper_chain: Chain, office: Office, with_role: Callable[..., User]
) -> None:
    paper_chain(StepInput(By.ROLE_IN_OPD, role_code="operator_opd"))
    assert stands_with(hand_in(ani)) == (1, budi.employee.pk, "", "kosong")
    with_role("operator_opd", opd=office.opd)
    assert stands_with(hand_in(ani)) == (1, None, "operator_opd", "")


def test_the_acting_head_is_said_to_be_acting(ani: Person, citra: Person, office: Office, paper_chain: Chain) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR))
    Placement.objects.create(
        employee=citra.employee, position=office.section_head, kind="plt", period=DateRange(date(2026, 1, 1), None)
    )
    assert stands_with(hand_in(ani)) == (1, citra.employee.pk, "", "pejabat_sementara")


def test_only_exceptions_and_long_ones_come_to_the_levels_that_ask_for_them(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Papers, "measure_label", "hari")
    paper_chain(
        StepInput(By.DIRECT_SUPERIOR),
        StepInput(By.KEPALA_OPD, only_exceptions=True),
        StepInput(By.SEKDA, measure_from=Decimal(6)),
    )
    short, long = hand_in(ani, measure=3), hand_in(ani, measure=6)
    odd = hand_in(ani, measure=3, remarks=["Tanpa berkas surat"])
    approve(short, budi)
    assert papers.calls == [("approved", 1, "")]
    approve(long, budi)
    assert stands_with(long) == (3, ladder.sekda.employee.pk, "", "")
    passed = AuditEvent.objects.filter(action="approvals.approved", subject_uid=long.uid).get().after["passed"]
    assert passed == {"2": "syarat_tidak_terpenuhi"}
    approve(odd, budi)
    assert stands_with(odd) == (2, ladder.head.employee.pk, "", "")


def test_a_remark_that_comes_later_makes_an_exception(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD, only_exceptions=True))
    request = hand_in(ani)
    for _again in range(2):
        add_remarks(document_kind="paper", remarks={request.document_uid: ["Mirip surat lain"]}, actor=ani.user)
    request.refresh_from_db()
    assert (request.remarks, request.is_exception) == (["Mirip surat lain"], True)
    approve(request, budi)
    assert stands_with(request)[1] == ladder.head.employee.pk
    assert AuditEvent.objects.filter(action="approvals.remarked").count() == 1


def test_a_chain_for_a_kind_of_position_comes_before_the_general_one(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, with_role: Callable[..., User]
) -> None:
    paper_chain()
    lay_down_chain(
        document_kind="paper",
        position_kind="pengawas",
        name="Surat pengawas",
        valid_from=date(2024, 1, 1),
        steps=[StepInput(By.SEKDA)],
    )
    assert hand_in(ani).approver_id == budi.employee.pk
    assert hand_in(budi).approver_id == ladder.sekda.employee.pk
    end_chain(document_kind="paper", position_kind="pengawas", valid_from=date(2026, 12, 1), actor=with_role("bkpsdm"))
    assert hand_in(budi, on=date(2026, 12, 1)).approver_id == ladder.head.employee.pk
    assert hand_in(budi, on=date(2026, 11, 30)).approver_id == ladder.sekda.employee.pk


def test_a_new_version_leaves_what_is_on_its_way_on_the_old_one(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    before = hand_in(ani)
    make_chain(
        document_kind="paper",
        name="Satu tingkat",
        valid_from=TODAY,
        steps=[StepInput(By.SEKDA)],
        actor=with_role("bkpsdm"),
    )
    after = hand_in(ani)
    assert after.approver_id == ladder.sekda.employee.pk
    approve(before, budi)
    assert stands_with(before) == (2, ladder.head.employee.pk, "", "")
    approve(before, ladder.head)
    assert papers.calls == [("approved", 1, "")]
    assert before.chain_id != after.chain_id


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([], "empty"),
        ([StepInput(By.SEKDA, only_exceptions=True)], "conditions_only"),
        ([StepInput(By.SEKDA), StepInput(By.KEPALA_OPD, measure_from=Decimal(5))], "no_measure"),
    ],
)
def test_a_chain_that_could_leave_a_document_without_anybody_is_refused(
    papers: Told, with_role: Callable[..., User], steps: list[StepInput], reason: str
) -> None:
    with pytest.raises(ChainRefused) as refused:
        make_chain(document_kind="paper", name="X", valid_from=TODAY, steps=steps, actor=with_role("bkpsdm"))
    assert refused.value.reason == reason
    assert refused.value.message()


def test_the_last_day_counts_working_days_of_the_owners_unit(
    ani: Person, budi: Person, paper_chain: Chain, office: Office
) -> None:
    Holiday.objects.create(date=date(2026, 11, 20), name="Libur uji", is_confirmed=True, source="uji", confirmed_at=NOW)
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=2, day_kind="kerja"))
    # Thursday; Friday is a holiday, then a weekend: Monday and Tuesday.
    assert hand_in(ani).due_on == date(2026, 11, 24)


def test_two_hundred_owners_take_as_many_statements_as_twenty(
    office: Office, budi: Person, ladder: Ladder, paper_chain: Chain
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, day_kind="kerja"), StepInput(By.KEPALA_OPD), StepInput(By.SEKDA))
    lay_down_chain(document_kind="paper", position_kind="jpt", name="J", valid_from=TODAY, steps=[StepInput(By.SEKDA)])
    owners = [
        make_employee(f"Pegawai {n}", make_position(office.unit, f"N-{n}", "Staf", superior=office.section_head))
        for n in range(200)
    ]
    counts: dict[str, dict[int, int]] = {"submit": {}, "decide": {}}
    for size in (20, 200):
        papers = [Submission(uuid.uuid4(), owner, "Surat", TODAY) for owner in owners[:size]]
        with CaptureQueriesContext(connection) as captured:
            rows = submit_many(document_kind="paper", submissions=papers, actor=budi.user)
        counts["submit"][size] = len(captured)
        for actor in (budi.user, ladder.head.user):
            fresh = User.objects.get(pk=actor.pk)
            with CaptureQueriesContext(connection) as captured:
                outcome = decide(request_uids=[row.uid for row in rows], verdict="approved", actor=fresh)
            assert len(outcome.decided) == size
            counts["decide"][size] = max(len(captured), counts["decide"].get(size, 0))
    assert counts["submit"][20] == counts["submit"][200]
    assert counts["decide"][20] == counts["decide"][200]


def test_every_kind_of_document_of_a_new_region_has_a_chain_or_needs_none(manado: Any) -> None:
    from tenants.approvals.handlers import handlers
    from tenants.approvals.models import Chain as ChainRow

    for document in handlers():
        in_force = ChainRow.objects.in_force(document.code, TODAY)
        assert (in_force is None) == document.of_region, document.code
