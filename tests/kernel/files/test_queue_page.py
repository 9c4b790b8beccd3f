"""The page of files that are held: reasons are shown, contents never; decisions have a reason and are undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from kernel.accounts.models import User
from kernel.files.actions import store_file
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from tests.cast import Person
from tests.files import pdf
from tests.kernel.files.inspection import hostile


@pytest.fixture
def reviewer(with_role: Callable[..., User], signed_in: Callable[..., Client], settings: Any, tmp_path: Path) -> Client:
    settings.FILES_DIR = tmp_path / "files"
    return signed_in(with_role("diskominfo"))


def doubted(ani: Person) -> StoredFile:
    stored = store_file(upload=ContentFile(pdf(), "laporan.pdf"), purpose="letter", owner=ani.user)
    doubt = {"step": "words", "code": "words_unreadable", "verdict": "review", "detail": ""}
    stored.scan, stored.findings = StoredFile.Scan.REVIEW, [doubt]
    stored.save()
    return stored


def test_a_doubted_file_is_listed_released_and_taken_back(reviewer: Client, ani: Person) -> None:
    stored = doubted(ani)
    listed = reviewer.get("/berkas/ditahan/").content.decode()
    assert "laporan.pdf" in listed
    assert "Antivirus: tidak dipasang." in listed
    address = f"/berkas/ditahan/{stored.uid}/"
    assert "words: words_unreadable" in reviewer.get(address).content.decode()
    without = reviewer.post(f"{address}lepas/", {"reason": ""})
    assert (without.status_code, "harus diisi" in without.content.decode()) == (422, True)
    assert reviewer.post(f"{address}lepas/", {"reason": "Sudah ditanyakan"})["Location"] == address
    assert StoredFile.objects.get().scan == "clean"
    assert "Batalkan keputusan" in reviewer.get(address).content.decode()
    assert reviewer.post(f"{address}batal/", {"reason": "Keliru"}).status_code == 302
    assert reviewer.post(f"{address}tolak/", {"reason": "Tidak jelas"}).status_code == 302
    assert StoredFile.objects.get().scan == "rejected"
    assert "Tidak ada berkas" in reviewer.get("/berkas/ditahan/").content.decode()
    assert "laporan.pdf" in reviewer.get("/berkas/ditahan/?keadaan=rejected").content.decode()


def test_what_was_quarantined_at_an_upload_is_on_the_page_and_cannot_be_released(reviewer: Client, ani: Person) -> None:
    with pytest.raises(FileRefused):
        store_file(upload=ContentFile(hostile.HTML, "surat.pdf"), purpose="letter", owner=ani.user)
    page = reviewer.get("/berkas/ditahan/?keadaan=quarantined").content.decode()
    assert "surat.pdf" in page
    assert "dapat membahayakan" in page
    stored = StoredFile.objects.get()
    shown = reviewer.get(f"/berkas/ditahan/{stored.uid}/").content.decode()
    assert "<h2>Tolak</h2>" in shown
    assert "/lepas/" not in shown
    assert reviewer.post(f"/berkas/ditahan/{stored.uid}/lepas/", {"reason": "Saya yakin"}).status_code == 422


def test_a_file_that_nobody_doubted_is_none_of_a_reviewers_business(reviewer: Client, ani: Person) -> None:
    stored = store_file(upload=ContentFile(pdf(), "surat.pdf"), purpose="letter", owner=ani.user)
    assert reviewer.get(f"/berkas/ditahan/{stored.uid}/").status_code == 404
