"""The worked examples, exact: tests/golden/tpp."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest

from kernel.money import exact, round_rupiah
from tenants.rules import engine
from tenants.rules.engine import (
    DayObservation,
    EvaluationError,
    EventDay,
    MonthFacts,
    check_sums,
    classify_day,
    count_days,
    evaluate,
    explain,
    figure_of,
    predikat,
    ready_rule_sets,
    run_examples,
)
from tests.tenants.rules.engine.golden_cases import GOLDEN, facts_of, golden, ready, slip_of

# Every file of cases that names the rule set they run on.
PERSON_MONTHS = tuple(
    name
    for name in sorted(path.stem for path in GOLDEN.glob("*.yaml"))
    if isinstance(golden(name), dict) and "cases" in golden(name)
)


def person_months(outcome: str) -> list[Any]:
    return [
        pytest.param(golden(file), case, id=f"{file}: {case['name']}")
        for file in PERSON_MONTHS
        for case in golden(file)["cases"]
        if outcome in case
    ]


@pytest.mark.parametrize(("content", "case"), person_months("expect"))
def test_a_person_month_gives_exactly_the_figures_of_the_source(content: dict[str, Any], case: dict[str, Any]) -> None:
    slip = slip_of(content, case)
    found = {name: figure_of(slip, name) for name in case["expect"]}
    assert found == {name: exact(value) for name, value in case["expect"].items()}
    assert [hold.node_id for hold in slip.holds] == case.get("holds", [])
    assert [hold.reason for hold in slip.holds] == case.get("reasons", [hold.reason for hold in slip.holds])
    assert slip.blocks_next_month is case.get("blocks_next_month", False)
    rupiah = {name: slip.line(name).inputs["rupiah"] for name in case.get("rupiah", {})}
    assert rupiah == {name: exact(value) for name, value in case.get("rupiah", {}).items()}
    notes = {name: slip.line(name).note for name in case.get("notes", {})}
    assert notes == case.get("notes", {})
    check_sums(slip)


@pytest.mark.parametrize(("content", "case"), person_months("refuse"))
def test_a_person_month_that_cannot_be_computed_says_why(content: dict[str, Any], case: dict[str, Any]) -> None:
    expected = dict(case["refuse"])
    kind: type[EvaluationError] = getattr(engine, expected.pop("error"))
    with pytest.raises(kind) as refusal:
        slip_of(content, case)
    assert {name: getattr(refusal.value, name) for name in expected} == expected
    words = explain(refusal.value)
    assert words == case.get("words", words)
    assert words.endswith(".")


def test_every_case_says_what_it_expects() -> None:
    for file in PERSON_MONTHS:
        for case in golden(file)["cases"]:
            assert ("expect" in case) is not ("refuse" in case), case["name"]


PRINTED = {
    "pct_hadir": "kehadiran.persen",
    "nilai_disiplin": "disiplin.nilai",
    "bobot_disiplin": "disiplin",
    "bobot_skp": "produktivitas.skp",
    "bobot_perilaku": "produktivitas.perilaku",
    "bobot_produktivitas": "produktivitas",
    "total_pct": "nilai",
    "pagu": "pagu",
    "tpp_bruto": "gross",
    "pph": "tax",
    "bpjs1": "contributions",
    "tpp_neto": "net",
    "porsi_pk": "PK",
    "porsi_bk": "BK",
}


def test_the_golden_month_of_manado_is_the_printed_list_figure_by_figure() -> None:
    with (GOLDEN / "manado_2024_month.csv").open(encoding="utf-8", newline="") as printed:
        rows = {row["id"]: row for row in csv.DictReader(printed)}
    cases = {case["name"][:3]: case for case in golden("manado_2024")["cases"]}
    assert cases.keys() == rows.keys()
    for name, row in rows.items():
        given, expect = cases[name]["given"], cases[name]["expect"]
        assert {figure: exact(expect[figure]) for figure in PRINTED.values()} == {
            figure: exact(row[column]) for column, figure in PRINTED.items()
        }
        assert len(expect) == len(PRINTED)
        counts = {
            "TL": row["TL_TLS"],
            **{code: row[code] for code in ("TMK1", "TMK2", "TMK3", "PKSW3", "S", "I", "TK")},
        }
        assert given["counts"] == {code: int(count) for code, count in counts.items() if int(count)}
        assert (given["kelas"], given["behaviour_sum"]) == (int(row["kelas"]), row["jml_perilaku"])
        assert len(given.get("penalties", ())) == int(row["HUKDIS"])
        # The list cuts what it prints to two decimals.
        assert Decimal(given["skp_score"]).quantize(Decimal("0.01"), ROUND_DOWN) == Decimal(row["skp_pct_tampil"])


def test_the_sum_of_paid_persons_differs_from_the_total_the_region_printed() -> None:
    content = golden("manado_2024")
    slips = [evaluate(ready("manado"), facts_of(content, case)) for case in content["cases"]]
    for name, total in content["totals"]["sum_of_rounded"].items():
        assert sum(figure_of(slip, name) or Decimal(0) for slip in slips) == exact(total)
    for name, total in content["totals"]["rounded_sum"].items():
        assert round_rupiah(sum((slip.unrounded[name] for slip in slips), Decimal(0))) == exact(total)


@pytest.mark.parametrize("case", golden("day_tiers"), ids=lambda case: case["name"])
def test_a_day_gives_the_events_of_its_tiers(case: dict[str, Any]) -> None:
    day = date(2024, 3, 5) if case["rule_set"] == "manado" else date(2023, 5, 3)
    starts = datetime(day.year, day.month, day.day, 0, 0, tzinfo=UTC)
    ends = starts + timedelta(hours=8)
    observation = DayObservation(
        date=day,
        starts_at=None if case.get("day_off") else starts,
        ends_at=None if case.get("day_off") else ends,
        first_in=None if case.get("no_in") else starts + timedelta(seconds=case.get("late", 0)),
        last_out=None if case.get("no_out") else ends - timedelta(seconds=case.get("early", 0)),
        document=case.get("document"),
        excused_in=case.get("excused_in", False),
    )
    rule_set = ready(case["rule_set"])
    events = classify_day(rule_set, observation)
    assert {event.code: event.minutes for event in events} == case["events"]
    assert all(rule_set.node(event.node_id).clause.text for event in events)

    days = tuple(EventDay(event.date, event.code, event.minutes) for event in events)
    facts = MonthFacts(
        month=day.strftime("%Y-%m"),
        working_days=20,
        status="PNS",
        golongan="III/a",
        kelas=7,
        counts=count_days(days),
        days=days,
        minutes_approved=7000,
        skp_score=Decimal(100),
        behaviour_sum=Decimal(700),
        predikat="baik",
        salary_base=Decimal(4_000_000),
    )
    lines = [line for line in evaluate(rule_set, facts).lines if line.stage == "points"]
    assert sum(-line.unrounded for line in lines) == exact(case["points"])
    assert [entry["date"] for line in lines for entry in line.inputs["days"]] == [day] * len(events)


@pytest.mark.parametrize("case", golden("predikat_matrix"), ids=lambda case: case["name"])
def test_the_matrix_gives_the_predikat(case: dict[str, Any]) -> None:
    assert predikat(case["hasil"], case["perilaku"]) == case["predikat"]


@pytest.mark.parametrize("code", sorted(ready_rule_sets()))
def test_a_ready_rule_set_passes_its_own_examples(code: str) -> None:
    results = run_examples(ready(code))
    assert results
    assert [result.differences for result in results] == [()] * len(results)
