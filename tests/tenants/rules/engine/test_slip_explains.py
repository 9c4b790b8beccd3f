"""What a person can read from the lines of a slip."""

import copy
import pickle
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenants.rules.engine import (
    EventDay,
    FactsError,
    Line,
    MonthFacts,
    PartsDoNotAddUp,
    RuleSet,
    Slip,
    TooManyDigits,
    calendar_rule,
    check_sums,
    children_of,
    count_days,
    digest,
    document_set,
    entry_policy,
    evaluate,
    event_codes,
    explain,
    facts_read,
    flags_read,
    listed_codes,
    measures,
    paid_statuses,
    parameters_of,
    reference_date,
)
from tests.tenants.rules.engine.golden_cases import case_named, ready


def test_a_lateness_shows_its_days_its_minutes_and_its_price() -> None:
    rule_set, facts = case_named("manado_2024", "M01")
    days = (
        EventDay(date(2024, 3, 7), "TMK1", 12),
        EventDay(date(2024, 3, 5), "TMK1", 25),
        EventDay(date(2024, 3, 6), "PKSW3", None),
        *(EventDay(date(2024, 3, 18) + timedelta(days=n), "TK") for n in range(3)),
    )
    slip = evaluate(rule_set, replace(facts, counts=count_days(days), days=days))
    line = slip.line("disiplin.terlambat")
    assert line.label == "Terlambat sampai 30 menit (TMK1)"
    assert line.inputs["days"] == [
        {"date": date(2024, 3, 5), "minutes": 25},
        {"date": date(2024, 3, 7), "minutes": 12},
    ]
    assert (line.inputs["count"], line.inputs["minutes"]) == (2, 37)
    assert (line.quantity, line.rate) == (Decimal(2), Decimal(1))
    # Two points of forty percent of the pagu.
    assert line.effect == Decimal("-33528")
    assert line.clause_reference == "Perwali Manado 1/2022 jo 30/2023, terlambat masuk kerja"


def test_the_prices_lead_from_the_pagu_to_the_gross() -> None:
    slip = evaluate(*case_named("manado_2024", "M11"))
    effects = {line.node_id: line.effect for line in slip.lines if line.effect}
    assert effects == {
        "produktivitas.skp": Decimal("-698639.7"),
        "disiplin.terlambat": Decimal("-67056"),
        "disiplin.pulang_cepat": Decimal("-150876"),
        "disiplin.tanpa_keterangan": Decimal("-502920"),
    }
    assert slip.pagu + sum(effects.values(), Decimal(0)) == slip.unrounded["gross"]


def test_criteria_that_round_apart_have_a_rounding_line() -> None:
    slip = evaluate(*case_named("manado_2024", "M18"))
    gross = {line.label: line.amount for line in slip.lines if line.column == "gross"}
    assert gross == {"TPP prestasi kerja": 2542172, "TPP beban kerja": 966534, "Pembulatan": -1}
    assert slip.line("pembulatan").clause_text


def test_a_net_off_the_printed_columns_has_a_rounding_line() -> None:
    slip = evaluate(*case_named("manado_bounds", "the net comes from unrounded"))
    line = next(line for line in slip.lines if line.column == "rounding")
    assert line.amount == slip.rounding == -1
    assert slip.gross - slip.tax - slip.contributions == slip.net + 1


def test_a_gated_part_says_which_measure_closed_it() -> None:
    slip = evaluate(*case_named("banjarmasin_2023", "one minute short"))
    target = slip.line("kinerja.aktivitas.menit")
    assert target.inputs == {"minutes_total": 6749, "target": 6750}
    assert target.note == "Target 6750 belum tercapai."
    gate = slip.line("kinerja.skp.syarat_menit")
    assert gate.rate == 0
    assert gate.effect == slip.unrounded["pagu"] * Decimal("-0.2")


def test_the_ceiling_says_what_salary_already_bore() -> None:
    line = evaluate(*case_named("manado_ceiling", "salary and TPP pass")).line("bpjs")
    assert line.inputs["borne_by_salary"] == 65498
    assert line.note.startswith("Batas dasar iuran tercapai")


def test_the_employers_share_is_shown_and_not_deducted() -> None:
    slip = evaluate(*case_named("banjarmasin_2023", "the contribution is taken from the pagu"))
    line = slip.line("bpjs")
    assert line.inputs["employer"] == 4 * slip.contributions
    assert line.amount == slip.contributions


def test_lines_are_numbered_in_reading_order() -> None:
    slip = evaluate(*case_named("manado_2024", "M10"))
    assert [line.order for line in slip.lines] == list(range(1, len(slip.lines) + 1))
    stages = list(dict.fromkeys(line.stage for line in slip.lines))
    assert stages == ["post", "scores", "parts", "points", "multipliers", "gross", "deductions"]


