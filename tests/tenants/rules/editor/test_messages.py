"""The engine's words as a person reads them."""

from __future__ import annotations

import pytest

from tenants.rules.editor.messages import in_words
from tests.tenants.rules.editor.drafts import tree_of


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("isi salah satu: below atau at_least", "isi salah satu: “Di bawah” atau “Paling sedikit”"),
        ("0.5 di luar batas 0 sampai 100", "0,5 di luar batas 0 sampai 100"),
        ("kode TK sudah dihitung oleh pph", "kode TK sudah dihitung oleh “PPh 21 final”"),
        ("simpul 'disiplin.nilai' tidak ada", "simpul “Nilai disiplin” tidak ada"),
        ("harus ada tepat satu simpul class_amounts", "harus ada tepat satu simpul “Besaran per kelas jabatan”"),
        ("komponen harus berisi tepat satu nilai", "komponen harus berisi tepat satu nilai"),
        (
            "penulisan tidak sesuai pola ^[A-Z0-9_]{1,16}$",
            "penulisannya: huruf besar, angka atau garis bawah, paling banyak 16, tanpa spasi",
        ),
        ("Belum ada menit aktivitas, diperlukan oleh aturan bpjs.", None),
    ],
)
def test_no_name_of_the_written_rule_set_is_left(said: str, read: str | None) -> None:
    found = in_words(said, tree_of("manado"))
    if read is None:
        assert "“Iuran BPJS Kesehatan 1 persen”" in found
    else:
        assert found == read
