"""Long work: claimed once, stopped on request, taken up again after silence, failed with words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typing_extensions import override

from kernel import clock
from kernel.delivery.models import OutboxMessage
from kernel.errors import DomainError
from kernel.jobs import work
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress
from kernel.tenancy.context import control_scope, no_scope, region_scope, scope_label
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER
from tests.containment import READ_ONLY

START = datetime(2026, 10, 1, tzinfo=UTC)
Define = Callable[[Callable[[Progress], None]], None]


class NoRuleSet(DomainError):
    @override
    def message(self) -> str:
        return "Belum ada aturan untuk bulan ini."


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Define:
    """`does(function)`: what a job of kind tests.work does."""

    def define(function: Callable[[Progress], None]) -> None:
        monkeypatch.setitem(work._workers, "tests.work", function)

    return define


def a_job(**values: Any) -> Job:
    return Job.objects.create(kind="tests.work", title="Uji", **values)


def test_a_job_is_a_row_and_a_message(manado: RegionState, does: Define) -> None:
    does(lambda progress: None)
    job = work.start(kind="tests.work", title="Uji", actor=None, parameters={"month": "2026-10"})
    assert (job.state, job.parameters) == (Job.State.QUEUED, {"month": "2026-10"})
    assert OutboxMessage.objects.get().kwargs == {"job_uid": str(job.uid)}


def test_a_title_that_names_a_long_file_is_cut(manado: RegionState, does: Define) -> None:
    does(lambda progress: progress.advance(1, 1, "y" * 300))
    job = work.start(kind="tests.work", title="Periksa berkas " + "x" * 255, actor=None)
    assert (len(job.title), job.title[:17]) == (200, "Periksa berkas xx")
    assert len(work.run(str(job.uid)).step) == 200


def test_work_that_nobody_registered_cannot_be_started(manado: RegionState) -> None:
    with pytest.raises(LookupError):
        work.start(kind="tests.unheard-of", title="Uji", actor=None)


def test_progress_rows_and_result_are_kept(manado: RegionState, does: Define) -> None:
    def function(progress: Progress) -> None:
        progress.advance(1, 2, "Membaca")
        progress.row("NIP tidak dikenal", row_number=3, column="nip", value="x" * 300)
        progress.row("Tanpa unit", row_number=4, level=JobRow.Level.WARNING)
        progress.result(stored=1)
        progress.advance(2)

    does(function)
    job = work.run(str(a_job().uid))
    assert (job.state, job.done, job.total, job.step) == (Job.State.DONE, 2, 2, "Membaca")
    assert (job.error_rows, job.result, job.percent) == (1, {"stored": 1}, 100)
    assert [len(row.value) for row in job.rows.order_by("id")] == [200, 0]


def test_the_same_message_twice_works_once(manado: RegionState, does: Define) -> None:
    runs: list[int] = []
    does(lambda progress: runs.append(1))
    job = a_job()
    work.run(str(job.uid))
    work.run(str(job.uid))
    assert runs == [1]


def test_a_job_of_a_living_worker_is_left_alone(manado: RegionState, does: Define) -> None:
    runs: list[int] = []
    does(lambda progress: runs.append(1))
    job = a_job(state=Job.State.RUNNING, heartbeat_at=START)
    with clock.at(START + timedelta(minutes=1)):
        assert work.run(str(job.uid)).state == Job.State.RUNNING
        assert work.resume_silent() == 0
    assert runs == []


def test_a_job_whose_worker_was_killed_is_taken_up_again(manado: RegionState, does: Define) -> None:
    begun_at: list[int] = []

    def function(progress: Progress) -> None:
        begun_at.append(progress.job.done)
        if len(begun_at) == 1:
            progress.advance(40, 100)
            raise SystemExit("killed")
        progress.advance(100)

    does(function)
    job = a_job()
    with clock.at(START), pytest.raises(SystemExit):
        work.run(str(job.uid))
    with clock.at(START + timedelta(minutes=3)):
        assert work.resume_silent() == 1
        assert OutboxMessage.objects.get().kwargs == {"job_uid": str(job.uid)}
        assert work.run(str(job.uid)).state == Job.State.DONE
    assert begun_at == [0, 40]


def test_a_waiting_job_whose_message_was_lost_is_enqueued_again(manado: RegionState, does: Define) -> None:
    with clock.at(START):
        job = a_job()
    with clock.at(START + timedelta(minutes=14)):
        assert work.resume_silent() == 0
    with clock.at(START + timedelta(minutes=16)):
        assert work.resume_silent() == 1
        assert work.resume_silent() == 0
    with clock.at(START + timedelta(minutes=32)):
        assert work.resume_silent() == 1
    assert [message.kwargs for message in OutboxMessage.objects.all()] == [{"job_uid": str(job.uid)}] * 2


def test_jobs_of_a_read_only_region_wait(manado: RegionState, does: Define) -> None:
    with clock.at(START):
        a_job(state=Job.State.RUNNING, heartbeat_at=START)
    with clock.at(START + timedelta(minutes=3)):
        with region_scope(replace(manado, measures=READ_ONLY)):
            assert work.resume_silent() == 0
        assert work.resume_silent() == 1


def test_a_worker_that_wakes_up_late_leaves_the_job_to_the_one_who_took_it_over(
    manado: RegionState, does: Define
) -> None:
    went_on: list[str] = []
    job = a_job()

    def second(progress: Progress) -> None:
        progress.advance(7, 10, "Yang kedua")
        progress.result(by="the second")

    def first(progress: Progress) -> None:
        with clock.at(START + timedelta(minutes=3)):
            does(second)
            assert work.run(str(job.uid)).state == Job.State.DONE
        progress.result(by="the first")
        progress.advance(1, 10, "Yang pertama")
        went_on.append("the first")

    does(first)
    with clock.at(START):
        work.run(str(job.uid))
    job.refresh_from_db()
    assert went_on == []
    assert (job.state, job.done, job.step, job.result) == (Job.State.DONE, 7, "Yang kedua", {"by": "the second"})
    assert job.finished_at == START + timedelta(minutes=3)


def test_a_job_that_was_taken_over_is_not_finished_by_its_first_worker(manado: RegionState, does: Define) -> None:
    job = a_job()

    def first(progress: Progress) -> None:
        Job.objects.filter(pk=job.pk).update(started_at=START + timedelta(minutes=3))

    does(first)
    with clock.at(START):
        assert work.run(str(job.uid)).state == Job.State.RUNNING


def test_a_long_cell_does_not_fail_the_job(manado: RegionState, does: Define) -> None:
    does(lambda progress: progress.row("Terlalu panjang", subject="s" * 300, column="c" * 300, value="v" * 300))
    job = work.run(str(a_job().uid))
    row = job.rows.get()
    assert (job.state, len(row.subject), len(row.column), len(row.value)) == (Job.State.DONE, 200, 60, 200)


def test_a_job_stops_at_its_next_step_when_asked(manado: RegionState, does: Define) -> None:
    reached: list[str] = []

    def function(progress: Progress) -> None:
        work.cancel(progress.job)
        reached.append("before")
        progress.advance(1)
        reached.append("after")

    does(function)
    assert work.run(str(a_job().uid)).state == Job.State.CANCELLED
    assert reached == ["before"]


def test_a_waiting_job_is_cancelled_at_once_and_never_run(manado: RegionState, does: Define) -> None:
    runs: list[int] = []
    does(lambda progress: runs.append(1))
    job = a_job()
    work.cancel(job)
    assert work.run(str(job.uid)).state == Job.State.CANCELLED
    assert runs == []


def test_a_refusal_ends_the_job_with_its_words(manado: RegionState, does: Define) -> None:
    def function(progress: Progress) -> None:
        raise NoRuleSet

    does(function)
    job = work.run(str(a_job().uid))
    assert (job.state, job.failure) == (Job.State.FAILED, "Belum ada aturan untuk bulan ini.")


def test_a_mistake_of_ours_ends_the_job_without_its_details_and_reaches_the_boundary(
    manado: RegionState, does: Define
) -> None:
    def function(progress: Progress) -> None:
        raise ZeroDivisionError("internal detail")

    does(function)
    job = a_job()
    with pytest.raises(ZeroDivisionError):
        work.run(str(job.uid))
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "internal detail" not in job.failure != ""


def test_a_job_waits_while_its_region_is_read_only(fresh_region: RegionState, does: Define) -> None:
    """The task is sent again for later, with its region, although none is open in the worker."""
    from celery.exceptions import Retry

    from control.regions.models import Region
    from kernel.jobs.tasks import run_job
    from kernel.tenancy import registry
    from kernel.tenancy.context import control_scope

    runs: list[int] = []
    does(lambda progress: runs.append(1))
    job = a_job()
    with control_scope():
        Region.objects.filter(pk=fresh_region.number).update(measures=READ_ONLY)
    registry.forget()
    with no_scope():
        run_job.push_request(
            args=(), kwargs={"job_uid": str(job.uid)}, headers={REGION_HEADER: fresh_region.code}, called_directly=False
        )
        try:
            with pytest.raises(Retry):
                run_job(job_uid=str(job.uid))
        finally:
            run_job.pop_request()
    assert runs == []
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_job_of_the_operators_is_run_on_their_side(db: None, does: Define) -> None:
    from celery import current_app

    sides: list[str] = []
    does(lambda progress: sides.append(scope_label()))
    with control_scope():
        job = work.start(kind="tests.work", title="Paket", actor=None)
        message = OutboxMessage.objects.get(kwargs={"job_uid": str(job.uid)})
    with no_scope():
        current_app.tasks[message.task].apply(kwargs=message.kwargs, throw=True)
    assert sides == ["control"]
    with control_scope():
        job.refresh_from_db()
    assert job.state == Job.State.DONE