def test_a_slip_that_was_tampered_with_does_not_add_up() -> None:
    slip = evaluate(*case_named("manado_2024", "M01"))
    with pytest.raises(PartsDoNotAddUp, match="net"):
        check_sums(replace(slip, net=slip.net + 1))
    with pytest.raises(PartsDoNotAddUp, match="tax"):
        check_sums(replace(slip, lines=tuple(line for line in slip.lines if line.column != "tax")))
    with pytest.raises(PartsDoNotAddUp, match="gross, unrounded"):
        check_sums(replace(slip, lines=tuple(line._replace(effect=None) for line in slip.lines)))


def figures(line: Line) -> tuple[object, ...]:
    return line.base, line.quantity, line.rate, line.effect


def test_points_off_another_base_say_what_they_are_percent_of() -> None:
    slip = evaluate(*case_named("other_bases", "full and earned count"))
    away, leave = slip.line("mangkir"), slip.line("izin")
    assert figures(away) == (1_000_000, 1, 3, -30_000)
    # Of 390,000 and 400,000 that the parts gave, not of what the other rule left.
    assert figures(leave) == (790_000, 1, 10, -79_000)
    part = evaluate(*case_named("other_bases", "sickness takes from the work part")).line("sakit")
    assert figures(part) == (420_000, 2, 1, -8_400)
    short = evaluate(*case_named("other_bases", "sickness takes no more")).line("sakit")
    assert short.effect == -4_200
    assert short.note == "Dipotong sampai dasarnya habis."


def test_another_weight_is_said_on_its_line() -> None:
    slip = evaluate(*case_named("month_rules", "few days present"))
    assert slip.line("kinerja").note == "Berbobot 40, bukan 60."
    assert slip.line("kinerja.skp").note == "Berbobot 20, bukan 30."
    assert slip.line("disiplin").note == ""


def test_a_share_after_tax_says_what_it_is_taken_from() -> None:
    line = evaluate(*case_named("month_rules", "a share paid after tax")).line("cuti_panjang")
    assert line.column == "deduction"
    assert (line.base, line.rate, line.amount) == (Decimal(950_000), Decimal("0.5"), Decimal(475_000))
    assert line.note == "Dibayar 50 persen dari sisa sesudah pajak."


def test_a_tax_that_the_region_pays_stands_in_the_gross_and_in_the_tax() -> None:
    slip = evaluate(*case_named("effective_tax", "grossed up, the net"))
    lines = {line.column: line for line in slip.lines if line.node_id == "pph"}
    assert lines["gross"].label == "Tunjangan PPh 21"
    assert lines["gross"].amount == lines["tax"].amount == 810_526
    assert lines["tax"].inputs["category"] == "A"
    assert sum(slip.criteria.values()) == slip.gross - 810_526


def test_a_hold_and_a_blocked_month_are_part_of_the_slip() -> None:
    slip = evaluate(*case_named("month_rules", "a document that is missing"))
    assert slip.line("lhkpn").note == "TPP dihitung, tetapi ditahan sampai syarat ini dipenuhi."
    assert Slip.from_json(slip.to_json()) == Slip.from_json(Slip.from_json(slip.to_json()).to_json())
    assert Slip.from_json(slip.to_json()).holds == slip.holds
    assert digest(replace(slip, holds=())) != digest(slip)
    blocked = evaluate(*case_named("month_rules", "papers that are not in"))
    assert blocked.line("spm").note == "Bulan berikut belum boleh dibuka."
    assert Slip.from_json(blocked.to_json()).blocks_next_month


def test_a_slip_without_holds_is_written_as_ever() -> None:
    text = evaluate(*case_named("manado_2024", "M01")).to_json()
    assert "holds" not in text
    assert "blocks_next_month" not in text


def test_facts_too_fine_to_multiply_exactly_are_refused_in_words() -> None:
    rule_set, facts = case_named("other_bases", "everything done")
    with pytest.raises(TooManyDigits) as refusal:
        evaluate(rule_set, replace(facts, skp_score=Decimal("0." + "3" * 70)))
    assert explain(refusal.value).startswith("Angka pada fakta terlalu rinci")
    with pytest.raises(FactsError, match="paling besar"):
        replace(facts, skp_score=Decimal(10**13))
    with pytest.raises(FactsError, match="paling besar"):
        replace(facts, measures={"X": Decimal(10**13)})
    with pytest.raises(FactsError, match="0 sampai 100"):
        replace(facts, related={"nilai": Decimal(101)})


def test_facts_survive_copying_and_pickling() -> None:
    _, facts = case_named("manado_2024", "M10")
    assert copy.deepcopy(facts) == facts
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301 - our own bytes
    with pytest.raises(TypeError):
        facts.counts["TK"] = 0  # type: ignore[index]  # that is the point


