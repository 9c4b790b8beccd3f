"""Adding, wrapping, copying and removing nodes of the tree as plain data, and what hangs on what."""

from __future__ import annotations

from typing import Any

import pytest

from tenants.rules.editor import structure
from tenants.rules.editor.choosing import choices_in, nodes_of
from tenants.rules.engine import load_rule_set
from tests.tenants.rules.editor.drafts import tree_of


@pytest.fixture
def tree() -> dict[str, Any]:
    return tree_of("manado")


def part(node_id: str = "baru") -> dict[str, Any]:
    clause = {"text": "Ketentuan.", "reference": "Perwali"}
    return {"id": node_id, "kind": "part_weight", "label": "Baru", "clause": clause, "weight": "0", "mode": "flat"}


def test_a_part_beside_a_score_puts_the_score_into_a_part_of_its_own(tree: dict[str, Any]) -> None:
    new = structure.insert(tree, "disiplin", part())
    kinds = [child["kind"] for child in structure.spot_of(new, "disiplin").node["children"]]
    assert kinds == ["part_weight", "part_weight"]
    wrapping = structure.spot_of(new, "disiplin.nilai").parent
    assert wrapping is not None
    assert wrapping["weight"] == structure.spot_of(tree, "disiplin").node["weight"]
    load_rule_set(new)


def test_the_tree_given_is_never_changed(tree: dict[str, Any]) -> None:
    before = tree_of("manado")
    structure.insert(tree, "disiplin", part())
    structure.remove(tree, "disiplin.sakit")
    structure.move(tree, "disiplin.sakit", by=1)
    structure.copy_of(tree, "disiplin")
    assert tree == before


def test_a_part_that_loses_its_score_is_paid_in_full(tree: dict[str, Any]) -> None:
    new = structure.remove(tree, "disiplin.nilai")
    assert structure.spot_of(new, "disiplin").node["mode"] == "flat"


def test_moving_stops_at_either_end(tree: dict[str, Any]) -> None:
    first = tree["nodes"][0]["id"]
    assert structure.move(tree, first, by=-1) == tree


def test_a_copy_has_ids_and_codes_of_its_own_and_weighs_nothing(tree: dict[str, Any]) -> None:
    copy = structure.copy_of(tree, "disiplin")
    inside = list(nodes_of({"nodes": [copy]}))
    assert not {node["id"] for node in inside} & {node["id"] for node in nodes_of(tree)}
    codes = [value for value, _words in choices_in(tree).of("code")]
    assert not {node.get("code") for node in inside} & set(codes)
    assert copy["weight"] == "0"


def test_an_id_is_made_from_the_name_and_is_free(tree: dict[str, Any]) -> None:
    assert structure.new_id(tree, "Cuti Besar (CBS)!", "disiplin.nilai") == "disiplin.nilai.cuti_besar_cbs"
    assert structure.new_id(tree, "Pagu") == "pagu_2"
    assert structure.new_id(tree, "بدل") == "ketentuan"
    assert structure.new_id(tree, "Bruto") == "bruto_2"


def test_what_names_a_node_or_its_codes_is_found(tree: dict[str, Any]) -> None:
    found = structure.dependents(tree, "disiplin.terlambat")
    assert any(not entry.is_example for entry in found)
    assert any(entry.is_example for entry in structure.dependents(tree, "disiplin.tanpa_keterangan"))
    assert structure.dependents(tree, "bpjs") == []


def test_only_what_fits_is_offered(tree: dict[str, Any]) -> None:
    assert "class_amounts" not in structure.kinds_below(tree, "")
    assert "part_weight" not in structure.kinds_below(tree, "")
    assert structure.kinds_below(tree, "disiplin") == ("part_weight", "gate")
    assert "event_tier" in structure.kinds_below(tree, "disiplin.nilai")
    assert structure.kinds_below(tree, "pph") == ()
    with pytest.raises(structure.UnknownNode):
        structure.kinds_below(tree, "tidak_ada")
