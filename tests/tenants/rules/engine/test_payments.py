"""Stops, special pay, the budget's share and national tables: what always holds, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.rules.engine import (
    BUDGET_ID,
    BudgetFactor,
    Consent,
    FactsError,
    FixedDeduction,
    MonthFacts,
    RuleSetError,
    ServiceStop,
    YearIncome,
    check_sums,
    consent_codes,
    counted_period,
    digest,
    evaluate,
    evaluate_special,
    facts_read,
    flags_read,
    listed_codes,
    load_rule_set,
    national_references,
    paid_stops,
    ready_rule_sets,
    special_pay,
)
from tenants.rules.engine.national import table
from tenants.rules.engine.yearly_tax import grossed_up, progressive, tax_of_year, yearly_tables
from tests.tenants.rules.engine.golden_cases import amended, case_named, ready, tree

quick = settings(derandomize=True, max_examples=60, deadline=None)
YEARLY = ("ptkp@2016-01-01", "pasal_17@2022-01-01", "biaya_jabatan@2009-01-01")
APRIL = date(2024, 4, 1)
WHOLE = MonthFacts(month="2024-04", working_days=20, status="PNS", golongan="III/a", kelas=5, skp_score=Decimal(100))
days = st.integers(min_value=0, max_value=29).map(lambda number: APRIL + timedelta(days=number))


def stopped(*stops: ServiceStop, **more: Any) -> MonthFacts:
    return replace(WHOLE, stops=stops, **more)


# --- stops ------------------------------------------------------------------------------------------------------------


@quick
@given(first=days, later=days, kind=st.sampled_from(["resignation", "suspension", "unpaid_leave", "death"]))
def test_a_later_stop_never_pays_less(first: date, later: date, kind: Any) -> None:
    first, later = sorted((first, later))
    rule_set = ready("payments")
    sooner, after = (evaluate(rule_set, stopped(ServiceStop(kind, day))) for day in (first, later))
    assert sooner.gross <= after.gross <= evaluate(rule_set, WHOLE).gross
    for slip in (sooner, after):
        check_sums(slip)


@quick
@given(first=days, length=st.integers(min_value=0, max_value=40), another=days)
def test_another_stop_never_pays_more(first: date, length: int, another: date) -> None:
    rule_set = ready("payments")
    leave = ServiceStop("suspension", first, first + timedelta(days=length))
    one = evaluate(rule_set, stopped(leave))
    both = evaluate(rule_set, stopped(leave, ServiceStop("resignation", another)))
    swapped = evaluate(rule_set, stopped(ServiceStop("resignation", another), leave))
    assert both.gross <= one.gross
    assert both.gross == swapped.gross


@quick
@given(first=days, length=st.integers(min_value=0, max_value=40))
def test_the_days_before_and_within_make_up_the_month(first: date, length: int) -> None:
    """What a stop takes and what is paid on its days are the month, to the rupiah of one criterion each."""
    rule_set = ready("payments")
    last = min(first + timedelta(days=length), date(2024, 4, 30))
    within = (last - first).days + 1
    slip = evaluate(rule_set, stopped(ServiceStop("suspension", first, last)))
    assert slip.gross == 3_000_000 - within * 100_000


def test_a_stop_leaves_every_other_slip_as_it_is() -> None:
    """The node alone changes nothing but the digest of the rule set."""
    rule_set, facts = case_named("service_stops", "nobody stopped")
    without = amended("payments", {"without": ["berhenti", "anggaran"]})
    with_node, plain = evaluate(rule_set, facts).to_mapping(), evaluate(without, facts).to_mapping()
    assert with_node.pop("rule_set_digest") != plain.pop("rule_set_digest")
    assert with_node == plain


def test_kinds_that_pay_something_for_whole_months_are_known() -> None:
    assert paid_stops(ready("payments")) == {"long_leave"}
    assert paid_stops(ready("balangan")) == {"long_leave"}
    assert paid_stops(ready("kaur")) == frozenset()
    assert paid_stops(ready("month_rules")) == frozenset()
    assert "haji" in flags_read(ready("payments"))
    assert "stops" in facts_read(ready("payments"))


@pytest.mark.parametrize(
    ("stops", "within", "fact"),
    [
        ((ServiceStop("death", date(2024, 5, 1)),), None, "stops.death"),
        ((ServiceStop("suspension", date(2024, 4, 9), date(2024, 4, 8)),), None, "stops.suspension"),
        ((ServiceStop("suspension", date(2024, 2, 1), date(2024, 3, 31)),), None, "stops.suspension"),
        ((ServiceStop("holiday", date(2024, 4, 1)),), None, "stops"),  # type: ignore[arg-type]  # no such kind
        ((ServiceStop("resignation", date(2024, 4, 10)),), (date(2024, 4, 9),), "stop_working_days"),
        ((ServiceStop("resignation", date(2024, 4, 10)),), (date(2024, 4, 11),) * 2, "stop_working_days"),
        ((), (date(2024, 4, 11),), "stop_working_days"),
    ],
)
def test_stops_that_are_not_of_the_month_are_refused(
    stops: tuple[ServiceStop, ...], within: tuple[date, ...] | None, fact: str
) -> None:
    with pytest.raises(FactsError) as refusal:
        replace(WHOLE, stops=stops, stop_working_days=within)
    assert refusal.value.fact == fact


def test_new_facts_survive_their_text_and_leave_old_text_alone() -> None:
    facts = stopped(
        ServiceStop("resignation", date(2024, 4, 10), reference="800/1"),
        stop_working_days=(date(2024, 4, 11),),
        counted_until=date(2024, 4, 20),
        budget_factor=BudgetFactor(Decimal("0.9"), "Pagu dinas tidak cukup"),
        consents=(Consent("ZAKAT", percent=Decimal("2.5")),),
        year_income=YearIncome(12, Decimal(1), Decimal(2)),
        base_pay={"PK": Decimal(5)},
        base_month="2024-02",
        service_months=3,
    )
    assert MonthFacts.from_json(facts.to_json()) == facts
    assert set(WHOLE.to_mapping()) == {"month", "working_days", "status", "golongan", "kelas", "skp_score"}


@pytest.mark.parametrize(
    ("more", "fact"),
    [
        ({"budget_factor": BudgetFactor(Decimal("1.1"), "x")}, "budget_factor.share"),
        ({"budget_factor": BudgetFactor(Decimal(1) / 3, "x")}, "budget_factor.share"),
        ({"budget_factor": BudgetFactor(Decimal("0.9"), "")}, "budget_factor.reason"),
        ({"consents": (Consent("ZAKAT"),)}, "consents.ZAKAT"),
        ({"consents": (Consent("ZAKAT", Decimal(1), Decimal(1)),)}, "consents.ZAKAT"),
        ({"consents": (Consent("ZAKAT", Decimal(101)),)}, "consents.ZAKAT"),
        ({"year_income": YearIncome(13, Decimal(1), Decimal(1))}, "year_income.months"),
        ({"year_income": YearIncome(12, Decimal(-1), Decimal(1))}, "year_income.gross"),
        ({"counted_until": date(2024, 5, 1)}, "counted_until"),
        ({"counted_from": date(2024, 2, 28)}, "counted_from"),
        ({"base_month": "2024-13"}, "base_month"),
        ({"base_pay": {"PK": Decimal(-1)}}, "base_pay.PK"),
    ],
)
def test_figures_that_cannot_be_are_refused(more: dict[str, Any], fact: str) -> None:
    with pytest.raises(FactsError) as refusal:
        replace(WHOLE, **more)
    assert refusal.value.fact == fact


# --- what counts of December ------------------------------------------------------------------------------------------


def test_december_counts_up_to_its_day_and_its_rest_with_january_where_that_is_said() -> None:
    half = ready("banjarmasin_2023")
    assert counted_period(half, "2024-12") == (date(2024, 12, 1), date(2024, 12, 15))
    assert counted_period(half, "2025-01") == (date(2025, 1, 1), date(2025, 1, 31))
    carried = amended("month_rules", {"set": [{"node": "kalender", "path": ["december_rest"], "value": "january"}]})
    assert counted_period(carried, "2024-12") == (date(2024, 12, 1), date(2024, 12, 15))
    assert counted_period(carried, "2025-01") == (date(2024, 12, 16), date(2025, 1, 31))
    assert counted_period(carried, "2025-02") == (date(2025, 2, 1), date(2025, 2, 28))
    assert counted_period(ready("manado"), "2024-12") == (date(2024, 12, 1), date(2024, 12, 31))


# --- the budget, lists and consents -----------------------------------------------------------------------------------


@quick
@given(shares=st.tuples(*[st.decimals(min_value=0, max_value=1, places=10)] * 2))
def test_a_larger_share_never_pays_less_and_is_always_a_line(shares: tuple[Decimal, Decimal]) -> None:
    rule_set = amended("payments", {"without": ["anggaran"]})
    less, more = (
        evaluate(rule_set, replace(WHOLE, budget_factor=BudgetFactor(share, "Pagu dinas tidak cukup", "SK 12/2024")))
        for share in sorted(shares)
    )
    assert less.net <= more.net <= evaluate(rule_set, WHOLE).net
    for slip in (less, more):
        line = slip.line(BUDGET_ID)
        assert (line.kind, line.clause_reference) == ("budget_factor", "SK 12/2024")
        check_sums(slip)


@quick
@given(
    score=st.integers(min_value=0, max_value=100),
    amounts=st.lists(st.integers(min_value=0, max_value=4_000_000), max_size=5),
    zakat=st.one_of(st.none(), st.integers(min_value=0, max_value=5_000_000)),
)
def test_lists_and_consents_never_make_the_net_negative_and_lose_nothing(
    score: int, amounts: list[int], zakat: int | None
) -> None:
    listed = tuple(
        FixedDeduction(("KOPERASI", "KORPRI")[number % 2], Decimal(amount)) for number, amount in enumerate(amounts)
    )
    consents = () if zakat is None else (Consent("ZAKAT", amount=Decimal(zakat)),)
    slip = evaluate(ready("payments"), replace(WHOLE, skp_score=Decimal(score), deductions=listed, consents=consents))
    assert slip.net >= 0
    lines = [line for line in slip.lines if line.node_id == "iuran"]
    carried = sum((line.inputs.get("carried", Decimal(0)) for line in lines), Decimal(0))
    assert sum((line.amount or Decimal(0) for line in lines), Decimal(0)) + carried == sum(amounts)
    assert not carried or slip.net < 1
    check_sums(slip)


def test_codes_of_lists_and_consents_are_told() -> None:
    assert consent_codes(ready("payments")) == {"ZAKAT", "KORPRI", "KOPERASI"}
    assert "ZAKAT" in consent_codes(ready("umum_60_40"))
    assert listed_codes(ready("payments")) == {"KORPRI", "KOPERASI"}


# --- THR and the 13th month -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(ready_rule_sets()))
def test_every_ready_set_pays_thr_and_the_thirteenth_month_and_stops(code: str) -> None:
    rule_set = ready(code)
    for kind in ("thr", "thirteenth"):
        node = special_pay(rule_set, kind)
        assert node is not None
        assert node.assumption
        assert "unpaid_leave" in node.unpaid_stops
    assert any(node.kind == "service_stop" and node.assumption for node in rule_set.nodes)
    assert any(node.kind == "penalty" for _, node in rule_set.walk())


@quick
@given(months=st.tuples(*[st.integers(min_value=0, max_value=30)] * 2))
def test_longer_service_never_pays_less_thr(months: tuple[int, int]) -> None:
    less, more = (
        evaluate_special(ready("payments"), replace(WHOLE, service_months=served), "thr") for served in sorted(months)
    )
    assert less.gross <= more.gross <= 1_500_000
    for slip in (less, more):
        check_sums(slip)


# --- national tables --------------------------------------------------------------------------------------------------


def test_the_digest_covers_what_the_named_tables_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(ready("yearly_tax"))
    assert national_references(ready("yearly_tax")) == (
        "ter_bulanan@2024-01-01",
        "ptkp@2016-01-01",
        "pasal_17@2022-01-01",
        "biaya_jabatan@2009-01-01",
        "bpjs_kesehatan@2020-01-01",
    )
    found = table("ptkp@2016-01-01")
    monkeypatch.setattr(
        "tenants.rules.engine.rule_sets.table",
        lambda reference: replace(found, digest="0" * 64) if reference == found.reference else table(reference),
    )
    assert digest(load_rule_set(tree("yearly_tax"))) != before


def test_a_newer_table_counts_from_its_month_on(monkeypatch: pytest.MonkeyPatch) -> None:
    old = table("bpjs_kesehatan@2020-01-01")
    newer = replace(old, valid_from=date(2025, 7, 1), content={**old.content, "ceiling": "20000000"})
    tables = {newer.reference: newer}

    def found(reference: str) -> Any:
        return tables.get(reference) or table(reference)

    monkeypatch.setattr("tenants.rules.engine.resolving.table", found)
    monkeypatch.setattr("tenants.rules.engine.rule_sets.table", found)
    changed = tree("yearly_tax")
    changed["nodes"][-1]["rule"]["national"] = [old.reference, newer.reference]
    rule_set = load_rule_set(changed)
    facts = MonthFacts(
        month="2025-06",
        working_days=20,
        status="PNS",
        kelas=9,
        ptkp="TK/0",
        salary_base=Decimal(5_000_000),
        salary_tax=Decimal(0),
    )
    assert evaluate(rule_set, facts).contributions == 70_000
    assert evaluate(rule_set, replace(facts, month="2025-07")).contributions == 100_000


@quick
@given(incomes=st.tuples(*[st.integers(min_value=0, max_value=8_000_000_000)] * 2))
def test_the_yearly_tax_grows_with_the_income_and_never_above_its_highest_percent(incomes: tuple[int, int]) -> None:
    tables = yearly_tables(
        [table(name) for name in ("ptkp@2016-01-01", "pasal_17@2022-01-01", "biaya_jabatan@2009-01-01")]
    )
    assert tables is not None
    year = YearIncome(12, Decimal(0), Decimal(0))
    less, more = (tax_of_year(tables, Decimal(54_000_000), year, Decimal(income)) for income in sorted(incomes))
    assert less.due <= more.due <= more.taxable * 35 / 100
    paid = grossed_up(tables, Decimal(54_000_000), year, more.income)
    assert paid.tax == tax_of_year(tables, Decimal(54_000_000), year, more.income + paid.tax).tax
    assert paid.tax >= more.tax


def test_bands_are_taxed_each_with_its_own_percent() -> None:
    bands = [(Decimal(100), Decimal(5)), (Decimal(300), Decimal(15)), (None, Decimal(25))]
    assert [progressive(bands, Decimal(income)) for income in (0, 100, 101, 300, 500)] == [
        0,
        5,
        Decimal("5.15"),
        35,
        85,
    ]


# --- rule sets that are refused ---------------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], None]


def on(node_id: str, **fields: Any) -> Change:
    def change(written: dict[str, Any]) -> None:
        node = next(node for node in written["nodes"] if node["id"] == node_id)
        node.update(fields)

    return change


def rule(node_id: str, **fields: Any) -> Change:
    def change(written: dict[str, Any]) -> None:
        node = next(node for node in written["nodes"] if node["id"] == node_id)
        for name, value in fields.items():
            if value is None:
                node["rule"].pop(name, None)
            else:
                node["rule"][name] = value

    return change


@pytest.mark.parametrize(
    ("code", "change", "message"),
    [
        ("payments", on("berhenti", rows=[{"kinds": ["death"]}, {"kinds": ["death"]}]), "sudah diatur untuk semua"),
        (
            "payments",
            on("berhenti", rows=[{"kinds": ["death"], "flag": "a"}, {"kinds": ["death"], "flag": "a"}]),
            "dengan tanda ini sudah ada",
        ),
        ("payments", on("berhenti", rows=[{"kinds": ["death"], "factor": "1.5"}]), "paling besar 1"),
        (
            "payments",
            on(
                "berhenti",
                rows=[{"kinds": ["death"], "steps": [{"from": 3, "factor": "1"}, {"from": 3, "factor": "0"}]}],
            ),
            "bulan harus naik",
        ),
        ("payments", on("berhenti", rows=[{"kinds": ["holiday"]}]), "harus salah satu dari"),
        ("payments", on("thr", percent="0"), "tidak membayar apa pun"),
        ("payments", on("thr", least_months=13), "di atas masa kerja penuh"),
        ("payments", on("thr", months_for=["PPPK"]), "status 'PPPK' tidak dibayar oleh ketentuan ini"),
        ("payments", on("bulan_13", months_for=["PPPK"]), "tidak ada masa kerja yang dilihat"),
        ("payments", on("bulan_13", pays="thr"), "sudah diatur oleh thr"),
        ("month_rules", on("pph", taken_from=["month", "thr"]), "tidak ada ketentuan pembayaran 'thr'"),
        ("month_rules", on("kalender", december_until_day=None, december_rest="january"), "isi december_until_day"),
        ("yearly_tax", rule("pph", national=["ter_bulanan@1999-01-01"]), "tidak ada"),
        ("yearly_tax", rule("pph", national=["ptkp@2016-01-01"]), "bukan tabel untuk cara ini"),
        ("yearly_tax", rule("pph", national=None), "wajib diisi, atau pilih tabel nasional"),
        ("yearly_tax", rule("pph", yearly=["ptkp@2016-01-01"]), "perlu tabel PTKP, pasal 17 dan biaya jabatan"),
        ("yearly_tax", rule("pph", mode="ter_own"), "tidak dihitung dari satu pembayaran"),
        ("yearly_tax", rule("bpjs", ceiling="1"), "sudah ada pada tabel nasional"),
        ("yearly_tax", rule("bpjs", national=None), "wajib diisi, atau pilih tabel nasional"),
        ("yearly_tax", lambda written: written.update(valid_from="2023-01-01"), "tidak ada tabel yang sudah berlaku"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(code: str, change: Change, message: str) -> None:
    written = tree(code)
    change(written)
    with pytest.raises(RuleSetError) as refusal:
        load_rule_set(written)
    assert any(message in problem.message for problem in refusal.value.problems), refusal.value.problems
