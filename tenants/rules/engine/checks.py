"""What a rule set must fulfil beyond the types of its fields. Each check gives problems with a path and words."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final, get_args

from .deduction_nodes import PAYMENTS, YEARLY_TAX, BudgetRule, Deduction, FinalByGolongan, SpecialPay, TerTax
from .errors import FactsError, Problem
from .facts import FACT_UNITS, MEASURE_PREFIX, MonthFacts
from .fields import Node
from .money_checks import check_national, is_resolvable, special_taxes, specials_once
from .node_checks import CHECKS
from .nodes import (
    EVERY,
    AbsenceDay,
    ActingRule,
    BandScore,
    CalendarRule,
    CategoryRow,
    Ceremony,
    ClassAmounts,
    DeductionScore,
    DocumentSet,
    EventTier,
    Gate,
    LogRule,
    MissingPunch,
    Multiplier,
    OffBase,
    PartWeight,
    Penalty,
    RatioScore,
    RelatedScore,
    ScoreNode,
    ServiceStopRule,
    StatusFactor,
    ThresholdScore,
    children_of,
    needs_of,
)
from .resolving import dated_rules

if TYPE_CHECKING:
    from .rule_sets import RuleSet

# Ids of the lines that the engine itself adds.
RESERVED_IDS: Final = frozenset({"bruto", "bersih", "pembulatan", "faktor_anggaran"})
_HUNDRED: Final = Decimal(100)
# Kinds of which a rule set has one at most.
_ONCE: Final[tuple[type[Node], ...]] = (
    StatusFactor,
    ActingRule,
    LogRule,
    CalendarRule,
    DocumentSet,
    ServiceStopRule,
    BudgetRule,
)
_SCORES: Final[tuple[type[Node], ...]] = get_args(ScoreNode)

Placed = tuple[str, Node]


def problems_in(rule_set: "RuleSet") -> list[Problem]:
    """Everything wrong in a well-typed rule set, in the order of the tree; empty when it can be computed."""
    placed = list(_placed(rule_set))
    problems = [*_dates(rule_set), *_ids(placed)]
    for path, node in placed:
        check = CHECKS.get(type(node))
        if check is not None:
            problems += [Problem(f"{path}{below}", message, node.id) for below, message in check(node)]
    problems += _amounts(rule_set, placed)
    problems += _roots(rule_set)
    problems += _codes(placed)
    problems += _references(placed)
    problems += _facts(rule_set, placed)
    problems += _bases(placed)
    problems += _taxes(rule_set, placed)
    problems += _events(placed)
    problems += _examples(rule_set)
    return problems


def _placed(rule_set: "RuleSet") -> Iterator[Placed]:
    def below(path: str, node: Node) -> Iterator[Placed]:
        yield path, node
        index = 0
        for child in children_of(node):
            if isinstance(node, DeductionScore) and child is node.start_score:
                yield from below(f"{path}.start_score", child)
            elif isinstance(node, Gate):
                yield from below(f"{path}.score", child)
            else:
                yield from below(f"{path}.children[{index}]", child)
                index += 1

    for index, node in enumerate(rule_set.nodes):
        yield from below(f"nodes[{index}]", node)


def _dates(rule_set: "RuleSet") -> Iterator[Problem]:
    if rule_set.valid_to is not None and rule_set.valid_to <= rule_set.valid_from:
        yield Problem("valid_to", "akhir masa berlaku harus sesudah awalnya")


def _ids(placed: Iterable[Placed]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, node in placed:
        if node.id in RESERVED_IDS:
            yield Problem(f"{path}.id", f"id {node.id!r} dipakai oleh sistem; pilih id lain", node.id)
        if node.id in seen:
            yield Problem(f"{path}.id", f"id {node.id!r} sudah dipakai di {seen[node.id]}", node.id)
        seen.setdefault(node.id, path)


def _amounts(rule_set: "RuleSet", placed: list[Placed]) -> Iterator[Problem]:
    tables = [(path, node) for path, node in placed if isinstance(node, ClassAmounts)]
    if len(tables) != 1:
        yield Problem("nodes", f"harus ada tepat satu simpul class_amounts, ditemukan {len(tables)}")
        return
    path, table = tables[0]
    rows_by_field: dict[str, tuple[CategoryRow, ...]] = {"amounts": table.amounts, "criteria": table.criteria}
    for field, rows in rows_by_field.items():
        seen: dict[tuple[str, str], int] = {}
        for index, row in enumerate(rows):
            for position in row.position_categories:
                for unit in row.unit_categories:
                    if (position, unit) in seen:
                        message = f"kategori {position!r}/{unit!r} sudah ada pada baris {seen[position, unit]}"
                        yield Problem(f"{path}.{field}[{index}]", message, table.id)
                    seen.setdefault((position, unit), index)
    shares = {(p, u) for row in table.criteria for p in row.position_categories for u in row.unit_categories}
    for index, amounts in enumerate(table.amounts):
        for position in amounts.position_categories:
            shared = {(position, EVERY), (EVERY, EVERY), *((position, unit) for unit in amounts.unit_categories)}
            if position != EVERY and not shared & shares:
                message = f"kategori {position!r} mempunyai besaran tetapi tidak mempunyai persentase kriteria"
                yield Problem(f"{path}.amounts[{index}]", message, table.id)
    for index, criteria in enumerate(table.criteria):
        unknown = sorted(set(criteria.percent) - set(rule_set.criteria))
        if unknown:
            message = f"kriteria {', '.join(unknown)} tidak ada pada daftar criteria"
            yield Problem(f"{path}.criteria[{index}].percent", message, table.id)
        if not any(criteria.percent.values()):
            yield Problem(
                f"{path}.criteria[{index}].percent", "paling sedikit satu kriteria harus di atas nol", table.id
            )
    for kind in _ONCE:
        found = [(path, node) for path, node in placed if isinstance(node, kind)]
        if len(found) > 1:
            yield Problem(found[1][0], "jenis simpul ini hanya boleh satu kali", found[1][1].id)
    if table.mode == "total":
        for path, node in placed:
            partial = isinstance(node, Multiplier) and node.criteria is not None
            partial = partial or (isinstance(node, StatusFactor) and any(row.criteria is not None for row in node.rows))
            if partial:
                message = "besaran dengan mode total tidak dapat diberi faktor per kriteria"
                yield Problem(path, message, node.id)


def _roots(rule_set: "RuleSet") -> Iterator[Problem]:
    owners: dict[str, str] = {}
    roots = [(f"nodes[{i}]", node) for i, node in enumerate(rule_set.nodes) if isinstance(node, PartWeight)]
    if not roots:
        yield Problem("nodes", "harus ada komponen (part_weight) yang dibayar")
        return
    table = next((node for node in rule_set.nodes if isinstance(node, ClassAmounts)), None)
    for path, root in roots:
        if root.weight != _HUNDRED:
            yield Problem(f"{path}.weight", "komponen terluar harus berbobot 100", root.id)
        if root.criteria is None:
            yield Problem(f"{path}.criteria", "komponen terluar harus menyebut kriterianya", root.id)
            continue
        for criterion in root.criteria:
            if criterion not in rule_set.criteria:
                yield Problem(f"{path}.criteria", f"kriteria {criterion} tidak dikenal", root.id)
            elif criterion in owners:
                yield Problem(f"{path}.criteria", f"kriteria {criterion} sudah milik {owners[criterion]}", root.id)
            owners.setdefault(criterion, root.id)
    uncovered = sorted(set(rule_set.criteria) - set(owners))
    if uncovered and len(owners) > 0:
        yield Problem("nodes", f"kriteria tanpa komponen: {', '.join(uncovered)}")
    if table is not None and table.mode == "total" and len(roots) > 1:
        yield Problem(roots[1][0], "besaran dengan mode total hanya mengenal satu komponen terluar", roots[1][1].id)
    for index, node in enumerate(rule_set.nodes):
        if isinstance(node, Gate) and node.stage == "part":
            yield Problem(f"nodes[{index}].stage", "ambang di luar komponen bertahap eligibility atau month", node.id)
        if isinstance(node, Penalty) and node.base == "part":
            yield Problem(f"nodes[{index}].base", "hukuman dengan base part berada di bawah deduction_score", node.id)
        if isinstance(node, OffBase) and node.base == "part" and any(_points_of(node)):
            message = (
                "poin atas nilai berada di bawah deduction_score; di tingkat teratas isi base whole atau other_part"
            )
            yield Problem(f"nodes[{index}].base", message, node.id)
        if isinstance(node, LogRule) and (node.missing_day_points or node.late_decision_points):
            yield Problem(f"nodes[{index}]", "poin laporan harian berada di bawah deduction_score", node.id)


def _points_of(node: OffBase) -> list[Decimal]:
    match node:
        case EventTier():
            return [band.points for band in node.bands]
        case MissingPunch():
            return [node.points or Decimal(0)]
        case AbsenceDay():
            return [node.points]
        case Ceremony():
            return [node.points, *node.points_by_category.values(), *(band.points for band in node.count_bands)]
        case _:
            return []


def _codes(placed: list[Placed]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for path, node in placed:
        for field, code in _own_codes(node):
            if code in owners:
                yield Problem(f"{path}{field}", f"kode {code} sudah dihitung oleh {owners[code]}", node.id)
            owners.setdefault(code, node.id)
    monthly = {
        band.code
        for _, node in placed
        if isinstance(node, EventTier) and node.event == "month_total"
        for band in node.bands
    }
    for path, node in placed:
        if isinstance(node, MissingPunch) and node.as_code is not None and node.as_code not in set(owners) - monthly:
            yield Problem(f"{path}.as_code", f"kode {node.as_code} tidak ada pada tingkat mana pun", node.id)
        if isinstance(node, Gate):
            for code in node.codes:
                if code not in owners:
                    yield Problem(f"{path}.codes", f"kode {code} tidak dihitung oleh simpul mana pun", node.id)
                elif code in monthly:
                    message = f"kode {code} adalah jumlah sebulan; baca fakta late_minutes atau early_minutes"
                    yield Problem(f"{path}.codes", message, node.id)
        if isinstance(node, DeductionScore):
            for index, child in enumerate(node.children):
                if isinstance(child, Penalty) and child.base == "whole":
                    message = "hukuman atas seluruh TPP berada di tingkat teratas, bukan di dalam nilai"
                    yield Problem(f"{path}.children[{index}].base", message, child.id)


def _own_codes(node: Node) -> list[tuple[str, str]]:
    match node:
        case EventTier():
            return [(f".bands[{index}].code", band.code) for index, band in enumerate(node.bands)]
        case MissingPunch() if node.code is not None:
            return [(".code", node.code)]
        case AbsenceDay() | Ceremony():
            return [(".code", node.code)]
        case _:
            return []


def _events(placed: list[Placed]) -> Iterator[Problem]:
    tiers: dict[tuple[str, str | None], str] = {}
    punches: dict[str, str] = {}
    unexcused: list[str] = []
    found: dict[str, EventTier] = {node.event: node for _, node in placed if isinstance(node, EventTier)}
    has_middle = any(tier.checkpoints == 3 for tier in found.values())
    for path, node in placed:
        if isinstance(node, EventTier):
            key = (node.event, node.minutes_of)
            if key in tiers:
                yield Problem(f"{path}.event", f"peristiwa {node.event!r} sudah diatur oleh {tiers[key]}", node.id)
            tiers.setdefault(key, node.id)
            yield from _tiers_together(path, node, found, tiers)
        if isinstance(node, MissingPunch):
            if node.punch in punches:
                yield Problem(f"{path}.punch", f"{node.punch!r} sudah diatur oleh {punches[node.punch]}", node.id)
            punches.setdefault(node.punch, node.id)
            own = "early_leave" if node.punch == "out" else "late"
            if node.as_minutes is not None and not {own, "combined_day"} & set(found):
                yield Problem(f"{path}.as_minutes", "tidak ada tingkat menit untuk peristiwa ini", node.id)
            if node.punch == "middle" and not has_middle:
                yield Problem(
                    f"{path}.punch", "titik absen kembali istirahat perlu tingkat dengan checkpoints 3", node.id
                )
        if isinstance(node, AbsenceDay) and node.trigger == "no_punch":
            if unexcused:
                yield Problem(
                    f"{path}.trigger", f"tidak masuk tanpa keterangan sudah diatur oleh {unexcused[0]}", node.id
                )
            unexcused.append(node.id)


def _tiers_together(
    path: str, node: EventTier, found: Mapping[str, EventTier], tiers: Mapping[tuple[str, str | None], str]
) -> Iterator[Problem]:
    """A minute may be counted once only."""
    if node.event == "combined_day":
        for event in ("late", "early_leave", "late_and_early"):
            if event in found:
                message = f"menit sehari dijumlah di sini dan dihitung lagi oleh {found[event].id}"
                yield Problem(f"{path}.event", message, node.id)
    if node.event == "month_total":
        daily = {"late": {"late"}, "early_leave": {"early_leave"}, "both": {"late", "early_leave"}}
        needed = daily.get(node.minutes_of or "", set())
        separate = {"combined_day"} if node.minutes_of == "both" else set()
        if not (needed <= set(found) or separate & set(found)):
            message = "jumlah sebulan perlu tingkat harian yang mencatat menitnya (boleh dengan poin 0)"
            yield Problem(f"{path}.minutes_of", message, node.id)
        others = [other for event, other in tiers if event == "month_total" and other != node.minutes_of]
        if "both" in others or (node.minutes_of == "both" and others):
            yield Problem(f"{path}.minutes_of", "menit yang sama dijumlah dua kali dalam sebulan", node.id)


def _references(placed: list[Placed]) -> Iterator[Problem]:
    nodes = {node.id: node for _, node in placed}
    for path, node in placed:
        target_id = node.node if isinstance(node, Gate | RelatedScore) else None
        if target_id is None:
            continue
        target = nodes.get(target_id)
        if target is None:
            yield Problem(f"{path}.node", f"simpul {target_id!r} tidak ada", node.id)
        elif not isinstance(target, (*_SCORES, PartWeight)):
            yield Problem(f"{path}.node", f"simpul {target_id!r} bukan nilai atau komponen", node.id)
    needs = {node.id: [needed for needed in needs_of(node) if needed in nodes] for _, node in placed}
    done: set[str] = set()
    for start in needs:
        cycle = _cycle_from(start, needs, done)
        if cycle:
            path = next(path for path, node in placed if node.id == cycle[0])
            yield Problem(path, f"rujukan berputar: {' → '.join(cycle)}", cycle[0])
            return


def _facts(rule_set: "RuleSet", placed: list[Placed]) -> Iterator[Problem]:
    """Measures that the rule set does not declare, figures of different units set against each other."""
    for path, node in placed:
        for field, fact in facts_named(node):
            code = fact.removeprefix(MEASURE_PREFIX)
            if code != fact and code not in rule_set.measures:
                yield Problem(f"{path}{field}", f"ukuran {code} tidak ada pada daftar measures", node.id)
        pair = None
        if isinstance(node, RatioScore) and node.denominator is not None:
            pair = (".denominator", node.numerator, node.denominator)
        if isinstance(node, ThresholdScore) and node.target_fact is not None:
            pair = (".target_fact", node.fact, node.target_fact)
        if pair is not None:
            first, second = (_unit(rule_set, fact) for fact in pair[1:])
            if first and second and first != second:
                yield Problem(f"{path}{pair[0]}", f"satuan berbeda: {first} dibandingkan dengan {second}", node.id)


def _unit(rule_set: "RuleSet", fact: str) -> str:
    code = fact.removeprefix(MEASURE_PREFIX)
    if code == fact:
        return FACT_UNITS.get(fact, "")
    title = rule_set.measures.get(code)
    return title.unit_label.strip().lower() if title is not None else ""


def facts_named(node: Node) -> list[tuple[str, str]]:
    """The facts that a node reads by name, each with the place where it is written."""
    match node:
        case RatioScore():
            both = ((".numerator", node.numerator), (".denominator", node.denominator))
            return [(field, fact) for field, fact in both if fact is not None]
        case ThresholdScore():
            both = ((".fact", node.fact), (".target_fact", node.target_fact))
            return [(field, fact) for field, fact in both if fact is not None]
        case BandScore():
            return [(".fact", node.fact)]
        case Gate() if node.fact is not None:
            return [(".fact", node.fact)]
        case PartWeight():
            return [
                (f".alternates[{i}].fact", row.fact) for i, row in enumerate(node.alternates) if row.fact is not None
            ]
        case Multiplier():
            return [(f".rows[{i}].fact", row.fact) for i, row in enumerate(node.rows) if row.fact is not None]
        case _:
            return []


def _bases(placed: list[Placed]) -> Iterator[Problem]:
    """What points are percent of must be there, and said only where it is read."""
    nodes = {node.id: node for _, node in placed}
    for path, node in placed:
        if isinstance(node, Penalty) and node.base == "part" and "of" in node.model_fields_set:
            yield Problem(f"{path}.of", "of hanya untuk hukuman dengan base whole", node.id)
        if not isinstance(node, OffBase):
            continue
        if (node.base == "other_part") is (node.base_part is None):
            yield Problem(f"{path}.base_part", "diisi bila base adalah other_part, dan hanya bila begitu", node.id)
        if node.base == "part" and "of" in node.model_fields_set:
            yield Problem(f"{path}.of", "of hanya untuk base whole atau other_part", node.id)
        if node.base_part is not None and not isinstance(nodes.get(node.base_part), PartWeight):
            yield Problem(f"{path}.base_part", f"komponen {node.base_part!r} tidak ada", node.id)


def _taxes(rule_set: "RuleSet", placed: list[Placed]) -> Iterator[Problem]:
    deductions = [(path, node) for path, node in placed if isinstance(node, Deduction)]
    specials = [(path, node) for path, node in placed if isinstance(node, SpecialPay)]
    yield from specials_once(specials)
    yield from special_taxes(deductions, {node.pays for _, node in specials})
    first_month = rule_set.valid_from.strftime("%Y-%m")
    for path, node in deductions:
        yield from (Problem(f"{path}{below}", words, node.id) for below, words in check_national(node, first_month))
    for payment in PAYMENTS:
        yield from _taken_once([(path, node) for path, node in deductions if payment in node.taken_from])
    yield from _untaxed(placed, deductions)
    late = [node for _, node in placed if isinstance(node, Multiplier) and node.stage == "after_tax"]
    if late:
        before = True
        for path, node in deductions:
            if node.column != "tax":
                before = False
            elif not before:
                message = f"pajak ditulis sebelum iuran dan potongan, karena {late[0].id} mengalikan sisa sesudah pajak"
                yield Problem(path, message, node.id)


def _taken_once(deductions: list[tuple[str, Deduction]]) -> Iterator[Problem]:
    """One effective-rate tax, and no code twice, in what is taken from one payment."""
    effective = [(path, node) for path, node in deductions if isinstance(node.rule, TerTax)]
    if len(effective) > 1:
        yield Problem(
            effective[1][0], f"pajak tarif efektif sudah diatur oleh {effective[0][1].id}", effective[1][1].id
        )
    owners: dict[str, str] = {}
    for path, node in deductions:
        for code in getattr(node.rule, "codes", ()):
            if effective and code == YEARLY_TAX:
                message = f"kode {YEARLY_TAX} sudah dibaca oleh {effective[0][1].id}"
                yield Problem(f"{path}.rule.codes", message, node.id)
            elif code in owners:
                yield Problem(f"{path}.rule.codes", f"kode {code} sudah dipotong oleh {owners[code]}", node.id)
            owners.setdefault(code, node.id)


def _cycle_from(start: str, needs: Mapping[str, list[str]], done: set[str]) -> list[str]:
    """The first way from here that comes back to itself; without recursion, for trees deeper than Python's stack."""
    trail: list[str] = [start]
    waiting = [iter(needs.get(start, ()))]
    if start in done:
        return []
    while waiting:
        needed = next(waiting[-1], None)
        if needed is None:
            waiting.pop()
            done.add(trail.pop())
        elif needed in trail:
            return [*trail[trail.index(needed) :], needed]
        elif needed not in done:
            trail.append(needed)
            waiting.append(iter(needs.get(needed, ())))
    return []


def _untaxed(placed: list[Placed], deductions: list[tuple[str, Deduction]]) -> Iterator[Problem]:
    """A status that is paid must have its rates, or nobody of it could be computed."""
    paid = [name for _, node in placed if isinstance(node, StatusFactor) for row in node.rows for name in row.statuses]
    for path, node in deductions:
        if isinstance(node.rule, FinalByGolongan) and is_resolvable(node.rule):
            for dated in dated_rules(node.rule):
                missing = [status for status in paid if status not in dated.golongan]
                if missing:
                    yield Problem(f"{path}.rule.rates", f"status tanpa tarif: {', '.join(missing)}", node.id)
                    break


def _examples(rule_set: "RuleSet") -> Iterator[Problem]:
    for index, example in enumerate(rule_set.examples):
        try:
            MonthFacts.from_mapping(example.facts)
        except FactsError as error:
            yield Problem(f"examples[{index}].facts.{error.fact}", error.reason)
