"""Reading a stored file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from kernel.accounts.models import User
from kernel.files import access
from kernel.files.actions import store_file
from kernel.files.models import StoredFile
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tests.cast import Person

PDF = b"%PDF-1.7 isi berkas"


@pytest.fixture(autouse=True)
def files_of_the_owner(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr(access, "_readers", dict(access._readers))

    @access.reader("letter")
    def may_read_letter(user: User, stored: StoredFile) -> bool:
        return stored.owner_id == user.pk


def letter_of(user: User, purpose: str = "letter") -> StoredFile:
    return store_file(upload=ContentFile(PDF, "surat tugas.pdf"), purpose=purpose, owner=user)


def address(stored: StoredFile) -> str:
    return reverse("files-read", args=[stored.uid], urlconf="config.urls_region")


def test_a_reader_gets_the_bytes_as_an_attachment_that_runs_nothing(
    ani: Person, signed_in: Callable[..., Client]
) -> None:
    response = signed_in(ani.user).get(address(letter_of(ani.user)))
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="surat_tugas.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_a_stranger_is_told_that_there_is_no_such_file(
    ani: Person, dedi: Person, signed_in: Callable[..., Client]
) -> None:
    assert signed_in(dedi.user).get(address(letter_of(ani.user))).status_code == 404


def test_nobody_is_sent_to_the_log_in_page(ani: Person, signed_in: Callable[..., Client]) -> None:
    response = signed_in(None).get(address(letter_of(ani.user)))
    assert (response.status_code, response["Location"][:7]) == (302, "/masuk/")


def test_a_file_of_a_purpose_without_a_reader_is_nobodys(ani: Person, signed_in: Callable[..., Client]) -> None:
    assert signed_in(ani.user).get(address(letter_of(ani.user, "unheard-of"))).status_code == 404


def test_a_refused_file_is_not_served_even_to_its_owner(ani: Person, signed_in: Callable[..., Client]) -> None:
    stored = letter_of(ani.user)
    StoredFile.objects.update(scan=StoredFile.Scan.REFUSED)
    assert signed_in(ani.user).get(address(stored)).status_code == 404


def test_a_file_of_another_region_does_not_exist_here(
    ani: Person, eka: Person, banjarmasin: RegionState, signed_in: Callable[..., Client]
) -> None:
    with region_scope(banjarmasin):
        stored = letter_of(eka.user)
    assert signed_in(ani.user).get(address(stored)).status_code == 404


def test_two_readers_for_one_purpose_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two readers"):

        @access.reader("letter")
        def another(user: User, stored: StoredFile) -> bool:
            return True
