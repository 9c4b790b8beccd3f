"""Many papers at once: the set as one file, slips for each OPD, resumed, cancelled, thrown away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from tenants.organisation.models import Unit
from tenants.reports import bundles
from tenants.reports.bundles import ask_for_recap, ask_for_set, ask_for_slips, throw_away_expired
from tenants.reports.models import IssuedPaper, PaperBundle, PaperCopy
from tenants.reports.papers.slip_paper import slip_pdf
from tenants.tpp.models import MonthRun, Slip
from tests.cast import Person, make_employee, make_opd, make_position
from tests.tenants.reports.paper_desk import appoint_everybody, content_of, lock_may, words_of
from tests.tenants.tpp.manado_month import MAY


@pytest.fixture(autouse=True)
def files_dir(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture
def opd(month_run: MonthRun) -> Unit:
    return Slip.objects.filter(run=month_run).select_related("opd")[0].opd


def archive_of(part: dict[str, Any]) -> zipfile.ZipFile:
    stored = StoredFile.objects.get(uid=part["file"])
    with default_storage.open(stored.path) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_the_set_is_one_file_with_each_paper_twice(
    opd: Unit, bkpsdm: User, run_outbox: Callable[[], int], signed_in: Callable[..., Client]
) -> None:
    appoint_everybody(bkpsdm)
    lock_may(bkpsdm)
    job = ask_for_set(month=MAY, kind="ordinary", opd=opd, actor=bkpsdm)
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.DONE, "")
    bundle = PaperBundle.objects.get()
    with archive_of(bundle.parts[0]) as archive:
        names = archive.namelist()
        assert len(names) == 22
        assert "Nomor: 900.1/001/SP/4.01/" in words_of(archive.read(next(n for n in names if "pengantar" in n)))
    assert IssuedPaper.objects.count() == 11
    assert PaperCopy.objects.count() == 22
    client = signed_in(bkpsdm)
    assert f"/berkas/{bundle.parts[0]['file']}/" in client.get(f"/pekerjaan/{job.uid}/").content.decode()
    assert content_of(client.get(f"/berkas/{bundle.parts[0]['file']}/")).startswith(b"PK")
    ask_for_set(month=MAY, kind="ordinary", opd=opd, actor=bkpsdm)
    run_outbox()
    assert IssuedPaper.objects.count() == 11
    page = client.get(f"/dokumen/2024-05/{opd.uid}/").content.decode()
    assert "Dokumen yang pernah terbit" in page
    assert bundle.parts[0]["name"] in page


def test_slips_are_a_pdf_for_each_person(opd: Unit, bkpsdm: User, run_outbox: Callable[[], int]) -> None:
    job = ask_for_slips(month=MAY, kind="ordinary", opd=opd, actor=bkpsdm)
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 10, 10)
    with archive_of(PaperBundle.objects.get().parts[0]) as archive:
        names = archive.namelist()
        slip = Slip.objects.get(heading__nip=names[0][:18])
        assert slip.heading["name"] in words_of(archive.read(names[0]))
    assert len(names) == 10
    assert IssuedPaper.objects.filter(slip__isnull=False).count() == 10


def test_slips_of_all_opds_are_a_file_for_each_and_go_on_behind_what_stands(
    opd: Unit, bkpsdm: User, run_outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for_slips(month=MAY, kind="ordinary", opd=None, actor=bkpsdm)
    run_outbox()
    bundle = PaperBundle.objects.get()
    assert [part["opd"] for part in bundle.parts] == [str(opd.uid)]

    def none_again(*args: object, **kwargs: object) -> None:
        raise AssertionError("an archive that stands was written again")

    monkeypatch.setattr(bundles, "slip_pdf", none_again)
    Job.objects.update(state=Job.State.QUEUED)
    work.run(str(job.uid))
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    bundle.refresh_from_db()
    assert len(bundle.parts) == 1


def test_a_cancelled_job_stops_between_slips_and_leaves_no_file(
    opd: Unit, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "STEP", 2)
    job = ask_for_slips(month=MAY, kind="ordinary", opd=opd, actor=bkpsdm)
    seen = []

    def stopping(*args: Any, **kwargs: Any) -> bytes:
        seen.append(1)
        Job.objects.update(is_cancel_requested=True)
        return slip_pdf(*args, **kwargs)

    monkeypatch.setattr(bundles, "slip_pdf", stopping)
    work.run(str(job.uid))
    job.refresh_from_db()
    assert (job.state, len(seen)) == (Job.State.CANCELLED, 2)
    assert not StoredFile.objects.filter(purpose=bundles.PURPOSE).exists()


def test_the_recap_of_many_is_asked_for_and_written_behind(
    month_run: MonthRun,
    bkpsdm: User,
    run_outbox: Callable[[], int],
    signed_in: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tenants.reports.papers.views.MOST_AT_ONCE", 5)
    client, address = signed_in(bkpsdm), f"/tpp/perhitungan/{month_run.uid}/rekap.xlsx"
    assert "disusun di belakang" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    run_outbox()
    part = PaperBundle.objects.get().parts[0]
    assert content_of(client.get(f"/berkas/{part['file']}/")).startswith(b"PK")


def test_a_file_is_for_those_who_may_read_its_opd(
    opd: Unit,
    month_run: MonthRun,
    bkpsdm: User,
    ani: Person,
    with_role: Callable[..., User],
    run_outbox: Callable[[], int],
    signed_in: Callable[..., Client],
) -> None:
    ask_for_slips(month=MAY, kind="ordinary", opd=opd, actor=bkpsdm)
    ask_for_recap(run=month_run, actor=bkpsdm)
    run_outbox()
    slips, recap = (f"/berkas/{bundle.parts[0]['file']}/" for bundle in PaperBundle.objects.order_by("pk"))
    other = make_opd("9.01", "Badan Lain")
    readers = {
        with_role("operator_opd", opd=opd): (302, 404),
        with_role("operator_opd", opd=other): (404, 404),
        with_role("bpkad"): (302, 302),
        ani.user: (404, 404),
    }
    for user, expected in readers.items():
        client = signed_in(user)
        answers = [client.get(address) for address in (slips, recap)]
        assert tuple(answer.status_code for answer in answers) == expected
        for answer in answers:
            content_of(answer)
    with pytest.raises(NotAllowed):
        ask_for_slips(month=MAY, kind="ordinary", opd=None, actor=with_role("operator_opd", opd=opd))
    with pytest.raises(NotAllowed):
        ask_for_slips(month=MAY, kind="ordinary", opd=opd, actor=with_role("operator_opd", opd=other))


def test_expired_files_are_thrown_away_with_their_bytes(
    opd: Unit, bkpsdm: User, run_outbox: Callable[[], int], django_capture_on_commit_callbacks: Any, tmp_path: Path
) -> None:
    ask_for_slips(month=MAY, kind="ordinary", opd=opd, actor=bkpsdm)
    run_outbox()
    assert throw_away_expired() == 0
    stored = StoredFile.objects.get(purpose=bundles.PURPOSE)
    later = clock.now() + timedelta(days=PaperBundle.LIFE_DAYS, minutes=1)
    with clock.at(later), django_capture_on_commit_callbacks(execute=True):
        assert throw_away_expired() == 1
    assert not StoredFile.objects.filter(purpose=bundles.PURPOSE).exists()
    assert not default_storage.exists(stored.path)
    assert throw_away_expired() == 0


def test_an_opd_without_slips_has_no_archive(month_run: MonthRun, bkpsdm: User, run_outbox: Callable[[], int]) -> None:
    empty = make_opd("9.01", "Badan Lain")
    make_employee("Orang", make_position(empty, "X-1", "Staf"))
    ask_for_slips(month=MAY, kind="ordinary", opd=empty, actor=bkpsdm)
    run_outbox()
    assert PaperBundle.objects.get().parts == []
