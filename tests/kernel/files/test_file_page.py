"""Reading a stored file."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
from tests.files import handed_out, jpeg, pdf

PDF = pdf()


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


def test_a_reader_is_led_to_another_host_that_hands_out_the_bytes_and_runs_nothing(
    ani: Person, signed_in: Callable[..., Client], settings: Any
) -> None:
    led = signed_in(ani.user).get(address(letter_of(ani.user)))
    assert (led.status_code, led["Cache-Control"]) == (302, "private, no-store")
    assert urlsplit(led["Location"]).hostname == settings.FILES_HOST
    response = handed_out(led)
    assert response.body == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="surat_tugas.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


def test_a_stranger_is_told_that_there_is_no_such_file(
    ani: Person, dedi: Person, signed_in: Callable[..., Client]
) -> None:
    assert signed_in(dedi.user).get(address(letter_of(ani.user))).status_code == 404


def test_nobody_is_sent_to_the_log_in_page(ani: Person, signed_in: Callable[..., Client]) -> None:
    response = signed_in(None).get(address(letter_of(ani.user)))
    assert (response.status_code, response["Location"][:7]) == (302, "/masuk/")


def test_a_file_of_a_purpose_without_a_reader_is_nobodys(ani: Person, signed_in: Callable[..., Client]) -> None:
    assert signed_in(ani.user).get(address(letter_of(ani.user, "unheard-of"))).status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (StoredFile.Scan.PENDING, "masih diperiksa"),
        (StoredFile.Scan.REVIEW, "menunggu ditinjau"),
        (StoredFile.Scan.QUARANTINED, "ditahan karena isinya"),
        (StoredFile.Scan.REJECTED, "ditahan karena isinya"),
    ],
)
def test_only_a_clean_file_is_handed_out_and_the_owner_hears_why_not(
    ani: Person, signed_in: Callable[..., Client], state: str, words: str
) -> None:
    stored = letter_of(ani.user)
    link = signed_in(ani.user).get(address(stored))
    StoredFile.objects.update(scan=state)
    response = signed_in(ani.user).get(address(stored))
    assert response.status_code == 409
    assert words in response.content.decode()
    assert handed_out(link).status_code == 404


def test_a_picture_is_shown_where_our_pages_embed_it(ani: Person, signed_in: Callable[..., Client]) -> None:
    stored = store_file(upload=ContentFile(jpeg(), "foto rapat.jpg"), purpose="letter", owner=ani.user)
    response = handed_out(signed_in(ani.user).get(address(stored)))
    assert response["Content-Disposition"] == 'inline; filename="foto_rapat.jpg"'
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.body != jpeg()


def test_a_link_counts_for_a_minute(
    ani: Person, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = signed_in(ani.user).get(address(letter_of(ani.user)))
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 58)
    assert handed_out(link).status_code == 200
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 62)
    assert handed_out(link).status_code == 404


def test_a_link_that_was_changed_names_nothing(ani: Person, signed_in: Callable[..., Client]) -> None:
    link = signed_in(ani.user).get(address(letter_of(ani.user)))
    version, token = urlsplit(link["Location"]).path.strip("/").split("/")
    for path in (
        f"/{version}/{token[:-1]}/",
        f"/9/{token}/",
        f"/{version}/x{token}/",
        "/",
        "/berkas/",
        "/static/x.css",
    ):
        assert Client().get(path, headers={"host": "berkas.localhost"}).status_code == 404


def test_a_link_ends_with_the_right_of_its_person(ani: Person, signed_in: Callable[..., Client]) -> None:
    link = signed_in(ani.user).get(address(letter_of(ani.user)))
    User.objects.filter(pk=ani.user.pk).update(is_active=False)
    assert handed_out(link).status_code == 404


def test_links_of_the_former_key_count_on_and_those_of_a_removed_one_do_not(
    ani: Person, signed_in: Callable[..., Client], settings: Any
) -> None:
    stored = letter_of(ani.user)
    settings.FILES_LINK_KEYS = [("1", "first key")]
    link = signed_in(ani.user).get(address(stored))
    settings.FILES_LINK_KEYS = [("2", "second key"), ("1", "first key")]
    assert handed_out(link).status_code == 200
    settings.FILES_LINK_KEYS = [("2", "second key")]
    assert handed_out(link).status_code == 404


def test_the_host_of_the_files_takes_nothing_in(ani: Person) -> None:
    assert Client().post("/1/x/", headers={"host": "berkas.localhost"}).status_code == 405


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
