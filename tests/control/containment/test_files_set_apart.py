"""Files of one region that nobody is served any more, by what is in them or by who brought them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from control.containment.models import Imposition, PairedDeed
from kernel.accounts.models import User
from kernel.files.actions import store_text
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from kernel.ids import new_uid
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope
from tests.cast import Person, make_user

SignedIn = Callable[..., Client]
SENT = b"PIN\tjam\n9\t07.30\n"
PATH = "/wilayah/manado/pengendalian/files_quarantined/"


@pytest.fixture(autouse=True)
def _files_here(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path
    yield
    registry.forget()


def kept(owner: Person) -> StoredFile:
    return store_text(upload=ContentFile(SENT, "log.txt"), purpose="machine_log", owner=owner.user)


def asked(**more: str) -> dict[str, str]:
    return {"step": "impose", "reason": "Berkas judi", "hours": "0", "key": str(new_uid()), **more}


def state_of(stored: StoredFile) -> str:
    stored.refresh_from_db()
    return str(stored.scan)


def test_a_file_is_set_apart_by_what_is_in_it_and_refused_when_it_comes_again(
    operator: User, ani: Person, budi: Person, signed_in: SignedIn
) -> None:
    stored = kept(ani)
    before = state_of(stored)
    digest = hashlib.sha256(SENT).hexdigest()
    answer = signed_in(operator, None).post(PATH, asked(digests=digest))
    assert answer.status_code == 302, answer.context["form"].errors
    assert (before, state_of(stored)) == (before, "quarantined")
    with pytest.raises(FileRefused):
        kept(budi)


def test_all_files_of_somebody_are_set_apart_and_nobody_elses(
    operator: User, ani: Person, budi: Person, signed_in: SignedIn
) -> None:
    hers = kept(ani)
    his = store_text(upload=ContentFile(b"9\t08.00\n", "lain.txt"), purpose="machine_log", owner=budi.user)
    before = state_of(his)
    assert signed_in(operator, None).post(PATH, asked(logins=ani.user.login)).status_code == 302
    assert (state_of(hers), state_of(his)) == ("quarantined", before)


def test_giving_them_back_takes_two_operators(operator: User, ani: Person, signed_in: SignedIn) -> None:
    stored, client = kept(ani), signed_in(operator, None)
    before = state_of(stored)
    client.post(PATH, asked(logins=ani.user.login))
    with control_scope():
        standing = Imposition.objects.get()
        second = make_user("kedua@platform.test", "Operator Kedua", "operator")
    assert client.post(f"/pengendalian/{standing.uid}/cabut/", {"reason": "Bukan judi"}).status_code == 302
    assert state_of(stored) == "quarantined"
    with control_scope():
        waiting = PairedDeed.objects.get()
    path = f"/pengendalian/permintaan/{waiting.uid}/setuju/"
    assert client.post(path).status_code == 409
    assert signed_in(second, None).post(path).status_code == 302
    assert state_of(stored) == before


def test_neither_bytes_nor_somebody_is_said_beside_the_field(operator: User, ani: Person, signed_in: SignedIn) -> None:
    client = signed_in(operator, None)
    for more in ({}, {"digests": "abc"}):
        answer = client.post(PATH, asked(**more))
        assert answer.status_code == 422
        assert "SHA-256" in str(answer.context["form"].errors["digests"])
