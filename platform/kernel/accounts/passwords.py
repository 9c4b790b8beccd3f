"""Which passwords are refused: what stands in lists, and what people here think of first.

No composition rules and no expiry. Beside the length and Django's list of common passwords, a password is refused when
hardly anything is left of it after taking out words of its surroundings: the region and its offices, the person's name,
NIP and birth date, months and years, words of the office, rows of the keyboard. All by rule, without a list from
elsewhere. Source: ASVS 5.0 V6.2.4, V6.2.11 and V6.2.12; security note 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.accounts import offices
from kernel.accounts.models import User
from kernel.tenancy.context import current_region, is_control

# At least so many letters and digits must be the person's own.
LEAST_OWN: Final = 5
_SHORTEST_WORD: Final = 3
_WORDS: Final = """
januari februari maret april mei juni juli agustus september oktober november desember
jan feb mar apr jun jul agu agt sep okt nov des senin selasa rabu kamis jumat sabtu minggu
asn pns pppk cpns p3k thl nip tpp skp absen absensi presensi hadir kinerja ekinerja simpeg bkpsdm bkd bpkad inspektorat
diskominfo kominfo dinas badan kantor bagian bidang sekretariat kecamatan kelurahan desa camat lurah bupati walikota
gubernur kota kabupaten kab provinsi pemda pemkab pemkot pemprov daerah indonesia nusantara korpri
admin administrator operator user pengguna pegawai login masuk password passwd pass katasandi kata sandi rahasia kunci
coba tes test bismillah alhamdulillah sayang cinta ganteng cantik keluarga anak merdeka garuda pancasila selamat datang
jaya sukses mantap hebat baru lama aman
"""
_ROWS: Final = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb",
)
_SHORTEST_RUN: Final = 3
_DISGUISES: Final = str.maketrans("013457@$!", "oieastasi")
_SIGNS: Final = re.compile(r"[\W_]+")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SAME: Final = re.compile(r"(.)\1{2,}")


class SurroundingsValidator:
    """Refuses a password of which hardly anything is left without words of its surroundings."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with the code password_surroundings."""
        typed = password.lower()
        words = sorted({*_standing_words(), *_words_around(user)}, key=len, reverse=True)
        for text in (typed, typed.translate(_DISGUISES)):
            if len(_own_part(_SIGNS.sub("", text), words)) < LEAST_OWN:
                raise ValidationError(
                    _(
                        "Kata sandi ini mudah ditebak: hampir seluruhnya nama, tanggal, atau kata yang lazim. "
                        "Pakai beberapa kata yang tidak berhubungan, misalnya empat benda di sekitar Anda."
                    ),
                    code="password_surroundings",
                )

    def get_help_text(self) -> str:
        return _("Jangan memakai nama, NIP, tanggal lahir, nama daerah atau kantor, bulan dan tahun.")


def _own_part(text: str, words: Iterable[str]) -> str:
    """What is left of a text of letters and digits without the words, years, runs and repetitions."""
    for word in words:
        text = text.replace(word, " ")
    for pattern in (_YEAR, _SAME):
        text = pattern.sub(" ", text)
    for run in _runs():
        text = text.replace(run, " ")
    left = "".join(text.split())
    return "" if _is_common(left) else left


def _is_common(text: str) -> bool:
    """Whether a text, without the digits around it, stands in Django's list of common passwords."""
    core = text.strip("0123456789")
    return bool(core) and core in _common()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


@lru_cache(maxsize=1)
def _standing_words() -> frozenset[str]:
    return frozenset(_WORDS.split())


@lru_cache(maxsize=1)
def _runs() -> tuple[str, ...]:
    """Every run along a row of the keyboard or the alphabet, both ways, longest first."""
    found = {
        way[start : start + length]
        for row in _ROWS
        for way in (row, row[::-1])
        for length in range(_SHORTEST_RUN, len(row) + 1)
        for start in range(len(row) - length + 1)
    }
    return tuple(sorted(found, key=len, reverse=True))


def _words_around(user: Any) -> set[str]:
    """The words of the region and its offices, and of the person: name, log-in name, NIP and birth date."""
    texts: list[str] = []
    if not is_control():
        region = current_region()
        texts += [region.name, region.short_name, region.code, *(office.name for office in offices.offices())]
    words: set[str] = set()
    if isinstance(user, User):
        texts += [user.display_name, user.login.split("@")[0], user.email.split("@")[0]]
        words |= _parts_of_nip(user.login)
    for text in texts:
        parts = [part for part in _SIGNS.split(text.lower()) if len(part) >= _SHORTEST_WORD]
        words.update(parts, ["".join(parts), "".join(part[0] for part in parts)])
    return {word for word in words if len(word) >= _SHORTEST_WORD}


def _parts_of_nip(login: str) -> set[str]:
    """A NIP begins with the birth date (yyyymmdd) and the month of appointment; people write dates in several ways."""
    if not (login.isdigit() and len(login) == 18):
        return set()
    year, month, day = login[:4], login[4:6], login[6:8]
    return {
        login,
        login[:8],
        login[8:14],
        login[14:],
        f"{day}{month}{year}",
        f"{day}{month}{year[2:]}",
        f"{year[2:]}{month}{day}",
        f"{month}{year}",
    }
