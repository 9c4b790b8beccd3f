"""The pages of signatures and reopening, and locking and signing many OPDs as a job."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.testing.queries import assert_query_count
from tenants.organisation.models import Unit
from tenants.payout.models import LockSignature, Reopening
from tenants.payout.signing import fully_signed
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import MonthLock, MonthRun, SlipLine
from tests.tenants.payout.closing_steps import lock_one, lock_whole_month, take_steps_before_lock
from tests.tenants.payout.test_signatures import execute
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY
from tests.tenants.tpp.pilot import RunOf, after

SignedIn = Callable[..., Client]
SIGN = "/tpp/kunci/tanda-tangan/"


@pytest.fixture
def inspector(with_role: Callable[..., User]) -> User:
    return with_role("inspektorat")


@pytest.fixture
def lock(month_run: MonthRun, bkpsdm: User) -> MonthLock:
    with clock.at(AFTERWARDS):
        return lock_one(MAY, actor=bkpsdm)


def test_three_people_sign_on_the_page_of_the_lock(
    lock: MonthLock, bkpsdm: User, inspector: User, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    page = f"/tpp/kunci/opd/{lock.uid}/"
    for office, person in (("bkpsdm", bkpsdm), ("inspektorat", inspector), ("bpkad", with_role("bpkad"))):
        client = signed_in(person)
        assert client.get(page).content.decode().count("Tanda tangani") == 1
        preview = client.post(SIGN, {"kunci": lock.uid, "instansi": office}).content.decode()
        assert lock.digest[:16] in preview
        assert not LockSignature.objects.filter(office=office).exists()
        posted = {"kunci": lock.uid, "instansi": office, "langkah": "tanda-tangan"}
        assert client.post(SIGN, posted)["Location"] == page
        assert str(person) in client.get(page).content.decode()
    assert fully_signed([lock.pk]) == {lock.pk}
    assert "Cabut tanda tangan" not in signed_in(bkpsdm).get(page).content.decode()


def test_an_own_signature_is_taken_back_on_the_page(lock: MonthLock, bkpsdm: User, signed_in: SignedIn) -> None:
    client = signed_in(bkpsdm)
    client.post(SIGN, {"kunci": lock.uid, "instansi": "bkpsdm", "langkah": "tanda-tangan"})
    signature = LockSignature.objects.get()
    assert "Tidak ada yang menunggu" in client.get(SIGN).content.decode()
    client.post(f"{SIGN}{signature.uid}/cabut/")
    assert not LockSignature.objects.standing().exists()
    assert lock.opd.name in client.get(SIGN).content.decode()


def test_many_opds_are_locked_and_signed_in_one_go(
    four_opds: list[Unit], run_of: RunOf, bkpsdm: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> None:
    run_of(MAY)
    MonthlyRating.objects.filter(employee__placements__position__unit__opd=four_opds[3]).update(skp_percent=50)
    with clock.at(after(MAY)):
        take_steps_before_lock(MAY)
        client = signed_in(bkpsdm)
        answer = client.post("/tpp/kunci/2024-05/")
        run_outbox()
        job = Job.objects.filter(kind="payout.lock").get()
        assert answer["Location"] == f"/pekerjaan/{job.uid}/"
        assert [lock.opd for lock in MonthLock.objects.order_by("opd__code")] == four_opds[:3]
        assert [row.subject for row in job.rows.all()] == [four_opds[3].name]
        assert "berubah sesudah perhitungan" in job.rows.get().message
        waiting = assert_query_count("payout.sign", lambda: client.get(SIGN)).content.decode()
        assert [opd.name in waiting for opd in four_opds] == [True, True, True, False]
        posted = {
            "kunci": [str(lock.uid) for lock in MonthLock.objects.all()],
            "instansi": "bkpsdm",
            "langkah": "tanda-tangan",
        }
        client.post(SIGN, posted)
        run_outbox()
    assert LockSignature.objects.filter(signer=bkpsdm).count() == 3


def test_only_the_ticked_opds_are_locked(
    four_opds: list[Unit], run_of: RunOf, bkpsdm: User, signed_in: SignedIn
) -> None:
    run_of(MAY)
    with clock.at(after(MAY)):
        take_steps_before_lock(MAY)
        signed_in(bkpsdm).post("/tpp/kunci/2024-05/", {"opd": str(four_opds[1].uid)})
    assert MonthLock.objects.get().opd == four_opds[1]


def test_two_people_reopen_on_the_page(lock: MonthLock, bkpsdm: User, inspector: User, signed_in: SignedIn) -> None:
    page = f"/tpp/kunci/opd/{lock.uid}/"
    first, second = signed_in(bkpsdm), signed_in(inspector)
    empty = first.post(f"{page}buka/", {"alasan": " "})
    assert empty.status_code == 422
    assert "Tulis alasan membuka kunci" in empty.content.decode()
    assert first.post(f"{page}buka/", {"alasan": "Nilai tertukar"})["Location"] == page
    proposal = Reopening.objects.get()
    assert "Setujui buka kunci" not in first.get(page).content.decode()
    assert "Nilai tertukar" in second.get(page).content.decode()
    first.post(f"/tpp/kunci/buka/{proposal.uid}/setuju/")
    assert MonthLock.objects.standing().exists()
    second.post(f"/tpp/kunci/buka/{proposal.uid}/setuju/")
    assert not MonthLock.objects.standing().exists()
    assert "sudah dibuka kembali" in second.get(page).content.decode()


def test_the_page_names_the_first_thing_that_differs(lock: MonthLock, bkpsdm: User, signed_in: SignedIn) -> None:
    client = signed_in(bkpsdm)
    page = f"/tpp/kunci/opd/{lock.uid}/periksa/"
    assert "Tidak ada yang berubah" in client.get(page).content.decode()
    line = SlipLine.objects.filter(slip__run=lock.run, node_id="disiplin").select_related("slip").order_by("pk")[0]
    execute("ALTER TABLE tpp_slipline DISABLE TRIGGER locked_line_update")
    SlipLine.objects.filter(pk=line.pk).update(label="Bobot lain")
    execute("ALTER TABLE tpp_slipline ENABLE TRIGGER locked_line_update")
    assert f"Slip {line.slip.uid} tidak sama lagi" in client.get(page).content.decode()


def test_a_strange_address_is_not_found(lock: MonthLock, bkpsdm: User, signed_in: SignedIn) -> None:
    client = signed_in(bkpsdm)
    assert client.get("/tpp/kunci/2024-05/?jenis=bonus").status_code == 404
    assert client.post(SIGN, {"kunci": "x", "instansi": "bkpsdm"}).status_code == 404
    assert client.post(SIGN, {"kunci": lock.uid, "instansi": "bpkad"}).status_code == 404


def test_a_whole_month_of_four_opds_is_locked_at_once(four_opds: list[Unit], run_of: RunOf, bkpsdm: User) -> None:
    run_of(MAY)
    with clock.at(after(MAY)):
        assert [lock.opd for lock in lock_whole_month(MAY, actor=bkpsdm)] == four_opds
