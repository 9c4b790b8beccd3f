"""Returned, repaired, handed in again: what was said before stays, and what is approved is final."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from kernel import clock
from tenants.activities import targets
from tenants.activities.actions import delete_activity, save_activity, send_activity, withdraw_activity
from tenants.activities.models import Activity, CatalogueVersion, FormerContent, JobKind
from tenants.activities.targets import Target
from tenants.approvals.actions import decide, recall
from tenants.approvals.errors import ChangedSinceSeen
from tenants.approvals.models import ApprovalRequest
from tests.cast import Person
from tests.files import pdf
from tests.tenants.activities.work import THURSDAY, approve, entry, make_kind, send_back, sent_form

PDF = pdf()


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def returned(ani: Person, budi: Person) -> Activity:
    """An activity of Ani's that Budi sent back."""
    activity = send_activity(employee=ani.employee, draft=entry(make_kind()), actor=ani.user)
    send_back(budi, activity, "Lampirkan rekap")
    return activity


def test_a_repair_shows_what_was_changed_to_owner_and_approver(
    ani: Person, budi: Person, returned: Activity, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(ani.user)
    form = sent_form(
        returned.job_kind.uid,
        description="Laporan bulanan dengan rekap",
        minutes="45",
        evidence=SimpleUploadedFile("rekap.pdf", PDF),
    )
    answer = client.post(f"/aktivitas/{returned.uid}/ubah/", form)
    assert answer.status_code == 302
    returned.refresh_from_db()
    assert (returned.state, returned.version) == ("submitted", 2)
    for address, reader in ((f"/aktivitas/{returned.uid}/", ani), (f"/aktivitas/putusan/{returned.uid}/", budi)):
        page = signed_in(reader.user).get(address)
        (correction,) = page.context["corrections"]
        assert (correction.version, correction.who) == (2, "Ani")
        assert [(each.label, each.before, each.after) for each in correction.differences] == [
            ("Uraian", "Laporan bulanan", "Laporan bulanan dengan rekap"),
            ("Lama", "30 menit", "45 menit"),
            ("Bukti", "–", "rekap.pdf"),
        ]
        assert "<del>30 menit</del> → <ins>45 menit</ins>" in page.content.decode()


def test_the_inbox_says_what_changed(ani: Person, budi: Person, returned: Activity) -> None:
    from tenants.approvals.handlers import handler_for

    send_activity(employee=ani.employee, draft=entry(returned.job_kind, minutes=45), actor=ani.user, uid=returned.uid)
    details = handler_for("activity").details([returned.uid])[returned.uid]
    assert ("Yang berubah", "Lama: 30 menit → 45 menit") in details.facts


def test_handing_in_again_unchanged_keeps_the_version(ani: Person, returned: Activity) -> None:
    send_activity(employee=ani.employee, draft=entry(returned.job_kind), actor=ani.user, uid=returned.uid)
    returned.refresh_from_db()
    assert (returned.state, returned.version, FormerContent.objects.count()) == ("submitted", 1, 0)


def test_a_draft_that_was_never_handed_in_has_no_history(ani: Person, budi: Person) -> None:
    kind = make_kind()
    draft = save_activity(employee=ani.employee, draft=entry(kind), actor=ani.user)
    save_activity(employee=ani.employee, draft=entry(kind, minutes=60), actor=ani.user, uid=draft.uid)
    draft.refresh_from_db()
    assert (draft.version, FormerContent.objects.count()) == (1, 0)


def test_a_decision_on_what_is_no_longer_said_is_refused(ani: Person, budi: Person) -> None:
    kind = make_kind()
    activity = send_activity(employee=ani.employee, draft=entry(kind), actor=ani.user)
    seen = ApprovalRequest.objects.waiting().get()
    withdraw_activity(employee=ani.employee, uid=activity.uid, actor=ani.user)
    send_activity(employee=ani.employee, draft=entry(kind, minutes=300), actor=ani.user, uid=activity.uid)
    waiting = ApprovalRequest.objects.waiting().get()
    assert (seen.document_version, waiting.document_version) == ("1", "2")
    with pytest.raises(ChangedSinceSeen):
        decide(request_uids=[waiting.uid], verdict="approved", seen={waiting.uid: "1"}, actor=budi.user)
    activity.refresh_from_db()
    assert activity.state == "submitted"
    decide(request_uids=[waiting.uid], verdict="approved", seen={waiting.uid: "2"}, actor=budi.user)
    activity.refresh_from_db()
    assert activity.state == "approved"


def test_what_was_returned_and_removed_is_still_kept(ani: Person, returned: Activity) -> None:
    delete_activity(employee=ani.employee, uid=returned.uid, actor=ani.user)
    assert not Activity.objects.exists()
    assert FormerContent.objects.get().content["description"] == "Laporan bulanan"


def test_points_weight_percent_and_catalogue_are_frozen_at_approval(ani: Person, budi: Person) -> None:
    CatalogueVersion.objects.create(number=41, digest="0" * 64)
    kind = make_kind(points="2.50", weight="1.2")
    activity = send_activity(employee=ani.employee, draft=entry(kind, volume=2), actor=ani.user)
    approve(budi, activity)
    JobKind.objects.filter(pk=kind.pk).update(points=9, weight=9)
    CatalogueVersion.objects.create(number=42, digest="1" * 64)
    activity = Activity.objects.get()
    assert (activity.approved_points, activity.approved_weight, activity.catalogue_version) == (
        Decimal("6.00"),
        Decimal("1.200"),
        41,
    )
    assert (activity.points, activity.percent) == (Decimal("6.00"), Decimal(100))


def test_the_database_refuses_to_change_what_is_approved(ani: Person, budi: Person) -> None:
    activity = send_activity(employee=ani.employee, draft=entry(make_kind()), actor=ani.user)
    approve(budi, activity)
    approved = Activity.objects.filter(pk=activity.pk)
    for change in ({"approved_points": 99}, {"minutes": 1}, {"description": "Lain"}, {"percent": 10}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            approved.update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        approved.delete()
    with pytest.raises(IntegrityError, match="activity_frozen_when_approved"), transaction.atomic():
        approved.update(state="submitted")


def test_former_contents_and_catalogue_numbers_are_append_only(ani: Person, returned: Activity) -> None:
    save_activity(employee=ani.employee, draft=entry(returned.job_kind, minutes=60), actor=ani.user, uid=returned.uid)
    for rows in (FormerContent.objects.all(), CatalogueVersion.objects.all()):
        assert rows.exists()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.delete()


def test_a_recalled_approval_unfreezes(ani: Person, budi: Person) -> None:
    kind = make_kind()
    activity = send_activity(employee=ani.employee, draft=entry(kind), actor=ani.user)
    approve(budi, activity)
    recall(request_uids=[ApprovalRequest.objects.get().uid], note="Keliru", actor=budi.user)
    activity.refresh_from_db()
    frozen = (activity.approved_minutes, activity.approved_points, activity.approved_weight, activity.catalogue_version)
    assert (activity.state, frozen) == ("returned", (None, None, None, None))
    send_activity(employee=ani.employee, draft=entry(kind, starts_at=time(9)), actor=ani.user, uid=activity.uid)
    activity.refresh_from_db()
    assert (activity.state, activity.version) == ("submitted", 2)


class Plan:
    """A provider with one target."""

    def __init__(self) -> None:
        self.target = Target(uuid4(), "Tersusunnya laporan bulanan")

    def open_targets(self, employee_id: int, day: object) -> list[Target]:
        return [self.target]

    def labels(self, uids: object) -> dict[UUID, str]:
        return {self.target.uid: self.target.label}


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Target:
    """The person's plan has one open target."""
    provider = Plan()
    monkeypatch.setattr(targets._registry, "provider", provider)
    return provider.target


def test_an_activity_names_a_target_of_the_own_plan(
    ani: Person, budi: Person, plan: Target, signed_in: Callable[..., Client]
) -> None:
    client, kind = signed_in(ani.user), make_kind()
    assert plan.label in client.get(f"/aktivitas/baru/?jenis={kind.uid}").content.decode()
    assert client.post("/aktivitas/baru/", sent_form(kind.uid, target_uid=str(plan.uid))).status_code == 302
    activity = Activity.objects.get()
    assert activity.target_uid == plan.uid
    assert plan.label in client.get(f"/aktivitas/{activity.uid}/").content.decode()


def test_somebody_elses_target_is_refused_beside_the_field(
    ani: Person, budi: Person, plan: Target, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in(ani.user).post("/aktivitas/baru/", sent_form(make_kind().uid, target_uid=str(uuid4())))
    assert answer.status_code == 422
    assert answer.context["form"].errors["target_uid"] == [
        "Sasaran ini tidak berlaku pada tanggal itu. Pilih sasaran lain."
    ]
    assert not Activity.objects.exists()
