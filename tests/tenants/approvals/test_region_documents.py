"""Documents of the region: with a chain in force a rule set is published only when it was approved through it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from tenants.approvals import region_documents
from tenants.approvals.actions import decide, recall
from tenants.approvals.chains import StepInput, chain_in_force, end_chain, lay_down_chain
from tenants.approvals.errors import AlreadyApproved, NotRecallable, OwnDocument
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.approvals.undoing import undo_approvals
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set
from tenants.rules.errors import CannotPublish
from tenants.rules.models import StoredRuleSet
from tests.cast import with_regulation

FIRST = date(2024, 1, 1)
REGION = "/kotak-masuk/daerah/"


@pytest.fixture
def author(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def draft(author: User, with_role: Callable[..., User]) -> StoredRuleSet:
    """Ready to be published but for a chain: regulation and two signatures."""
    stored = with_regulation(copy_ready_set(code="manado", valid_from=FIRST, actor=author), author)
    for signer in (author, with_role("bpkad")):
        sign_rule_set(uid=stored.uid, actor=signer)
    return stored


@pytest.fixture
def chain() -> None:
    lay_down_chain(
        document_kind="rule_set",
        name="Aturan: BKPSDM lalu kepala daerah",
        valid_from=FIRST,
        steps=[StepInput(ChainStep.Approver.BKPSDM), StepInput(ChainStep.Approver.KEPALA_DAERAH)],
    )


def hand_in(draft: StoredRuleSet, actor: User) -> ApprovalRequest:
    return region_documents.hand_in(document_kind="rule_set", document_uid=draft.uid, actor=actor)


def test_without_a_chain_it_works_as_before(draft: StoredRuleSet, author: User) -> None:
    assert chain_in_force("rule_set") is None
    assert publish_rule_set(uid=draft.uid, actor=author).is_published


def test_with_a_chain_it_is_published_only_after_every_level(
    draft: StoredRuleSet, author: User, chain: None, with_role: Callable[..., User]
) -> None:
    colleague, bupati = with_role("bkpsdm"), with_role("kepala_daerah")
    with pytest.raises(CannotPublish, match="perlu disetujui menurut rantai"):
        publish_rule_set(uid=draft.uid, actor=author)
    request = hand_in(draft, author)
    assert (request.owner, request.owner_user, request.role_code) == (None, author, "bkpsdm")
    with pytest.raises(OwnDocument):
        decide(request_uids=[request.uid], verdict="approved", actor=author)
    decide(request_uids=[request.uid], verdict="approved", actor=colleague)
    with pytest.raises(CannotPublish, match="masih menunggu"):
        publish_rule_set(uid=draft.uid, actor=author)
    decide(request_uids=[request.uid], verdict="approved", actor=bupati)
    with pytest.raises(AlreadyApproved):
        hand_in(draft, author)
    assert publish_rule_set(uid=draft.uid, actor=author).is_published
    with pytest.raises(NotRecallable):
        recall(request_uids=[request.uid], note="Keliru", actor=bupati)


def test_an_undone_approval_publishes_nothing_and_what_is_published_keeps_its_approval(
    draft: StoredRuleSet, author: User, chain: None, with_role: Callable[..., User]
) -> None:
    colleague, bupati = with_role("bkpsdm"), with_role("kepala_daerah")
    request = hand_in(draft, author)
    decide(request_uids=[request.uid], verdict="approved", actor=colleague)
    moment = decide(request_uids=[request.uid], verdict="approved", actor=bupati).at
    assert moment is not None
    assert len(undo_approvals(decided_at=moment, actor=bupati).waiting) == 1
    with pytest.raises(CannotPublish, match="masih menunggu"):
        publish_rule_set(uid=draft.uid, actor=author)
    request.refresh_from_db()
    assert (request.level, request.role_code, request.turn) == (2, "kepala_daerah", 1)
    stages = {request.uid: request.stage}
    again = decide(request_uids=[request.uid], verdict="approved", stages=stages, actor=bupati).at
    assert again is not None
    assert publish_rule_set(uid=draft.uid, actor=author).is_published
    assert len(undo_approvals(decided_at=again, actor=bupati).stays) == 1
    request.refresh_from_db()
    assert (request.state, request.turn) == ("approved", 1)


def test_an_approval_is_of_the_text_as_it_was(
    draft: StoredRuleSet, author: User, chain: None, with_role: Callable[..., User]
) -> None:
    colleague, bupati = with_role("bkpsdm"), with_role("kepala_daerah")
    request = hand_in(draft, author)
    for actor in (colleague, bupati):
        decide(request_uids=[request.uid], verdict="approved", actor=actor)
    StoredRuleSet.objects.filter(pk=draft.pk).update(digest="0" * 64)
    assert "berubah sesudah disetujui" in region_documents.reason_against("rule_set", draft.uid)
    hand_in(draft, author)
    assert "masih menunggu" in region_documents.reason_against("rule_set", draft.uid)


def test_a_returned_one_is_handed_in_again_and_what_waits_is_taken_back_by_its_sender(
    draft: StoredRuleSet, author: User, chain: None, with_role: Callable[..., User]
) -> None:
    colleague = with_role("bkpsdm")
    request = hand_in(draft, author)
    decide(request_uids=[request.uid], verdict="returned", note="Pasal 5 keliru", actor=colleague)
    again = hand_in(draft, author)
    values = {"document_kind": "rule_set", "document_uid": draft.uid}
    assert region_documents.take_back(**values, actor=colleague) == []  # type: ignore[arg-type]
    assert [row.pk for row in region_documents.take_back(**values, actor=author)] == [again.pk]  # type: ignore[arg-type]


def test_the_chain_is_ended_and_it_works_as_before_again(draft: StoredRuleSet, author: User, chain: None) -> None:
    tomorrow = clock.today("Asia/Makassar") + timedelta(days=1)
    end_chain(document_kind="rule_set", valid_from=tomorrow, actor=author)
    with pytest.raises(CannotPublish):
        publish_rule_set(uid=draft.uid, actor=author)
    with clock.at(clock.now() + timedelta(days=2)):
        assert publish_rule_set(uid=draft.uid, actor=author).is_published


def test_the_page_hands_in_shows_where_it_stands_and_takes_back(
    draft: StoredRuleSet, author: User, chain: None, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    with_role("bkpsdm")
    client = signed_in(author)
    page = client.get(REGION).content.decode()
    assert "Tidak memakai rantai" in page
    assert "Ajukan" in page
    sent = client.post(f"{REGION}rule_set/{draft.uid}/", follow=True).content.decode()
    assert "Anda tidak dapat memutuskan yang Anda ajukan sendiri" in sent
    assert "Tarik" in sent
    twice = client.post(f"{REGION}rule_set/{draft.uid}/", follow=True).content.decode()
    assert "sedang menunggu keputusan" in twice
    request = ApprovalRequest.objects.get()
    trail = client.get(f"/kotak-masuk/{request.uid}/jejak/").content.decode()
    assert "Dokumen diajukan" in trail
    client.post(f"{REGION}rule_set/{draft.uid}/", {"tarik": "1"})
    assert not ApprovalRequest.objects.waiting().exists()
    assert client.post(f"{REGION}activity/{draft.uid}/").status_code == 404
    assert client.post(f"{REGION}rule_set/{request.uid}/").status_code == 404
