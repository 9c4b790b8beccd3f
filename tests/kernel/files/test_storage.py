"""Where files lie: folders or an S3-compatible server, with the same behaviour. The server is moto's, on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from moto.server import ThreadedMotoServer

from kernel.accounts.models import User
from kernel.files import access, actions, scanning
from kernel.files.actions import store_file
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from kernel.files.storage import apart
from kernel.tenancy.context import no_scope, region_scope
from kernel.tenancy.errors import NoRegion
from kernel.tenancy.state import RegionState
from tests.cast import Person
from tests.files import handed_out, jpeg, pdf
from tests.kernel.files.inspection import hostile

BUCKETS = ("berkas", "berkas-apart")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folders", "buckets"])
def stores(request: pytest.FixtureRequest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folders":
        settings.FILES_DIR = tmp_path / "files"
        return "folders"
    endpoint = request.getfixturevalue("s3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "inert")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "inert")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=endpoint)
    for bucket in BUCKETS:
        client.create_bucket(Bucket=bucket)
    settings.STORAGES = {
        **settings.STORAGES,
        **{
            alias: {
                "BACKEND": "kernel.files.storage.RegionObjects",
                "OPTIONS": {"bucket_name": bucket, "endpoint_url": endpoint},
            }
            for alias, bucket in zip(("default", "apart"), BUCKETS, strict=True)
        },
    }
    return "buckets"


@pytest.fixture(autouse=True)
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_readers", {"letter": lambda user, stored: stored.owner_id == user.pk})


def taken(ani: Person, content: bytes = b"", name: str = "surat.pdf") -> StoredFile:
    return store_file(upload=ContentFile(content or pdf(), name), purpose="letter", owner=ani.user)


def test_what_is_taken_is_handed_out_by_a_link(stores: str, ani: Person, signed_in: Callable[..., Client]) -> None:
    stored = taken(ani)
    response = handed_out(signed_in(ani.user).get(f"/berkas/{stored.uid}/"))
    assert (response.body, response["Content-Type"]) == (pdf(), "application/pdf")
    assert response["Content-Disposition"] == 'attachment; filename="surat.pdf"'
    assert "surat" not in stored.path


def test_files_of_a_region_lie_under_its_own_prefix(stores: str, ani: Person, banjarmasin: RegionState) -> None:
    stored = taken(ani)
    with region_scope(banjarmasin):
        assert not default_storage.exists(stored.path)
    with no_scope(), pytest.raises(NoRegion):
        default_storage.exists(stored.path)


def test_neither_store_gives_an_address(stores: str, ani: Person) -> None:
    stored = taken(ani)
    for store in (storages["default"], apart()):
        with pytest.raises(ValueError, match="no public address"):
            store.url(stored.path)


def test_what_is_dangerous_lies_in_the_other_store(stores: str, ani: Person) -> None:
    with pytest.raises(FileRefused):
        taken(ani, hostile.HTML)
    assert scanning.adopt_evidence() == 1
    stored = StoredFile.objects.get()
    assert apart().exists(stored.path)
    assert not default_storage.exists(stored.path)
    assert scanning.bytes_of(stored) == hostile.HTML


def test_quarantine_moves_bytes_and_back(
    stores: str, ani: Person, with_role: Callable[..., User], django_capture_on_commit_callbacks: Any
) -> None:
    stored, actor = taken(ani, jpeg(), "foto.jpg"), with_role("diskominfo")
    made, served_at = scanning.bytes_of(stored), stored.path
    with django_capture_on_commit_callbacks(execute=True):
        moved = actions.quarantine_files(digest=stored.sha256, reason="Insiden", actor=actor)
    assert not default_storage.exists(served_at)
    with django_capture_on_commit_callbacks(execute=True):
        actions.lift_quarantine(files=moved, digest=stored.sha256, reason="Selesai", actor=actor)
    stored.refresh_from_db()
    assert scanning.bytes_of(stored) == made
    assert not scanning.is_blocked(stored.sha256)
