"""Which passwords may be chosen: long ones of any composition, made of nothing that people around would guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from kernel.accounts.models import User
from kernel.tenancy.context import control_scope
from tests.cast import PASSWORD, Office, Person

# Ani's NIP is 199001012015011101; her OPD the Dinas Pendidikan of Kota Manado.
GUESSED = [
    "manado2026!!",
    "KotaManado123",
    "Dinas-Pendidikan-1",
    "pendidikanmanado",
    "199001012015011101",
    "01011990ani!",
    "ani-199001-asn",
    "qwertyuiop123",
    "asdfghjkl;123",
    "123456789012",
    "aaaaaaaaaaaa",
    "Januari2026!!",
    "november-2026-asn",
    "p4ssw0rd2026!",
    "P@ssw0rd!!!!",
    "rahasia-kantor-1",
    "katasandi2026",
    "bismillah2026!",
    "BupatiKabupaten1",
    "1qaz2wsx3edc",
    "kinerja.absen.tpp",
    "sunshine-2026",
    "pnsasnpppk2026",
    "diskominfo12345",
]
GOOD = [
    "kuda-terbang-di-awan-7",
    "perahu kayu menepi",
    "sendoklampubukugelas",
    "x7#kQ!v9zL2w",
    "kopi pahit tanpa ampas",
    "830274916350",
    "perahu-manado-menepi",
    "ひらがなでもいいのですよ",
    "payung" * 11,
    "senja di tepi danau, " * 12,
]


@pytest.mark.parametrize("password", GUESSED)
def test_what_people_around_would_guess_is_refused(ani: Person, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ani.user)


@pytest.mark.parametrize("password", GOOD)
def test_anything_else_of_twelve_characters_is_taken_whatever_it_is_made_of(ani: Person, password: str) -> None:
    validate_password(password, ani.user)


def test_eleven_characters_are_too_few(ani: Person) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("kuda-terban", ani.user)
    assert [error.code for error in refused.value.error_list] == ["password_too_short"]


def test_an_operator_s_password_is_held_to_the_same(operator: User) -> None:
    with control_scope():
        with pytest.raises(ValidationError):
            validate_password("operator-platform-1", operator)
        validate_password("kuda-terbang-di-awan-7", operator)


def test_the_page_says_why_and_what_to_do(ani: Person, signed_in: Callable[..., Client]) -> None:
    typed = {"oldpassword": PASSWORD, "password1": "manado2026!!", "password2": "manado2026!!"}
    answer: Any = signed_in(ani.user).post("/sandi/ganti/", typed)
    page = answer.content.decode()
    assert "mudah ditebak" in page
    assert "empat benda di sekitar Anda" in page
    ani.user.refresh_from_db()
    assert ani.user.check_password(PASSWORD)


def test_the_words_of_the_rules_are_ours(office: Office) -> None:
    assert any("nama daerah atau kantor" in str(text) for text in password_validators_help_texts())


@pytest.mark.parametrize("path", ["/masuk/", "/aktivasi/", "/masuk/ulang/", "/sandi/ganti/"])
def test_what_is_typed_is_masked(path: str, ani: Person, signed_in: Callable[..., Client]) -> None:
    page = signed_in(None if path in ("/masuk/", "/aktivasi/") else ani.user).get(path).content.decode()
    fields = re.findall(r'<input[^>]*name="(?:\w*password\w*|again)"[^>]*>', page)
    assert fields
    assert all('type="password"' in field for field in fields)
