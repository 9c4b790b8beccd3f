"""What a person is told about a rule set that cannot be used. Each case breaks Manado's rule set in one place."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.rules.engine import KIND_TITLES, RuleSetError, load_rule_set, ready_rule_sets

Tree = dict[str, Any]


def node(tree: Tree, node_id: str) -> dict[str, Any]:
    """The mapping of a node anywhere in the tree."""
    found = _search(tree["nodes"], node_id)
    assert found is not None, node_id
    return found


def _search(value: Any, node_id: str) -> dict[str, Any] | None:
    entries = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if isinstance(value, dict) and value.get("id") == node_id:
        return value
    return next((found for entry in entries if (found := _search(entry, node_id))), None)


def clause() -> dict[str, str]:
    return {"text": "Ketentuan.", "reference": "Perwali"}


def put(node_id: str, **fields: Any) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        node(tree, node_id).update(fields)

    return change


def leave_out(node_id: str, field: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        del node(tree, node_id)[field]

    return change


def add(**fields: Any) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        tree["nodes"].append({"id": "baru", "label": "Baru", "clause": clause(), **fields})

    return change


def band(node_id: str, index: int, **fields: Any) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        node(tree, node_id)["bands"][index].update(fields)

    return change


def unband(node_id: str, index: int, field: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        del node(tree, node_id)["bands"][index][field]

    return change


def drop_band(node_id: str, index: int) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        del node(tree, node_id)["bands"][index]

    return change


def circle(tree: Tree) -> None:
    """Work plan waits for behaviour, behaviour for the work plan."""
    for part, other in (
        ("produktivitas.skp", "produktivitas.perilaku"),
        ("produktivitas.perilaku", "produktivitas.skp"),
    ):
        gate = {"id": f"{part}.syarat", "kind": "gate", "label": "Syarat", "clause": clause(), "stage": "part"}
        node(tree, part)["children"].append({**gate, "node": other, "when": [{"below": "1", "factor": "0"}]})


def misplace(tree: Tree) -> None:
    node(tree, "nilai")["children"].append({"id": "x", "kind": "bonus", "label": "X", "clause": clause()})


BANDS = [{"from": "0", "score": "100"}]

# The place of a node that ``add`` put at the end.
LAST = "nodes[-1]"

CASES: list[tuple[str, Callable[[Tree], None], str, str]] = [
    (
        "an unknown kind",
        add(kind="formula"),
        "nodes[14]",
        "jenis simpul 'formula' tidak dikenal; yang boleh di sini: class_amounts, status_factor",
    ),
    ("a node without kind", add(), "nodes[14]", "jenis simpul (kind) wajib diisi"),
    (
        "a kind in the wrong place",
        misplace,
        "nodes[4].children[2]",
        "jenis 'bonus' (Tambahan) tidak boleh berada di sini",
    ),
    ("a field that no kind has", put("bpjs", formula="x + y"), "nodes[7].formula", "bidang ini tidak dikenal"),
    ("no clause", leave_out("bpjs", "clause"), "nodes[7].clause", "wajib diisi"),
    (
        "an empty clause",
        put("bpjs", clause={"text": " ", "reference": "x"}),
        "nodes[7].clause.text",
        "tidak boleh kosong",
    ),
    (
        "no reference",
        put("bpjs", clause={"text": "x", "reference": ""}),
        "nodes[7].clause.reference",
        "tidak boleh kosong",
    ),
    ("an id with spaces", put("bpjs", id="Iuran BPJS"), "nodes[7].id", "penulisan tidak sesuai pola"),
    ("an id used twice", put("bpjs", id="pph"), "nodes[7].id", "id 'pph' sudah dipakai di nodes[6]"),
    ("an id of the engine's", put("bpjs", id="pembulatan"), "nodes[7].id", "dipakai oleh sistem"),
    (
        "an unknown fact",
        put("produktivitas.skp.capaian", numerator="shoe_size"),
        ".numerator",
        "fakta 'shoe_size' tidak dikenal",
    ),
    ("a weight over one hundred", put("disiplin", weight="140"), ".weight", "140 di luar batas 0 sampai 100"),
    ("a figure in words", put("disiplin", weight="empat puluh"), ".weight", "'empat puluh' bukan angka desimal biasa"),
    ("a figure with exponent", put("disiplin", weight="4e1"), ".weight", "'4e1' bukan angka desimal biasa"),
    ("infinity", put("disiplin", weight="Infinity"), ".weight", "bukan angka desimal biasa"),
    ("a truth value for a figure", put("disiplin", weight=True), ".weight", "harus angka"),
    (
        "a kelas that does not exist",
        put("pagu", amounts=[{"position_categories": ["umum"], "values": {"18": "1"}}]),
        ".values.18",
        "paling besar 17",
    ),
    (
        "a negative amount",
        put("pagu", amounts=[{"position_categories": ["umum"], "values": {"7": "-1"}}]),
        ".values.7",
        "di luar batas",
    ),
    (
        "an unknown rounding policy",
        lambda tree: tree["rounding"].update(net="banker"),
        "rounding.net",
        "harus salah satu dari",
    ),
    (
        "weights that do not add up",
        put("disiplin", weight="35"),
        "nodes[4].children",
        "bobot di bawahnya berjumlah 95, harus 100",
    ),
    (
        "an outermost part below one hundred",
        put("nilai", weight="90"),
        "nodes[4].weight",
        "komponen terluar harus berbobot 100",
    ),
    ("a criterion without part", put("nilai", criteria=["PK", "BK"]), "nodes", "kriteria tanpa komponen: KK"),
    (
        "a criterion that does not exist",
        put("nilai", criteria=["PK", "BK", "KK", "XX"]),
        ".criteria",
        "kriteria XX tidak dikenal",
    ),
    ("a flat part with scores", put("disiplin", mode="flat"), ".children", "komponen flat dibayar penuh"),
    ("a part without score", put("disiplin", children=[]), ".children", "tepat satu nilai"),
    (
        "overlapping tiers",
        band("disiplin.terlambat", 1, **{"from": 30}),
        ".bands[1].from",
        "rentang bertumpang tindih: 30 sudah termasuk rentang sampai 30",
    ),
    (
        "a gap between tiers",
        band("disiplin.terlambat", 1, **{"from": 35}),
        ".bands[1].from",
        "ada celah antara 30 dan 35",
    ),
    ("a missing tier", drop_band("disiplin.terlambat", 1), ".bands[1].from", "ada celah antara 30 dan 61"),
    (
        "no first tier",
        drop_band("disiplin.pulang_cepat", 0),
        ".bands[0].from",
        "tingkat pertama harus mulai dari 1 menit",
    ),
    ("a last tier that ends", band("disiplin.terlambat", 2, to=90), ".bands[2].to", "tingkat terakhir harus terbuka"),
    (
        "an open tier before the last",
        unband("disiplin.terlambat", 0, "to"),
        ".bands[1].from",
        "rentang sebelumnya terbuka",
    ),
    (
        "a tier that ends before it starts",
        band("disiplin.terlambat", 1, to=20),
        ".bands[1].to",
        "akhir rentang 20 sebelum awalnya 31",
    ),
    (
        "a heavier tier with fewer points",
        band("disiplin.terlambat", 2, points="1"),
        ".bands[2].points",
        "tidak boleh berpoin lebih kecil",
    ),
    ("minutes as text", band("disiplin.terlambat", 0, to="30"), ".bands[0].to", "harus bilangan bulat"),
    (
        "overlapping behaviour bands",
        band("produktivitas.perilaku.jumlah", 1, **{"from": "200"}),
        ".bands[1].from",
        "rentang bertumpang tindih",
    ),
    (
        "a gap between behaviour bands",
        band("produktivitas.perilaku.jumlah", 2, **{"from": "680"}),
        ".bands[2].from",
        "ada celah antara 678 dan 680",
    ),
    (
        "behaviour bands that end early",
        band("produktivitas.perilaku.jumlah", 2, to="690"),
        ".bands[2].to",
        "rentang terakhir harus terbuka",
    ),
    (
        "a band with two results",
        band("produktivitas.perilaku.jumlah", 1, score="10"),
        ".bands[1]",
        "isi salah satu: score atau proportional",
    ),
    (
        "a code counted twice",
        put("disiplin.sakit", code="TK"),
        ".code",
        "kode TK sudah dihitung oleh disiplin.tanpa_keterangan",
    ),
    (
        "a missing punch of no tier",
        put("disiplin.tanpa_masuk", as_code="TMK9"),
        ".as_code",
        "kode TMK9 tidak ada pada tingkat mana pun",
    ),
    (
        "a missing punch without result",
        leave_out("disiplin.tanpa_masuk", "as_code"),
        "",
        "isi salah satu: as_code, as_minutes",
    ),
    (
        "two rules for lateness",
        put("disiplin.pulang_cepat", event="late"),
        ".event",
        "peristiwa 'late' sudah diatur oleh disiplin.terlambat",
    ),
    (
        "two unexcused absences",
        put("disiplin.sakit", trigger="no_punch"),
        ".trigger",
        "sudah diatur oleh disiplin.tanpa_keterangan",
    ),
    ("a gate without measure", leave_out("kelayakan.tunda", "flag"), "nodes[0]", "isi tepat satu ukuran"),
    ("a gate with two measures", put("kelayakan.tunda", fact="working_days"), "nodes[0]", "isi tepat satu ukuran"),
    (
        "gate bounds that fall",
        put("kehadiran", when=[{"below": "50", "factor": "0.5"}, {"below": "25", "factor": "0"}]),
        ".when[1].below",
        "batas below harus naik",
    ),
    (
        "a gate on a node that is not there",
        put("kehadiran", score=None, node="tidak.ada"),
        ".node",
        "simpul 'tidak.ada' tidak ada",
    ),
    ("a gate on a tax", put("kehadiran", score=None, node="pph"), ".node", "bukan nilai atau komponen"),
    (
        "gates that wait for each other",
        circle,
        "nodes[4].children[0].children[0]",
        "rujukan berputar: produktivitas.skp →",
    ),
    ("a gate of the month inside a part", put("kehadiran", stage="part"), ".stage", "bertahap eligibility atau month"),
    (
        "an acting case nobody reaches",
        put("plt", cases=[{"level": "any", "effect": "add"}, {"level": "higher", "effect": "replace"}]),
        ".cases[1]",
        "tidak pernah tercapai",
    ),
    (
        "a status named twice",
        put("status", rows=[{"statuses": ["PNS"], "factor": "1"}, {"statuses": ["PNS"], "factor": "0.9"}]),
        ".rows[1].statuses",
        "status 'PNS' ditulis dua kali",
    ),
    (
        "a tax status named twice",
        put("pph", rule={"mode": "final_by_golongan", "rates": [{"statuses": ["PNS"], "percent": {"III": "5"}}] * 2}),
        ".rule.rates[1].statuses",
        "ditulis dua kali",
    ),
    (
        "an unknown way of tax",
        put("pph", rule={"mode": "flat_tax"}),
        ".rule",
        "cara 'flat_tax' tidak dikenal; yang boleh: final_by_golongan",
    ),
    (
        "no amounts",
        lambda tree: tree["nodes"].pop(1),
        "nodes",
        "harus ada tepat satu simpul class_amounts, ditemukan 0",
    ),
    (
        "a category twice in the amounts",
        lambda tree: node(tree, "pagu")["amounts"].append({"position_categories": ["jf"], "values": {"7": "1"}}),
        ".amounts[2]",
        "kategori 'jf'/'*' sudah ada pada baris 0",
    ),
    (
        "amounts without shares",
        lambda tree: node(tree, "pagu")["amounts"].append({"position_categories": ["guru"], "values": {"7": "1"}}),
        ".amounts[2]",
        "tidak mempunyai persentase kriteria",
    ),
    (
        "two acting rules",
        add(kind="acting_rule", cases=[{"level": "any", "effect": "none"}]),
        "nodes[14]",
        "hanya boleh satu kali",
    ),
    ("an end before the start", lambda tree: tree.update(valid_to="2023-01-01"), "valid_to", "harus sesudah awalnya"),
    ("a date that is none", lambda tree: tree.update(valid_from="2024-02-30"), "valid_from", "bukan tanggal"),
    (
        "an example with an unknown fact",
        lambda tree: tree["examples"][0]["facts"].update(hobby="x"),
        "examples[0].facts.hobby",
        "fakta tidak dikenal",
    ),
]


@pytest.mark.parametrize(("change", "path", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_broken_rule_set_is_refused_with_its_place_and_reason(
    change: Callable[[Tree], None], path: str, message: str, manado_tree: Tree
) -> None:
    change(manado_tree)
    path = path.replace(LAST, f"nodes[{len(manado_tree['nodes']) - 1}]")
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(manado_tree)
    fitting = [problem for problem in refusal.value.problems if message in problem.message]
    assert fitting, [(problem.path, problem.message) for problem in refusal.value.problems]
    assert any(problem.path == path or problem.path.endswith(path) for problem in fitting), fitting


def test_all_problems_are_told_at_once(manado_tree: Tree) -> None:
    put("disiplin", weight="35")(manado_tree)
    put("disiplin.sakit", code="TK")(manado_tree)
    band("disiplin.terlambat", 1, **{"from": 35})(manado_tree)
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(manado_tree)
    assert {problem.node_id for problem in refusal.value.problems} >= {"nilai", "disiplin.sakit", "disiplin.terlambat"}


def test_a_problem_names_the_node_it_is_in(manado_tree: Tree) -> None:
    band("disiplin.terlambat", 0, points="seratus")(manado_tree)
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(manado_tree)
    (problem,) = refusal.value.problems
    assert problem.node_id == "disiplin.terlambat"
    assert problem.path == "nodes[4].children[1].children[0].children[0].bands[0].points"


def test_every_kind_has_a_name() -> None:
    # The twenty of the normalised model, the score of other people, the two that compute nothing, and the
    # three of who is out of service, what the budget bears and the special payments.
    assert len(KIND_TITLES) == 20 + 1 + 2 + 3


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("- satu\n- dua", "", "aturan harus berupa pasangan nama dan nilai"),
        ("code: a\n  nama: b", "baris 2, kolom 7", "YAML tidak dapat dibaca"),
        ("code: a\ncode: b", "baris 2, kolom 1", "'code' ditulis dua kali"),
        ("a: &x 1\nb: *x", "baris 2, kolom 4", "alias (&, *) tidak diizinkan"),
        ("a: !!python/object:os.system {}", "baris 1, kolom 4", "YAML tidak dapat dibaca"),
        ("[" * 900_000, "baris 1, kolom 61", "bersarang lebih dari 60 tingkat"),
        ("- " * 100_000, "baris 1, kolom 121", "bersarang lebih dari 60 tingkat"),
        ("x" * 1_000_001, "", "teks lebih dari 1000000 karakter"),
        ("1.5: a", "baris 1, kolom 1", "kunci harus kata atau bilangan"),
    ],
)
def test_a_text_that_is_no_rule_set_is_refused(text: str, path: str, message: str) -> None:
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(text)
    (problem,) = refusal.value.problems
    assert problem.path == path
    assert message in problem.message


def nested(levels: int) -> Tree:
    part: Tree = {"kind": "part_weight", "children": []}
    for _ in range(levels):
        part = {"kind": "part_weight", "children": [part]}
    return {"nodes": [part]}


@pytest.mark.parametrize("levels", [40, 400])
def test_a_tree_without_bottom_is_refused_before_it_is_read(levels: int) -> None:
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(nested(levels))
    (problem,) = refusal.value.problems
    assert problem.message == "aturan bersarang lebih dari 60 tingkat"
    assert problem.path.startswith("nodes[0].children[0].children[0]")


def test_a_figure_with_more_decimals_than_can_be_kept_exact_is_refused(manado_tree: Tree) -> None:
    put("disiplin", weight="39.99999999999")(manado_tree)
    with pytest.raises(RuleSetError, match="paling banyak 10 angka di belakang koma"):
        load_rule_set(manado_tree)


def test_a_name_that_is_no_word_is_refused(manado_tree: Tree) -> None:
    with pytest.raises(RuleSetError, match="nama bidang harus kata"):
        load_rule_set({**manado_tree, 5: "x"})  # type: ignore[dict-item]  # that is the point


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(RuleSetError, match="bukan teks UTF-8"):
        load_rule_set(b"\xff\xfe")


def test_an_unquoted_fraction_is_refused_with_the_way_to_write_it() -> None:
    text = ready_rule_sets()["manado"].replace('factor: "0.8"', "factor: 0.8")
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(text)
    (problem,) = refusal.value.problems
    assert problem.path == "nodes[3].rows[1].factor"
    assert problem.message == 'tulis angka pecahan di antara tanda kutip: "0.8"'
