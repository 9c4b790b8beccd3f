"""The engine's words as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from pydantic import BaseModel

from tenants.rules.editor.choosing import nodes_of
from tenants.rules.editor.messages import in_words
from tenants.rules.engine import KIND_TITLES, RuleSetError, load_rule_set
from tenants.rules.engine.fields import Part
from tests.tenants.rules.editor.drafts import tree_of
from tests.tenants.rules.engine.test_rule_set_problems import CASES, Tree


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


def written_names() -> set[str]:
    """The names of fields and kinds that only a written rule set has: those with an underscore, and English ones."""

    def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    fields = {name for model in below(Part) for name in model.model_fields}
    return {name for name in {*fields, *KIND_TITLES} if "_" in name} | {"below", "points", "weight", "bands", "flag"}


@pytest.mark.parametrize("change", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_every_refusal_of_the_engine_is_said_in_the_words_of_the_page(change: Callable[[Tree], None]) -> None:
    tree = tree_of("manado")
    change(tree)
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(tree)
    ids = {str(node["id"]) for node in nodes_of(tree_of("manado")) if "_" in str(node["id"])}
    for problem in refusal.value.problems:
        said = in_words(problem.message, tree_of("manado"))
        # What a person typed themselves stands in quotes.
        bare = re.sub(r"['“\"][^'”\"]*['”\"]", "", said)
        left = set(re.findall(r"[A-Za-z_]+(?:\.[a-z_]+)*", bare)) & (written_names() | ids)
        assert not left, (problem.message, said)
