"""Which descriptions say nearly the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.activities.likeness import BANDS, are_alike, bands, digest, plain, says_enough

LONG = "Menyusun rekapitulasi data guru honorer per kecamatan untuk bahan rapat"


@pytest.mark.parametrize(
    "other",
    [
        LONG,
        "menyusun REKAPITULASI data guru honorer, per kecamatan untuk bahan rapat!",
        "Menyusun rekapitulasi data guru honorer per kecamatan untuk bahan rapat 2",
        "Untuk bahan rapat menyusun rekapitulasi data guru honorer per kecamatan",
        "Menyusun rekapitulasi data guru honor per kecamatan untuk bahan rapat",
    ],
)
def test_small_changes_do_not_hide_a_copy(other: str) -> None:
    assert are_alike(plain(LONG), plain(other))


@pytest.mark.parametrize(
    "other",
    [
        "Menyusun rekapitulasi data siswa berprestasi per sekolah untuk laporan tahunan",
        "Mengikuti rapat koordinasi pembahasan rencana kerja tahun depan di aula",
    ],
)
def test_other_work_is_not_a_copy(other: str) -> None:
    assert not are_alike(plain(LONG), plain(other))


@pytest.mark.parametrize("text", ["Rapat", "Mengetik surat undangan", "Menyusun laporan kegiatan triwulan"])
def test_little_says_too_little(text: str) -> None:
    assert not says_enough(plain(text), ["Menyusun laporan kegiatan triwulan"])


def test_a_whole_sentence_says_enough() -> None:
    assert says_enough(plain(LONG), ["Menyusun laporan"])


def test_a_text_with_a_word_changed_shares_a_band() -> None:
    other = plain("Menyusun rekapitulasi data guru honorer per kecamatan untuk bahan rapat dinas")
    assert set(bands(plain(LONG))) & set(bands(other))


@given(st.text(max_size=500))
def test_every_text_has_bands_and_a_digest_that_fit_the_database(text: str) -> None:
    words = plain(text)
    found = [digest(words), *bands(words)]
    assert len(found) == 1 + BANDS
    assert all(-(1 << 63) <= number < 1 << 63 for number in found)
    assert bands(words) == bands(plain(words))
