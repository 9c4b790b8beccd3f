"""What a person is told about bases, conditions, months and other people in a rule set that cannot be used."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.rules.engine import RuleSetError, load_rule_set
from tests.tenants.rules.engine.golden_cases import tree
from tests.tenants.rules.engine.test_rule_set_problems import Tree, add, band, clause, leave_out, node, put

Change = Callable[[Tree], None]


def within(node_id: str, field: str, index: int, **fields: Any) -> Change:
    """Change an entry of a list."""

    def change(tree: Tree) -> None:
        node(tree, node_id)[field][index].update(fields)

    return change


def both(*changes: Change) -> Change:
    def change(tree: Tree) -> None:
        for each in changes:
            each(tree)

    return change


def under(parent: str, **fields: Any) -> Change:
    def change(tree: Tree) -> None:
        node(tree, parent)["children"].append({"id": "baru", "label": "Baru", "clause": clause(), **fields})

    return change


def start_with(kind: str) -> Change:
    def change(tree: Tree) -> None:
        node(tree, "disiplin.nilai")["start_score"]["kind"] = kind

    return change


def ter(**fields: Any) -> Change:
    def change(tree: Tree) -> None:
        node(tree, "pph")["rule"].update(fields)

    return change


def ter_band(index: int, **fields: Any) -> Change:
    def change(tree: Tree) -> None:
        node(tree, "pph")["rule"]["tables"]["A"][index].update(fields)

    return change


TIER = {"kind": "event_tier", "bands": [{"code": "B", "label": "B", "from": 1, "points": "0"}]}

CASES: list[tuple[str, str, Change, str, str]] = [
    # --- bases -------------------------------------------------------------------------------------------------------
    ("a part that is not there", "other_bases", put("sakit", base_part="x"), ".base_part", "komponen 'x' tidak ada"),
    (
        "a score where a part is meant",
        "other_bases",
        put("sakit", base_part="kinerja.skp"),
        ".base_part",
        "komponen 'kinerja.skp' tidak ada",
    ),
    ("another part without saying which", "other_bases", leave_out("sakit", "base_part"), ".base_part", "other_part"),
    (
        "a part named for the whole",
        "other_bases",
        put("mangkir", base_part="kinerja"),
        ".base_part",
        "diisi bila base adalah other_part",
    ),
    (
        "a share of a score's own points",
        "other_bases",
        put("hadir.terlambat", of="full"),
        ".of",
        "of hanya untuk base whole atau other_part",
    ),
    (
        "points of no score",
        "other_bases",
        leave_out("mangkir", "base"),
        ".base",
        "poin atas nilai berada di bawah deduction_score",
    ),
    (
        "points of no score by number of times",
        "other_bases",
        put("hari_raya", count_bands=[{"from": 2, "points": "5"}]),
        ".base",
        "poin atas nilai berada di bawah deduction_score",
    ),
    (
        "a base for a punch that is counted as minutes",
        "other_bases",
        both(put("lupa", as_code="TL"), leave_out("lupa", "code"), leave_out("lupa", "points")),
        ".base",
        "dasar lain hanya untuk code dengan points",
    ),
    (
        "a share for a penalty of a score",
        "other_kinds",
        put("hadir.hukuman", of="full"),
        ".of",
        "of hanya untuk hukuman dengan base whole",
    ),
    # --- days --------------------------------------------------------------------------------------------------------
    (
        "four occurrences that cost less than three",
        "other_bases",
        within("apel", "count_bands", 0, points="7"),
        ".count_bands[0].points",
        "jumlah poin 7 lebih kecil dari 7.5 untuk kejadian yang lebih sedikit",
    ),
    (
        "numbers of occurrences that fall",
        "other_bases",
        put("apel", count_bands=[{"from": 4, "points": "25"}, {"from": 3, "points": "30"}]),
        ".count_bands[1].from",
        "jumlah kejadian harus naik: 3 tidak di atas 4",
    ),
    (
        "minutes of a day and of its ends",
        "day_events",
        under("hadir.nilai", **{**TIER, "event": "late"}),
        ".event",
        "menit sehari dijumlah di sini dan dihitung lagi oleh baru",
    ),
    (
        "a sum of a month without the minutes of its days",
        "month_rules",
        put("disiplin.sebulan", minutes_of="early_leave"),
        ".minutes_of",
        "perlu tingkat harian yang mencatat menitnya",
    ),
    (
        "a sum of a month of nothing",
        "month_rules",
        leave_out("disiplin.sebulan", "minutes_of"),
        ".minutes_of",
        "diisi late, early_leave atau both",
    ),
    (
        "minutes of a month for a day's tier",
        "month_rules",
        put("terlambat", minutes_of="late"),
        ".minutes_of",
        "pada event month_total, dan hanya di sana",
    ),
    (
        "a minute summed twice in a month",
        "month_rules",
        both(
            add(**{**TIER, "event": "early_leave"}),
            under(
                "disiplin.nilai",
                id="dua",
                kind="event_tier",
                event="month_total",
                minutes_of="both",
                bands=[{"code": "C", "label": "C", "from": 1, "points": "1"}],
            ),
        ),
        ".minutes_of",
        "menit yang sama dijumlah dua kali dalam sebulan",
    ),
    (
        "a tolerance on the sum of a month",
        "month_rules",
        put("disiplin.sebulan", tolerance_seconds=59),
        ".tolerance_seconds",
        "toleransi ada pada tingkat harian",
    ),
    (
        "more minutes than a day has",
        "month_rules",
        put("terlambat", bands=[{"code": "TL", "label": "T", "from": 1, "to": 1500, "points": "0"}]),
        ".bands[0]",
        "satu hari paling banyak 1440 menit",
    ),
    (
        "three checkpoints at the end of a day",
        "points_to_twenty",
        put("hadir.pulang", checkpoints=3),
        ".checkpoints",
        "tiga titik absen hanya ada pada event late atau combined_day",
    ),
    (
        "a punch at noon that nobody asks for",
        "points_to_twenty",
        put("hadir.terlambat", checkpoints=2),
        ".punch",
        "perlu tingkat dengan checkpoints 3",
    ),
    ("minutes for a missing punch, none", "day_events", put("hadir.lupa_masuk", as_minutes=0), ".as_minutes", "nol"),
    (
        "a missing punch as the sum of a month",
        "month_rules",
        under("disiplin.nilai", kind="missing_punch", punch="in", as_code="TB1"),
        ".as_code",
        "kode TB1 tidak ada pada tingkat mana pun",
    ),
    (
        "a gate on the code of a month's sum",
        "month_rules",
        add(kind="gate", stage="month", codes=["TB1"], when=[{"at_least": "1", "factor": "0"}]),
        ".codes",
        "kode TB1 adalah jumlah sebulan; baca fakta late_minutes",
    ),
    # --- the daily log -----------------------------------------------------------------------------------------------
    (
        "points for the log of no score",
        "month_rules",
        both(put("disiplin.laporan", missing_day_points="0"), add(kind="log_rule", entry_days_back=1)),
        "",
        "jenis simpul ini hanya boleh satu kali",
    ),
    (
        "a log at the top with points",
        "umum_60_40",
        lambda tree: node(tree, "laporan").update(missing_day_points="1"),
        "",
        "poin laporan harian berada di bawah deduction_score",
    ),
    (
        "late entries without their worth",
        "month_rules",
        leave_out("disiplin.laporan", "late_percent"),
        ".late_percent",
        "late_days_back dan late_percent diisi bersama",
    ),
    (
        "late entries before the end of entry",
        "month_rules",
        put("disiplin.laporan", late_days_back=1),
        ".late_days_back",
        "harus lebih dari entry_days_back (1)",
    ),
    (
        "what follows a deadline that is not there",
        "month_rules",
        leave_out("disiplin.laporan", "auto_approve_after_days"),
        ".after_deadline",
        "perlu batas waktu atasan",
    ),
    # --- gates -------------------------------------------------------------------------------------------------------
    ("a factor for a hold", "month_rules", within("lhkpn", "when", 0, factor="0"), ".when[0].factor", "kosongkan"),
    (
        "no factor where it is one",
        "other_kinds",
        lambda tree: node(tree, "sepuluh")["when"][0].pop("factor"),
        ".when[0].factor",
        "wajib diisi",
    ),
    (
        "a hold inside a part",
        "other_bases",
        both(
            put("kinerja.setengah", action="hold"), lambda tree: node(tree, "kinerja.setengah")["when"][0].pop("factor")
        ),
        ".action",
        "hanya di tingkat teratas",
    ),
    (
        "eligibility by a score",
        "month_rules",
        both(put("lhkpn", node="kinerja"), leave_out("lhkpn", "flag")),
        ".stage",
        "ambang kelayakan mendahului penilaian",
    ),
    (
        "a flag of two",
        "month_rules",
        put("lhkpn", when=[{"at_least": "2"}]),
        ".when[0].at_least",
        "ukuran ini paling banyak 1: ujian ini tidak pernah tercapai",
    ),
    (
        "a score above one hundred",
        "month_rules",
        add(kind="gate", stage="month", node="nilai", when=[{"at_least": "101", "factor": "0"}]),
        ".when[0].at_least",
        "paling banyak 100",
    ),
    (
        "below nothing",
        "month_rules",
        put("tahun", when=[{"below": "0"}]),
        ".when[0].below",
        "tidak ada ukuran di bawah nol",
    ),
    (
        "at least nothing",
        "month_rules",
        put("tahun", when=[{"at_least": "0"}]),
        ".when[0].at_least",
        "batas nol selalu tercapai",
    ),
    (
        "bounds from below that rise",
        "month_rules",
        put("tahun", when=[{"at_least": "5"}, {"at_least": "10"}]),
        ".when[1].at_least",
        "batas at_least harus turun",
    ),
    (
        "a test behind two that cover everything",
        "month_rules",
        put("tahun", when=[{"at_least": "5"}, {"below": "5"}, {"below": "6"}]),
        ".when[1].below",
        "ujian sesudahnya tidak berguna",
    ),
    (
        "a flag below two",
        "month_rules",
        put("lhkpn", when=[{"below": "2"}]),
        ".when[0].below",
        "ukuran ini paling banyak 1: ujian ini selalu tercapai",
    ),
    (
        "presence of a ratio below percents",
        "month_rules",
        both(put("tahun", fact="attendance_ratio"), put("tahun", when=[{"below": "25"}])),
        ".when[0].below",
        "paling banyak 1: ujian ini selalu tercapai",
    ),
    ("a month that is none", "month_rules", put("lhkpn", months=[13]), ".months[0]", "paling besar 12"),
    # --- weights -----------------------------------------------------------------------------------------------------
    (
        "another weight under no condition",
        "month_rules",
        put("disiplin", alternates=[{"weight": "10"}]),
        ".alternates[0]",
        "isi paling sedikit satu syarat",
    ),
    (
        "a fact without a bound",
        "month_rules",
        put("disiplin", alternates=[{"fact": "present_days", "weight": "10"}]),
        ".alternates[0]",
        "fact dan below diisi bersama",
    ),
    (
        "a weight that is never used",
        "month_rules",
        put(
            "kinerja",
            alternates=[
                {"fact": "present_days", "below": "7", "weight": "40"},
                {"fact": "present_days", "below": "5", "weight": "20"},
            ],
        ),
        ".alternates[1]",
        "bobot ini tidak pernah dipakai",
    ),
    (
        "a weight below nothing",
        "month_rules",
        put("kinerja", alternates=[{"fact": "present_days", "below": "0", "weight": "40"}]),
        ".alternates[0].below",
        "bobot ini tidak pernah dipakai",
    ),
    (
        "a weight for more days than a month has",
        "month_rules",
        put("kinerja", alternates=[{"fact": "present_days", "below": "40", "weight": "40"}]),
        ".alternates[0].below",
        "hari hadir paling banyak 31: batas 40 selalu lebih kecil",
    ),
    (
        "weights of one condition that are too much together",
        "month_rules",
        put("kinerja", alternates=[{"position_categories": ["jf_kesehatan"], "weight": "60"}]),
        ".children",
        "bobot lain di bawahnya berjumlah 160, paling banyak 100",
    ),
    (
        "an unknown fact of a weight",
        "month_rules",
        put("kinerja", alternates=[{"fact": "ukuran.LAIN", "below": "7", "weight": "40"}]),
        ".alternates[0].fact",
        "ukuran LAIN tidak ada pada daftar measures",
    ),
    # --- facts and units ---------------------------------------------------------------------------------------------
    (
        "a measure that is not declared",
        "month_rules",
        put("kinerja.serapan.nilai", fact="ukuran.SAKIP"),
        ".fact",
        "ukuran SAKIP tidak ada pada daftar measures",
    ),
    (
        "a measure in small letters",
        "month_rules",
        put("kinerja.serapan.nilai", fact="ukuran.serapan"),
        ".fact",
        "kode ukuran 'serapan' tidak sesuai pola",
    ),
    (
        "days over minutes",
        "month_rules",
        both(
            put("kinerja.skp.nilai", numerator="present_days", denominator="minutes_approved"),
            leave_out("kinerja.skp.nilai", "out_of"),
        ),
        ".denominator",
        "satuan berbeda: hari dibandingkan dengan menit",
    ),
    (
        "minutes against points",
        "other_kinds",
        put("target.menit", target_fact="activity_points"),
        ".target_fact",
        "satuan berbeda: menit dibandingkan dengan poin",
    ),
    (
        "percent for a ratio of one",
        "banjarmasin_2023",
        lambda tree: node(tree, "kinerja.aktivitas.menit").update(
            fact="attendance_ratio", target="80", month_targets={}
        ),
        ".target",
        "rasio kehadiran paling banyak 1: batas 80 tidak pernah tercapai",
    ),
    (
        "more days than a month has",
        "month_rules",
        within("cuti_panjang", "rows", 2, at_least="32"),
        ".rows[2]",
        "hari tidak hadir paling banyak 31",
    ),
    # --- factors and additions ---------------------------------------------------------------------------------------
    (
        "a row behind one for everybody",
        "month_rules",
        put("cuti_panjang", rows=[{"factor": "0.5"}, {"flag": "x", "factor": "0.2"}]),
        ".rows[1]",
        "baris sebelumnya berlaku untuk semua",
    ),
    ("a bound without a fact", "month_rules", within("cuti_panjang", "rows", 0, below="3"), ".rows[0].fact", "fakta"),
    (
        "a fact with two bounds",
        "month_rules",
        within("cuti_panjang", "rows", 2, below="20"),
        ".rows[2]",
        "isi salah satu: below atau at_least",
    ),
    (
        "more after tax than before",
        "month_rules",
        within("cuti_panjang", "rows", 0, factor="1.1"),
        ".rows[0].factor",
        "sesudah pajak faktor paling besar 1",
    ),
    (
        "criteria after tax",
        "month_rules",
        put("cuti_panjang", criteria=["PK"]),
        ".criteria",
        "sesudah pajak tidak ada lagi rincian per kriteria",
    ),
    (
        "a tax behind the contribution that a share comes before",
        "month_rules",
        lambda tree: tree["nodes"].append(tree["nodes"].pop(tree["nodes"].index(node(tree, "pph")))),
        "",
        "pajak ditulis sebelum iuran dan potongan, karena cuti_panjang",
    ),
    ("an addition of nothing", "month_rules", put("data", percent="0"), ".percent", "tidak mengubah apa pun"),
    (
        "a reference above the highest kelas",
        "month_rules",
        put("penghargaan", reference_kelas=9),
        ".reference_kelas",
        "kelas acuan di atas kelas tertinggi 7",
    ),
    # --- taxes -------------------------------------------------------------------------------------------------------
    ("a category without a table", "effective_tax", ter(categories={"B": ["K/1"]}), ".rule.categories.B", "tabel"),
    (
        "a PTKP in two categories",
        "effective_tax",
        ter(categories={"A": ["TK/0"], "C": ["TK/0"]}),
        ".rule.categories.C",
        "PTKP 'TK/0' sudah ada pada kategori 'A'",
    ),
    ("a table nobody reads", "effective_tax", ter(categories={"A": ["TK/0"]}), ".rule.tables.C", "tidak dipakai"),
    (
        "tax bands that fall",
        "effective_tax",
        ter_band(1, to="4000000"),
        ".rule.tables.A[1].to",
        "batas 4000000 tidak di atas batas sebelumnya 5000000",
    ),
    (
        "an open tax band before the last",
        "effective_tax",
        ter_band(1, to=None),
        ".rule.tables.A[1].to",
        "hanya baris terakhir yang boleh terbuka",
    ),
    ("a rate that falls", "effective_tax", ter_band(2, percent="1"), ".rule.tables.A[2].percent", "tidak boleh turun"),
    (
        "a rate of everything",
        "effective_tax",
        ter_band(3, percent="100"),
        ".rule.tables.A[3].percent",
        "tarif harus di bawah 100 persen",
    ),
    (
        "a status that is paid and has no rate",
        "month_rules",
        put("status", rows=[{"statuses": ["PNS", "CPNS", "PPPK", "MPP"], "factor": "1"}]),
        ".rule.rates",
        "status tanpa tarif: MPP",
    ),
    ("a tax in another column", "effective_tax", put("pph", column="deduction"), ".column", "kolom tax"),
    (
        "two effective-rate taxes",
        "effective_tax",
        lambda tree: tree["nodes"].append({**node(tree, "pph"), "id": "pph2"}),
        "",
        "pajak tarif efektif sudah diatur oleh pph",
    ),
    (
        "the tax of the year by another list",
        "effective_tax",
        add(kind="deduction", column="tax", rule={"mode": "fixed_list", "codes": ["PPH21_TAHUNAN"]}),
        ".rule.codes",
        "kode PPH21_TAHUNAN sudah dibaca oleh pph",
    ),
    (
        "a list taken twice",
        "other_kinds",
        add(kind="deduction", column="deduction", rule={"mode": "fixed_list", "codes": ["KORPRI"]}),
        ".rule.codes",
        "kode KORPRI sudah dipotong oleh iuran",
    ),
    # --- other people ------------------------------------------------------------------------------------------------
    (
        "a result that is not there",
        "with_others",
        put("kinerja.atasan.nilai", node="x"),
        ".node",
        "simpul 'x' tidak ada",
    ),
    (
        "a result that is no score",
        "with_others",
        put("kinerja.atasan.nilai", node="pagu"),
        ".node",
        "simpul 'pagu' bukan nilai atau komponen",
    ),
    (
        "a score that refers to itself",
        "with_others",
        put("kinerja.atasan.nilai", node="kinerja.atasan.nilai"),
        ".node",
        "nilai ini merujuk dirinya sendiri",
    ),
    (
        "several subordinates without saying how",
        "with_others",
        put("kinerja.atasan.nilai", of="subordinates"),
        ".aggregate",
        "diisi mean atau min untuk bawahan",
    ),
    (
        "an aggregate of one superior",
        "with_others",
        put("kinerja.atasan.nilai", aggregate="mean"),
        ".aggregate",
        "hanya untuk bawahan",
    ),
    (
        "a vacancy without its value",
        "with_others",
        both(put("kinerja.atasan.nilai", on_vacancy="value"), leave_out("kinerja.atasan.nilai", "vacant_value")),
        ".vacant_value",
        "diisi bila on_vacancy adalah value",
    ),
    (
        "no answer for a circle",
        "with_others",
        leave_out("kinerja.atasan.nilai", "on_cycle"),
        ".on_cycle",
        "wajib diisi",
    ),
    (
        "a score that cannot start another",
        "month_rules",
        start_with("deduction_score"),
        ".start_score",
        "tidak boleh berada di sini; yang boleh: ratio_score, threshold_score",
    ),
    # --- calendar and prints -----------------------------------------------------------------------------------------
    (
        "checked before it is entered",
        "month_rules",
        put("kalender", verification_until_day=2),
        ".verification_until_day",
        "tanggal 2 mendahului entry_until_day (3)",
    ),
    ("a calendar without a day", "month_rules", add(kind="calendar_rule"), "", "hanya boleh satu kali"),
    (
        "a calendar that says nothing",
        "other_kinds",
        add(kind="calendar_rule"),
        "",
        "isi paling sedikit satu tanggal",
    ),
    ("a day that no month has", "month_rules", put("kalender", paid_on_day=32), ".paid_on_day", "paling besar 31"),
    (
        "a print twice",
        "month_rules",
        within("cetakan", "documents", 1, title="Daftar perhitungan TPP"),
        ".documents[1].title",
        "ditulis dua kali",
    ),
    ("no prints", "month_rules", put("cetakan", documents=[]), ".documents", "paling sedikit 1 isian"),
    (
        "a measure without saying of whom",
        "month_rules",
        lambda tree: tree["measures"]["SPM"].pop("per"),
        "measures.SPM.per",
        "wajib diisi",
    ),
    (
        "a measure's code in small letters",
        "month_rules",
        lambda tree: tree["measures"].update(spm={"label": "SPM", "per": "unit"}),
        "measures.spm",
        "penulisan tidak sesuai pola",
    ),
    ("points as a fraction", "day_events", band("hadir.sehari", 0, points=0.5), ".bands[0].points", "tanda kutip"),
]


@pytest.mark.parametrize(
    ("code", "change", "path", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_option_that_cannot_hold_is_refused_with_its_place_and_reason(
    code: str, change: Change, path: str, message: str
) -> None:
    broken = tree(code)
    change(broken)
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(broken)
    found = [(problem.path, problem.message) for problem in refusal.value.problems]
    assert any(place.endswith(path) and message in words for place, words in found), found
    assert all(words and words[0] != " " for _, words in found)


def test_gates_may_wait_for_what_other_people_do() -> None:
    """A question to other people is no circle of the tree: it is answered before anybody is computed."""
    changed = tree("with_others")
    under("kinerja", kind="gate", stage="part", node="kinerja.atasan.nilai", when=[{"below": "50", "factor": "0"}])(
        changed
    )
    load_rule_set(changed)
