"""What a person can read from the lines of a slip."""

import copy
import pickle
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenants.rules.engine import (
    EventDay,
    MonthFacts,
    PartsDoNotAddUp,
    RuleSet,
    check_sums,
    children_of,
    count_days,
    entry_policy,
    evaluate,
    event_codes,
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
        check_sums(replace(slip, lines=tuple(replace(line, effect=None) for line in slip.lines)))


def test_facts_survive_copying_and_pickling() -> None:
    _, facts = case_named("manado_2024", "M10")
    assert copy.deepcopy(facts) == facts
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301 - our own bytes
    with pytest.raises(TypeError):
        facts.counts["TK"] = 0  # type: ignore[index]  # that is the point


def test_the_tree_shows_every_node_once(manado: RuleSet) -> None:
    walked = list(manado.walk())
    ids = [node.id for _, node in walked]
    assert len(ids) == len(set(ids)) == 32
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
