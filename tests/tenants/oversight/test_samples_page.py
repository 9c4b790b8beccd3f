"""Samples through their pages: drawn in the background, frozen, examined person by person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.attendance.models import DayResult
from tenants.oversight import drawing
from tenants.oversight.models import Sample
from tests.cast import Person
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent
from tests.tenants.oversight.inspection import LATER, make_sample

SignedIn = Callable[..., Client]
WithRole = Callable[..., User]


@pytest.fixture
def inspector(with_role: WithRole) -> User:
    return with_role("inspektorat")


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    with clock.at(LATER):
        yield


@pytest.fixture
def draw_sample(inspector: User, signed_in: SignedIn, run_outbox: Callable[[], int]) -> Callable[..., Sample]:
    """Fill the form in, let the job run, give the sample."""

    def draw(**values: object) -> Sample:
        form = {"bulan": "2026-11", "persen": "5", "risiko": "20", "benih": "a1", **values}
        answer = signed_in(inspector).post("/pengawasan/sampel/baru/", form)
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Sample.objects.latest("id")

    return draw


def approved_while_absent(person: Person, approver: Person) -> None:
    """One approved activity of Thursday, on which the person was nowhere to be seen."""
    with clock.at(THURSDAY):
        make_sent(person.employee, make_kind(), 1)
        waiting = ApprovalRequest.objects.waiting().filter(owner=person.employee)
        decide(request_uids=[request.uid for request in waiting], verdict="approved", actor=approver.user)
    DayResult.objects.create(
        employee=person.employee,
        date=date(2026, 11, 19),
        presence=DayResult.Presence.ABSENT,
        is_working_day=True,
        inputs_digest="0" * 64,
    )


def test_a_sample_holds_the_chosen_share_and_the_riskiest(
    draw_sample: Callable[..., Sample], ani: Person, budi: Person, citra: Person
) -> None:
    approved_while_absent(ani, budi)
    sample = draw_sample()
    risky = sample.people.get(employee=ani.employee)
    assert risky.why in ("risk", "both")
    assert risky.order == 1
    assert risky.reasons == [["work_while_absent", 1, "6"]]
    assert sample.population == 3


def test_the_same_seed_draws_the_same_list_with_the_same_digest(
    draw_sample: Callable[..., Sample], ani: Person, budi: Person, citra: Person, dedi: Person
) -> None:
    first, again = draw_sample(persen="50"), draw_sample(persen="50")
    assert first.pk != again.pk
    assert first.digest == again.digest
    assert list(first.people.order_by("order").values_list("employee")) == list(
        again.people.order_by("order").values_list("employee")
    )


def test_a_job_whose_worker_died_behind_the_freezing_draws_no_second_sample(
    draw_sample: Callable[..., Sample], ani: Person, budi: Person, citra: Person
) -> None:
    sample = draw_sample(persen="50")
    job = Job.objects.get(uid=sample.job_uid)
    told = job.result
    # As a worker leaves it that is killed before it could say what it drew.
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, result={}, finished_at=None, heartbeat_at=clock.now() - 2 * work.SILENCE
    )
    again = work.run(str(job.uid))
    assert (again.state, again.result) == (Job.State.DONE, told)
    assert list(Sample.objects.all()) == [sample]
    assert AuditEvent.objects.filter(action="oversight.sample_drawn").count() == 1


def test_two_workers_that_freeze_the_same_job_leave_one_sample(
    monkeypatch: pytest.MonkeyPatch, draw_sample: Callable[..., Sample], ani: Person, budi: Person, citra: Person
) -> None:
    freeze, made = drawing._freeze, []

    def freeze_twice(*values: Any) -> Sample:
        made.extend([freeze(*values), freeze(*values)])
        return made[-1]

    monkeypatch.setattr(drawing, "_freeze", freeze_twice)
    sample = draw_sample(persen="50")
    assert [one.pk for one in made] == [sample.pk, sample.pk]
    assert list(Sample.objects.all()) == [sample]
    assert sample.people.count() == 2


def test_a_drawn_sample_refuses_every_change_also_by_sql(inspector: User, ani: Person) -> None:
    sample = make_sample(inspector, ani.employee)
    for statement in (
        "UPDATE oversight_sample SET seed = 'x' WHERE id = %s",
        "DELETE FROM oversight_sampledperson WHERE sample_id = %s",
        'UPDATE oversight_sampledperson SET "order" = 9 WHERE sample_id = %s',
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [sample.pk])


def test_a_month_without_people_is_refused_beside_the_field(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    form = {"bulan": "2019-01", "persen": "5", "risiko": "20", "benih": "a1"}
    answer = signed_in(inspector).post("/pengawasan/sampel/baru/", form)
    assert answer.status_code == 422
    assert "Tidak ada pegawai bertugas" in answer.content.decode()
    assert not Sample.objects.exists()


def test_a_share_above_a_hundred_is_refused(signed_in: SignedIn, inspector: User) -> None:
    form = {"bulan": "2026-11", "persen": "101", "risiko": "20", "benih": "a1"}
    assert signed_in(inspector).post("/pengawasan/sampel/baru/", form).status_code == 422


def test_one_page_shows_punches_activities_approvals_and_slip(
    signed_in: SignedIn, inspector: User, ani: Person, budi: Person
) -> None:
    approved_while_absent(ani, budi)
    page = signed_in(inspector).get(f"/pengawasan/pegawai/{ani.employee.uid}/?bulan=2026-11").content.decode()
    for words in ("Laporan 0", "Budi", "Disetujui", "Belum ada slip bulan ini", "Hari dan absen"):
        assert words in page


def test_the_page_of_a_person_needs_as_many_statements_for_forty_activities_as_for_one(
    signed_in: SignedIn, inspector: User, ani: Person, budi: Person
) -> None:
    client = signed_in(inspector)
    with clock.at(THURSDAY):
        make_sent(ani.employee, make_kind(), 40)
    answer = assert_query_count(
        "oversight.person", lambda: client.get(f"/pengawasan/pegawai/{ani.employee.uid}/?bulan=2026-11")
    )
    assert answer.content.decode().count("Menyusun laporan") >= 40


def test_a_person_is_marked_examined_once(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    sample = make_sample(inspector, ani.employee)
    person = sample.people.get()
    client = signed_in(inspector)
    for note in ("cocok", "lain"):
        assert client.post(f"/pengawasan/diperiksa/{person.uid}/", {"catatan": note}).status_code == 302
    person.refresh_from_db()
    assert person.examination.note == "cocok"
    assert "1 dari 1 orang sudah diperiksa" in client.get(f"/pengawasan/sampel/{sample.uid}/").content.decode()


def test_nobody_examines_their_own_month(signed_in: SignedIn, ani: Person, with_role: WithRole) -> None:
    from kernel.accounts.models import Role, RoleGrant

    RoleGrant.objects.create(user=ani.user, role=Role.objects.get(code="inspektorat"))
    answer = signed_in(ani.user).get(f"/pengawasan/pegawai/{ani.employee.uid}/?bulan=2026-11")
    assert answer.status_code == 403
    assert "bulan Anda sendiri" in answer.content.decode()


def test_the_list_goes_out_as_a_sheet(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    sample = make_sample(inspector, ani.employee)
    answer = signed_in(inspector).get(f"/pengawasan/sampel/{sample.uid}/daftar.xlsx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_the_samples_are_listed_with_how_far_they_are(signed_in: SignedIn, inspector: User, ani: Person) -> None:
    make_sample(inspector, ani.employee)
    client = signed_in(inspector)
    answer = assert_query_count("oversight.samples", lambda: client.get("/pengawasan/"))
    assert "0 dari 1" in answer.content.decode()