def test_the_tree_shows_every_node_once(manado: RuleSet) -> None:
    walked = list(manado.walk())
    ids = [node.id for _, node in walked]
    assert len(ids) == len(set(ids)) == 35
    assert [depth for depth, node in walked if node.id == "disiplin.sakit"] == [3]
    assert [child.id for child in children_of(manado.node("kehadiran"))] == ["kehadiran.persen"]
    assert parameters_of(manado.node("disiplin.sakit"))["points"] == 2
    assert "clause" not in parameters_of(manado.node("disiplin.sakit"))


def test_codes_say_where_they_come_from_and_what_they_credit() -> None:
    codes = event_codes(ready("banjarmasin_2023"))
    assert codes["CT"].credit_minutes == 420
    assert codes["TK"].trigger == "no_punch"
    assert not codes["S"].present
    assert codes["LAM"].source == "missing_punch"


def test_the_daily_log_rule_is_read_by_name() -> None:
    policy = entry_policy(ready("banjarmasin_2023"))
    assert policy is not None
    assert (policy.entry_days_back, policy.auto_approve_after_days, policy.overlap_allowed) == (1, 5, False)
    assert entry_policy(ready("manado")) is None


def test_the_daily_log_rule_is_found_under_a_score_too() -> None:
    policy = entry_policy(ready("month_rules"))
    assert policy is not None
    assert (policy.entry_days, policy.late_days_back, policy.late_percent) == ("working", 3, Decimal(50))
    assert policy.after_deadline == "next_superior"


def test_calendar_prints_and_measures_are_read_by_name() -> None:
    rules = ready("month_rules")
    month, prints = calendar_rule(rules), document_set(rules)
    assert month is not None
    assert (month.opens_on_day, month.entry_until_day, month.december_until_day) == (6, 3, 15)
    assert prints is not None
    assert [(entry.title, entry.per) for entry in prints.documents] == [
        ("Daftar perhitungan TPP", "opd"),
        ("Rekapitulasi", "region"),
    ]
    assert prints.statuses_apart == ("PPPK",)
    assert {code: title.spread for code, title in measures(rules).items()} == {"SERAPAN": "below", "SPM": "line"}
    assert calendar_rule(ready("hss")) is None
    assert document_set(ready("hss")) is None
    assert measures(ready("hss")) == {}


def test_a_rule_set_names_what_it_reads() -> None:
    assert facts_read(ready("month_rules")) == {
        "present_days",
        "skp_score",
        "ukuran.SERAPAN",
        "predikat",
        "late_minutes",
        "log_days_missing",
        "late_decisions",
        "absent_days_year",
        "ukuran.SPM",
        "absent_days",
        "golongan",
    }
    assert facts_read(ready("effective_tax")) == {"skp_score", "salary_base", "salary_tax", "ptkp"}
    assert {"minutes_total", "minutes_approved", "credit_minutes"} <= facts_read(ready("banjarmasin_2023"))
    assert flags_read(ready("month_rules")) == {
        "lhkpn_belum",
        "dispensasi",
        "cuti_panjang",
        "penghargaan",
        "data",
        "satya",
        "iuran",
    }
    assert flags_read(ready("other_kinds")) == {"terpencil", "tubel", "zakat"}
    assert listed_codes(ready("other_kinds")) == {"KORPRI"}
    assert listed_codes(ready("effective_tax")) == {"PPH21_TAHUNAN"}


def test_the_statuses_that_are_paid_are_known_beforehand() -> None:
    assert paid_statuses(ready("manado")) == frozenset({"PNS", "CPNS", "PPPK"})
    assert paid_statuses(ready("other_kinds")) is None


@pytest.mark.parametrize(("day", "expected"), [("first", 1), ("15", 15), ("last", 29)])
def test_the_reference_day_is_the_rule_sets(day: str, expected: int) -> None:
    rule_set = ready("manado")
    table = rule_set.nodes[1].model_copy(update={"reference_day": day})
    changed = rule_set.model_copy(update={"nodes": (rule_set.nodes[0], table, *rule_set.nodes[2:])})
    assert reference_date(changed, "2024-02") == date(2024, 2, expected)


def test_days_must_agree_with_their_counts() -> None:
    with pytest.raises(ValueError, match="2 hari tercatat, tetapi jumlahnya 1"):
        MonthFacts(
            month="2024-03",
            working_days=18,
            status="PNS",
            counts={"TK": 1},
            days=(EventDay(date(2024, 3, 4), "TK"), EventDay(date(2024, 3, 5), "TK")),
        )
    with pytest.raises(ValueError, match="di luar bulan"):
        MonthFacts(
            month="2024-03", working_days=18, status="PNS", counts={"TK": 1}, days=(EventDay(date(2024, 4, 1), "TK"),)
        )
