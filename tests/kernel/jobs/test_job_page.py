"""The page of a job: progress, result, error rows, stopping it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs import work
from kernel.jobs.models import Job
from tests.cast import Person

KIND = "tests.count"


@pytest.fixture(autouse=True)
def count_work() -> Iterator[None]:
    @work.work(KIND)
    def count(progress: work.Progress) -> None:
        progress.advance(0, 2, "Menghitung")
        progress.row("NIP kurang dua angka.", row_number=7, subject="Ani", column="NIP", value="1234", fix_url="/x/")
        progress.advance(2)
        progress.result(facts=[["Pegawai dihitung", 41]], url="/pegawai/")

    yield
    work._workers.pop(KIND)


def start(actor: User) -> Job:
    return work.start(kind=KIND, title="Hitung pegawai", actor=actor)


def test_the_one_who_started_it_follows_it_to_the_end(
    ani: Person, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    client = signed_in(ani.user)
    job = start(ani.user)
    waiting = client.get(f"/pekerjaan/{job.uid}/").content.decode()
    assert "Menunggu giliran" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    run_outbox()
    part = client.get(f"/pekerjaan/{job.uid}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    for words in ("Pegawai dihitung", "41", "NIP kurang dua angka.", 'href="/pegawai/"', 'href="/x/"', "1 baris"):
        assert words in part


def test_the_rows_come_as_a_sheet(ani: Person, signed_in: Callable[..., Client], run_outbox: Callable[[], int]) -> None:
    job = start(ani.user)
    run_outbox()
    answer = signed_in(ani.user).get(f"/pekerjaan/{job.uid}/catatan.xlsx")
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)  # type: ignore[attr-defined]
    assert sheet.to_python()[1] == [7.0, "Ani", "Kesalahan", "NIP", "1234", "NIP kurang dua angka."]


def test_somebody_else_is_told_there_is_no_such_job(
    ani: Person, budi: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    job = start(ani.user)
    assert signed_in(budi.user).get(f"/pekerjaan/{job.uid}/").status_code == 404
    assert signed_in(budi.user).post(f"/pekerjaan/{job.uid}/hentikan/").status_code == 404
    assert signed_in(with_role("bkpsdm")).get(f"/pekerjaan/{job.uid}/").status_code == 200


def test_a_waiting_job_is_stopped_before_it_begins(
    ani: Person, signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> None:
    job = start(ani.user)
    assert signed_in(ani.user).post(f"/pekerjaan/{job.uid}/hentikan/").status_code == 302
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.rows.count()) == (Job.State.CANCELLED, 0)
    assert AuditEvent.objects.filter(action="jobs.cancelled", subject_uid=job.uid).exists()


def test_a_link_to_another_host_is_not_shown(ani: Person, signed_in: Callable[..., Client]) -> None:
    job = start(ani.user)
    Job.objects.filter(pk=job.pk).update(state="done", result={"url": "https://elsewhere.test/"})
    assert "elsewhere" not in signed_in(ani.user).get(f"/pekerjaan/{job.uid}/").content.decode()
