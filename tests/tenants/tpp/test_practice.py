"""Practice and go-live: who practises, who signs, from when an OPD is paid, and what cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from tenants.organisation.models import Unit
from tenants.tpp.errors import PracticeRefused
from tenants.tpp.models import GoLive, MonthFacts, Practice, RunIssue, Slip
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live, standing_in, withdraw_go_live
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after
from tests.tenants.tpp.small_run import lock_of

WithRole = Callable[..., User]


@pytest.fixture
def bpkad(with_role: WithRole) -> User:
    return with_role("bpkad")


@pytest.fixture
def pilots(four_opds: list[Unit], bkpsdm: User) -> list[Unit]:
    """The first three of the four OPDs practise from May 2024 on."""
    choose_pilots(opds=[opd.uid for opd in four_opds[:3]], month=MAY, actor=bkpsdm)
    return four_opds


def go_live(opd: Unit, month: object, first: User, second: User) -> GoLive:
    (row,) = propose_go_live(opds=[opd.uid], month=month, actor=first)  # type: ignore[arg-type]  # a Month
    sign_go_live(uids=[row.uid], actor=second)
    row.refresh_from_db()
    return row


def test_a_region_that_never_chose_a_pilot_pays_everybody(four_opds: list[Unit], run_of: RunOf) -> None:
    run = run_of(MAY)
    assert not standing_in(MAY).is_piloting
    assert (run.standing, run.people, run.practice, run.waiting) == ({}, 8, 0, 0)
    assert not Slip.objects.filter(is_practice=True).exists()


def test_three_opds_practise_and_the_fourth_is_not_computed(pilots: list[Unit], run_of: RunOf) -> None:
    run = run_of(MAY)
    assert (run.people, run.practice, run.waiting, run.errors) == (0, 6, 2, 0)
    assert run.net_total == run.gross_total == run.pagu_total == 0
    assert run.practice_net > 0
    assert set(Slip.objects.values_list("is_practice", "opd__name")) == {(True, opd.name) for opd in pilots[:3]}
    assert set(MonthFacts.objects.values_list("is_practice", flat=True)) == {True}
    waiting = RunIssue.objects.filter(run=run).waiting()
    assert {issue.employee.placements.get().position.unit for issue in waiting} == {pilots[3]}


def test_an_opd_is_paid_from_the_month_that_two_have_signed(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    go_live(pilots[0], JULY, bkpsdm, bpkad)
    june, july = run_of(JUNE), run_of(JULY)
    assert (june.people, june.practice) == (0, 6)
    assert (july.people, july.practice, july.waiting) == (2, 4, 2)
    assert set(Slip.objects.filter(run=july, is_practice=False).values_list("opd__name", flat=True)) == {pilots[0].name}
    assert july.net_total == Slip.objects.filter(run=july).paid().sums()["net"]


def test_one_signature_is_not_enough(pilots: list[Unit], run_of: RunOf, bkpsdm: User) -> None:
    propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    assert run_of(MAY).people == 0


def test_who_proposes_cannot_sign(pilots: list[Unit], bkpsdm: User) -> None:
    (row,) = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="same_person"):
        sign_go_live(uids=[row.uid], actor=bkpsdm)
    with pytest.raises(IntegrityError, match="go_live_signed_by_two_people"), transaction.atomic():
        GoLive.objects.filter(pk=row.pk).update(signed_by=bkpsdm, signed_at=clock.now())
    assert not GoLive.objects.signed().exists()


def test_a_second_click_of_the_signer_changes_nothing(pilots: list[Unit], bkpsdm: User, bpkad: User) -> None:
    row = go_live(pilots[0], JUNE, bkpsdm, bpkad)
    sign_go_live(uids=[row.uid], actor=bpkad)
    assert AuditEvent.objects.filter(action="tpp.go_live_signed").count() == 1


def test_an_opd_that_never_practised_can_be_paid_too(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    go_live(pilots[3], MAY, bkpsdm, bpkad)
    run = run_of(MAY)
    assert (run.people, run.practice, run.waiting) == (2, 6, 0)


def test_a_proposal_is_withdrawn_until_its_date(pilots: list[Unit], bkpsdm: User, bpkad: User) -> None:
    row = go_live(pilots[0], JULY, bkpsdm, bpkad)
    # 30 June 23.59 in Manado, then a minute later.
    with clock.at(datetime(2024, 6, 30, 16, 0, tzinfo=UTC)), pytest.raises(PracticeRefused, match="in_force"):
        withdraw_go_live(uids=[row.uid], actor=bkpsdm)
    with clock.at(datetime(2024, 6, 30, 15, 59, tzinfo=UTC)):
        withdraw_go_live(uids=[row.uid], actor=bkpsdm)
    assert pilots[0].uid in standing_in(JULY).practice
    again = go_live(pilots[0], JULY, bkpsdm, bpkad)
    assert again.pk != row.pk
    assert pilots[0].uid in standing_in(JULY).live


def test_an_unsigned_proposal_can_be_withdrawn_after_its_date(pilots: list[Unit], bkpsdm: User) -> None:
    (row,) = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    with clock.at(after(JULY)):
        withdraw_go_live(uids=[row.uid], actor=bkpsdm)
    assert not GoLive.objects.standing().exists()


def test_what_would_change_nothing_is_refused(four_opds: list[Unit], bkpsdm: User) -> None:
    with pytest.raises(PracticeRefused, match="not_piloting"):
        propose_go_live(opds=[four_opds[0].uid], month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="nothing_chosen"):
        choose_pilots(opds=[], month=MAY, actor=bkpsdm)
    choose_pilots(opds=[four_opds[0].uid], month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="chosen"):
        choose_pilots(opds=[four_opds[0].uid], month=JUNE, actor=bkpsdm)
    propose_go_live(opds=[four_opds[0].uid], month=JULY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="already"):
        propose_go_live(opds=[four_opds[0].uid], month=JUNE, actor=bkpsdm)


@pytest.mark.parametrize("role", ["bpkad", "inspektorat", "operator_opd", "asn"])
def test_only_bkpsdm_chooses_proposes_and_withdraws(four_opds: list[Unit], with_role: WithRole, role: str) -> None:
    actor = with_role(role)
    for deed in (choose_pilots, propose_go_live):
        with pytest.raises(NotAllowed):
            deed(opds=[four_opds[0].uid], month=MAY, actor=actor)
    with pytest.raises(NotAllowed):
        withdraw_go_live(uids=[four_opds[0].uid], actor=actor)


def test_only_the_signing_roles_sign(pilots: list[Unit], bkpsdm: User, with_role: WithRole) -> None:
    (row,) = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    with pytest.raises(NotAllowed):
        sign_go_live(uids=[row.uid], actor=with_role("operator_opd"))
    sign_go_live(uids=[row.uid], actor=with_role("inspektorat"))
    assert GoLive.objects.signed().count() == 1


def test_practice_rows_are_never_changed(pilots: list[Unit]) -> None:
    for statement in ("DELETE FROM tpp_practice", "UPDATE tpp_practice SET from_month = '2024-06-01'"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Practice.objects.count() == 3


def test_every_step_is_in_the_audit_log(pilots: list[Unit], bkpsdm: User, bpkad: User) -> None:
    row = go_live(pilots[0], JULY, bkpsdm, bpkad)
    with clock.at(after(MAY)):
        withdraw_go_live(uids=[row.uid], actor=bkpsdm)
    steps = ("tpp.practice_chosen", "tpp.go_live_proposed", "tpp.go_live_signed", "tpp.go_live_withdrawn")
    assert [AuditEvent.objects.filter(action=step).count() for step in steps] == [3, 1, 1, 1]
    signed = AuditEvent.objects.get(action="tpp.go_live_signed")
    assert (signed.actor_uid, signed.after) == (bpkad.uid, {"opd": pilots[0].name, "month": "2024-07"})


def test_one_person_does_not_stop_the_pay_of_a_region_that_pays(
    four_opds: list[Unit], run_of: RunOf, bkpsdm: User
) -> None:
    lock_of(run_of(MAY), four_opds[0], bkpsdm)
    with pytest.raises(PracticeRefused, match="paying"):
        choose_pilots(opds=[four_opds[0].uid], month=JUNE, actor=bkpsdm)
    assert not standing_in(JUNE).is_piloting
