"""Person-months drawn for any rule set: of what its nodes speak about, and of nothing else."""

from typing import Any

from hypothesis import strategies as st

from tenants.rules.engine import (
    PREDIKAT,
    ActingPost,
    MonthFacts,
    PenaltyRecord,
    RuleSet,
    event_codes,
    facts_read,
    flags_read,
    paid_statuses,
)
from tenants.rules.engine.deduction_nodes import TerTax
from tenants.rules.engine.resolving import dated_rules

GOLONGAN = {"PNS": ("I/a", "II/a", "III/b", "IV/c"), "CPNS": ("II/a", "III/a"), "PPPK": ("VII", "IX", "X")}


def nodes_of(rule_set: RuleSet, kind: str) -> list[Any]:
    return [node for _, node in rule_set.walk() if node.kind == kind]


def _posts(rule_set: RuleSet) -> list[tuple[str, str, int]]:
    """Position category, unit category and kelas for which there are amounts and shares."""
    (table,) = nodes_of(rule_set, "class_amounts")
    shared = {position for row in table.criteria for position in row.position_categories}
    shared |= {"umum"} if "*" in shared else set()
    return [
        ("umum" if position == "*" else position, "umum" if unit == "*" else unit, kelas)
        for row in table.amounts
        for position in row.position_categories
        for unit in row.unit_categories
        for kelas in row.values
        if "*" in shared or ("umum" if position == "*" else position) in shared
    ]


def _statuses(rule_set: RuleSet) -> list[str]:
    paid = paid_statuses(rule_set) or frozenset(GOLONGAN)
    taxed = [
        frozenset(status for rates in node.rule.rates for status in rates.statuses)
        for node in nodes_of(rule_set, "deduction")
        if node.rule.mode == "final_by_golongan"
    ]
    known = [status for status in paid if status in GOLONGAN and all(status in group for group in taxed)]
    return sorted(status for status in known if _taxed_golongan(rule_set, status))


def _taxed_golongan(rule_set: RuleSet, status: str) -> list[str]:
    known = set(GOLONGAN[status])
    for node in nodes_of(rule_set, "deduction"):
        if node.rule.mode == "final_by_golongan":
            for rates in node.rule.rates:
                if status in rates.statuses:
                    known = {golongan for golongan in known if golongan.partition("/")[0] in rates.percent}
    return sorted(known)


def _levels(rule_set: RuleSet) -> list[str]:
    found = {level for node in nodes_of(rule_set, "penalty") for level in node.cuts}
    for node in nodes_of(rule_set, "penalty"):
        if "*" not in node.cuts:
            found &= set(node.cuts)
    return sorted(found - {"*"})


def ptkp_of(rule_set: RuleSet) -> list[str]:
    return sorted(
        code
        for node in nodes_of(rule_set, "deduction")
        if node.rule.mode.startswith("ter_") and "month" in node.taken_from
        for dated in dated_rules(node.rule)
        if isinstance(dated.rule, TerTax)
        for codes in dated.rule.categories.values()
        for code in codes
    )


def _counts(codes: list[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(codes), st.integers(min_value=0, max_value=12)) if codes else st.just({})


def _flags(flags: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(flags)) if flags else st.just(frozenset())


amounts = st.decimals(min_value=0, max_value=15_000_000, places=2)
percents = st.decimals(min_value=0, max_value=100, places=4)


@st.composite
def person_months(draw: st.DrawFn, rule_set: RuleSet) -> MonthFacts:
    """One month up to November: the last tax month needs a sum that nobody computes here."""
    read = facts_read(rule_set)
    position, unit, kelas = draw(st.sampled_from(_posts(rule_set)))
    status = draw(st.sampled_from(_statuses(rule_set)))
    golongan = draw(st.sampled_from(_taxed_golongan(rule_set, status)))
    first = rule_set.valid_from
    year = first.year if first.month == 1 else first.year + 1
    facts: dict[str, Any] = {
        "month": f"{year}-{draw(st.integers(min_value=1, max_value=11)):02}",
        "working_days": draw(st.integers(min_value=1, max_value=27)),
        "status": status,
        "golongan": golongan,
        "kelas": kelas,
        "position_category": position,
        "unit_category": unit,
        "counts": draw(_counts(sorted(event_codes(rule_set)))),
        "flags": draw(_flags(sorted(flags_read(rule_set)))),
        "measures": {code: draw(st.decimals(min_value="0.01", max_value=110, places=2)) for code in rule_set.measures},
        "minutes_approved": draw(st.integers(min_value=0, max_value=9000)),
        "salary_base": draw(amounts),
        "salary_tax": draw(st.decimals(min_value=0, max_value=300_000, places=0)),
        "predikat": draw(st.sampled_from([*PREDIKAT])),
        "behaviour_sum": draw(st.decimals(min_value=0, max_value=700, places=2)),
        "activity_points": draw(amounts),
        "skp_score": draw(percents),
        "target_ratio": draw(st.decimals(min_value=0, max_value=2, places=4)),
        "target_minutes": draw(st.integers(min_value=1, max_value=9000)),
    }
    for name in ("late_minutes", "early_minutes", "absent_days_year", "late_decisions", "log_days_missing"):
        if name in read:
            facts[name] = draw(st.integers(min_value=0, max_value=30))
    codes = ptkp_of(rule_set)
    if codes:
        facts["ptkp"] = draw(st.sampled_from(codes))
    levels = _levels(rule_set)
    if levels:
        records = st.builds(PenaltyRecord, st.sampled_from(levels), st.just(f"{year}-01"))
        facts["penalties"] = tuple(draw(st.lists(records, max_size=3)))
    if nodes_of(rule_set, "acting_rule"):
        posts = st.builds(
            ActingPost,
            st.sampled_from(["higher", "equal", "lower"]),
            st.just(kelas),
            st.just(position),
            st.just(unit),
            st.booleans(),
        )
        facts["acting"] = tuple(draw(st.lists(posts, max_size=2)))
    related = [node.id for node in nodes_of(rule_set, "related_score")]
    facts["related"] = {node_id: draw(percents) for node_id in related}
    return MonthFacts(**facts)


def absence_codes(rule_set: RuleSet) -> list[str]:
    """Event codes that give nothing back: no minutes are credited for them."""
    return sorted(code for code, entry in event_codes(rule_set).items() if not entry.credit_minutes)
