"""Making an operator from the command line."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kernel.accounts.models import User
from kernel.tenancy.context import control_scope


def create(email: str, *more: str) -> str:
    said = io.StringIO()
    call_command("create_operator", email, "--name", "Operator Kedua", *more, stdout=said)
    return said.getvalue()


def test_a_new_operator_sets_a_password_with_the_printed_code(db: None, signed_in: Callable[..., Client]) -> None:
    code = create("Kedua@Platform.test").split()[-1]
    client = signed_in(None, None)
    own = "kuda-terbang-di-awan-7"
    typed = {"nip": "Kedua@platform.test", "code": code, "password": own, "again": own}
    assert client.post("/aktivasi/", typed)["Location"] == "/masuk/"
    assert client.post("/masuk/", {"login": "kedua@platform.test", "password": own}).status_code == 302
    # Before anything else an operator adds a second factor.
    assert client.get("/")["Location"] == "/akun/keamanan/"


def test_a_second_operator_with_the_same_address_is_refused(db: None) -> None:
    create("kedua@platform.test")
    with pytest.raises(CommandError, match=r"kedua@platform\.test"):
        create("KEDUA@platform.test")
    with control_scope():
        assert User.objects.filter(login="kedua@platform.test").count() == 1


def test_what_is_no_address_is_refused(db: None) -> None:
    with pytest.raises(CommandError):
        create("kedua")


def test_billing_staff_get_the_billing_role(db: None) -> None:
    create("tagihan@platform.test", "--role", "billing")
    with control_scope():
        user = User.objects.get(login="tagihan@platform.test")
        assert [grant.role for grant in user.effective_grants] == ["billing"]
