"""What a rule set must fulfil beyond the types of its fields. Each check gives problems with a path and words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final, get_args

from .errors import FactsError, Problem
from .facts import PREDIKAT, MonthFacts
from .nodes import (
    EVERY,
    KIND_TITLES,
    AbsenceDay,
    ActingCase,
    ActingRule,
    BandScore,
    BehaviourScore,
    Bonus,
    CategoryRow,
    Ceremony,
    ClassAmounts,
    Deduction,
    DeductionScore,
    EventTier,
    FinalByGolongan,
    Gate,
    LogRule,
    MissingPunch,
    Multiplier,
    Node,
    PartWeight,
    Penalty,
    PredikatMap,
    RatioScore,
    ScoreBand,
    ScoreNode,
    StatusFactor,
    TerTax,
    ThresholdScore,
    children_of,
)

if TYPE_CHECKING:
    from .rule_sets import RuleSet

# Ids of the lines that the engine itself adds.
RESERVED_IDS: Final = frozenset({"bruto", "bersih", "pembulatan"})
_HUNDRED: Final = Decimal(100)
_SCORES: Final[tuple[type[Node], ...]] = get_args(ScoreNode)

Placed = tuple[str, Node]


def problems_in(rule_set: "RuleSet") -> list[Problem]:
    """Everything wrong in a well-typed rule set, in the order of the tree; empty when it can be computed."""
    placed = list(_placed(rule_set))
    problems = [*_dates(rule_set), *_ids(placed)]
    for path, node in placed:
        problems += [Problem(path, message, node.id) for message in _not_computable(node)]
        check = _CHECKS.get(type(node))
        if check is not None:
            problems += [Problem(f"{path}{below}", message, node.id) for below, message in check(node)]
    problems += _amounts(rule_set, placed)
    problems += _roots(rule_set)
    problems += _codes(placed)
    problems += _references(placed)
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


# --- what the format can say and evaluate cannot do ------------------------------------------------------------------


def _not_computable(node: Node) -> Iterator[str]:
    for option in _uncomputed_options(node):
        what = f"jenis {node.kind!r} ({KIND_TITLES[node.kind]})"
        yield f"{what}{option} sudah dapat ditulis, tetapi belum dapat dihitung; hapus dari aturan ini"


def _uncomputed_options(node: Node) -> Iterator[str]:
    match node:
        case Bonus():
            yield ""
        case PartWeight() if node.alternates:
            yield " dengan alternates"
        case EventTier():
            if node.event in ("combined_day", "month_total"):
                yield f" dengan event {node.event!r}"
            if node.checkpoints != 2:
                yield " dengan tiga titik absen"
        case AbsenceDay() | Ceremony() if node.base != "part":
            yield f" dengan base {node.base!r}"
        case Ceremony() if node.month_becomes_zero:
            yield " dengan month_becomes_zero"
        case LogRule() if node.missing_day_points is not None:
            yield " dengan missing_day_points"
        case Gate() if node.action != "factor":
            yield f" dengan action {node.action!r}"
        case Multiplier() if node.stage == "after_tax":
            yield " pada tahap after_tax"
        case Deduction() if isinstance(node.rule, TerTax):
            yield f" dengan mode {node.rule.mode!r}"
        case _:
            pass


# --- one node ------------------------------------------------------------------------------------------------------

Found = Iterator[tuple[str, str]]


def _check_event_tier(node: EventTier) -> Found:
    if node.bands[0].from_minute != 1:
        yield ".bands[0].from", "tingkat pertama harus mulai dari 1 menit"
    for index, band in enumerate(node.bands):
        if band.to_minute is not None and band.to_minute < band.from_minute:
            yield f".bands[{index}].to", f"akhir rentang {band.to_minute} sebelum awalnya {band.from_minute}"
        if index + 1 == len(node.bands):
            if band.to_minute is not None:
                yield (
                    f".bands[{index}].to",
                    "tingkat terakhir harus terbuka (tanpa to), kalau tidak ada menit tanpa aturan",
                )
            continue
        following = node.bands[index + 1]
        yield from _joined(f".bands[{index + 1}].from", band.to_minute, following.from_minute, 1)
        if following.points < band.points:
            yield f".bands[{index + 1}].points", "tingkat lebih berat tidak boleh berpoin lebih kecil"


def _joined(path: str, end: int | Decimal | None, start: int | Decimal, step: int | Decimal) -> Found:
    if end is None:
        yield path, "rentang sebelumnya terbuka, jadi rentang ini bertumpang tindih"
    elif start <= end:
        yield path, f"rentang bertumpang tindih: {start} sudah termasuk rentang sampai {end}"
    elif start != end + step:
        yield path, f"ada celah antara {end} dan {start}: nilai di antaranya tanpa aturan"


def _check_score_bands(bands: tuple[ScoreBand, ...], step: Decimal, maximum: Decimal | None) -> Found:
    if step <= 0:
        yield ".step", "langkah harus lebih dari nol"
    if bands[0].from_value != 0:
        yield ".bands[0].from", "rentang pertama harus mulai dari 0"
    for index, band in enumerate(bands):
        if band.to_value is not None and band.to_value < band.from_value:
            yield f".bands[{index}].to", f"akhir rentang {band.to_value} sebelum awalnya {band.from_value}"
        if (band.score is None) is not band.proportional:
            yield f".bands[{index}]", "isi salah satu: score atau proportional"
        if band.proportional and not maximum:
            yield f".bands[{index}].proportional", "rentang sebanding perlu maximum pada simpul"
        if index + 1 < len(bands):
            yield from _joined(f".bands[{index + 1}].from", band.to_value, bands[index + 1].from_value, step)
        elif band.to_value is not None and (maximum is None or band.to_value < maximum):
            yield f".bands[{index}].to", "rentang terakhir harus terbuka atau sampai maximum"


def _check_band_score(node: BandScore) -> Found:
    yield from _check_score_bands(node.bands, node.step, node.maximum)


def _check_behaviour(node: BehaviourScore) -> Found:
    yield from _check_score_bands(node.bands, node.step, node.maximum)


def _check_missing_punch(node: MissingPunch) -> Found:
    ways = [way for way in (node.as_code, node.as_minutes, node.code) if way is not None]
    if len(ways) != 1:
        yield "", "isi salah satu: as_code, as_minutes, atau code dengan points"
    if (node.code is None) is not (node.points is None):
        yield ".points", "points diisi bersama code, dan hanya bersama code"


def _check_ratio(node: RatioScore) -> Found:
    if (node.denominator is None) is (node.out_of is None):
        yield "", "isi salah satu: denominator atau out_of"
    if node.out_of is not None and not node.out_of:
        yield ".out_of", "pembagi tidak boleh nol"


def _check_threshold(node: ThresholdScore) -> Found:
    if (node.target is None) is (node.target_fact is None):
        yield "", "isi salah satu: target atau target_fact"
    if node.month_targets and node.target is None:
        yield ".month_targets", "target per bulan perlu target umum"


def _check_predikat_map(node: PredikatMap) -> Found:
    missing = [predikat for predikat in PREDIKAT if predikat not in node.values]
    if missing:
        yield ".values", f"predikat tanpa nilai: {', '.join(missing)}"


def _check_gate(node: Gate) -> Found:
    metrics = [
        node.fact is not None,
        node.node is not None,
        node.flag is not None,
        bool(node.codes),
        node.score is not None,
    ]
    if sum(metrics) != 1:
        yield "", "isi tepat satu ukuran: fact, node, flag, codes, atau score"
    if node.stage == "eligibility" and node.flag is None:
        yield ".flag", "ambang kelayakan hanya membaca flag"
    below = Decimal(-1)
    for index, test in enumerate(node.when):
        if (test.below is None) is (test.at_least is None):
            yield f".when[{index}]", "isi salah satu: below atau at_least"
        elif test.below is not None:
            if test.below <= below:
                yield f".when[{index}].below", "batas below harus naik, kalau tidak ujian ini tidak pernah tercapai"
            below = test.below


def _check_part(node: PartWeight) -> Found:
    scores = [child for child in node.children if isinstance(child, _SCORES)]
    parts = [child for child in node.children if isinstance(child, PartWeight)]
    if node.mode == "flat":
        if scores or parts:
            yield ".children", "komponen flat dibayar penuh; tidak boleh berisi nilai"
    elif parts and scores:
        yield ".children", "komponen berisi satu nilai, atau beberapa komponen, tidak keduanya"
    elif not parts and len(scores) != 1:
        yield ".children", "komponen harus berisi tepat satu nilai"
    elif parts and sum((part.weight for part in parts), Decimal(0)) != node.weight:
        total = sum((part.weight for part in parts), Decimal(0))
        yield ".children", f"bobot di bawahnya berjumlah {total}, harus {node.weight}"
    for index, child in enumerate(node.children):
        if isinstance(child, PartWeight) and child.criteria is not None:
            yield f".children[{index}].criteria", "kriteria hanya ditulis pada komponen terluar"
        if isinstance(child, Gate) and child.stage != "part":
            yield f".children[{index}].stage", "ambang di dalam komponen bertahap part"


def _check_deduction_score(node: DeductionScore) -> Found:
    if node.start_score is not None and "start" in node.model_fields_set:
        yield ".start", "isi salah satu: start atau start_score"
    if node.floor > node.start:
        yield ".floor", f"nilai terendah {node.floor} di atas nilai awal {node.start}"


def _check_status(node: StatusFactor) -> Found:
    seen: set[str] = set()
    for index, row in enumerate(node.rows):
        for status in row.statuses:
            if status in seen:
                yield f".rows[{index}].statuses", f"status {status!r} ditulis dua kali"
            seen.add(status)


def _check_acting(node: ActingRule) -> Found:
    for index, case in enumerate(node.cases):
        if any(_covers(earlier, case) for earlier in node.cases[:index]):
            yield f".cases[{index}]", "kasus ini tidak pernah tercapai: kasus sebelumnya sudah mencakupnya"


def _covers(earlier: ActingCase, later: ActingCase) -> bool:
    level = earlier.level == "any" or earlier.level == later.level
    unit = earlier.same_unit is None or earlier.same_unit is later.same_unit
    return level and unit and not earlier.flag


def _check_deduction(node: Deduction) -> Found:
    rule = node.rule
    if isinstance(rule, FinalByGolongan):
        seen: set[str] = set()
        for index, rates in enumerate(rule.rates):
            for status in rates.statuses:
                if status in seen:
                    yield f".rule.rates[{index}].statuses", f"status {status!r} ditulis dua kali"
                seen.add(status)


_CHECKS: Final[Mapping[type[Node], Callable[..., Found]]] = {
    EventTier: _check_event_tier,
    BandScore: _check_band_score,
    BehaviourScore: _check_behaviour,
    MissingPunch: _check_missing_punch,
    RatioScore: _check_ratio,
    ThresholdScore: _check_threshold,
    PredikatMap: _check_predikat_map,
    Gate: _check_gate,
    PartWeight: _check_part,
    DeductionScore: _check_deduction_score,
    StatusFactor: _check_status,
    ActingRule: _check_acting,
    Deduction: _check_deduction,
}


# --- the whole tree --------------------------------------------------------------------------------------------------


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
    for kind in (StatusFactor, ActingRule, LogRule):
        found = [path for path, node in placed if isinstance(node, kind)]
        if len(found) > 1:
            yield Problem(found[1], "jenis simpul ini hanya boleh satu kali")
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


def _codes(placed: list[Placed]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for path, node in placed:
        for field, code in _own_codes(node):
            if code in owners:
                yield Problem(f"{path}{field}", f"kode {code} sudah dihitung oleh {owners[code]}", node.id)
            owners.setdefault(code, node.id)
    for path, node in placed:
        if isinstance(node, MissingPunch) and node.as_code is not None and node.as_code not in owners:
            yield Problem(f"{path}.as_code", f"kode {node.as_code} tidak ada pada tingkat mana pun", node.id)
        if isinstance(node, Gate):
            for code in node.codes:
                if code not in owners:
                    yield Problem(f"{path}.codes", f"kode {code} tidak dihitung oleh simpul mana pun", node.id)
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
    tiers: dict[str, str] = {}
    punches: dict[str, str] = {}
    unexcused: list[str] = []
    for path, node in placed:
        if isinstance(node, EventTier):
            if node.event in tiers:
                yield Problem(
                    f"{path}.event", f"peristiwa {node.event!r} sudah diatur oleh {tiers[node.event]}", node.id
                )
            tiers.setdefault(node.event, node.id)
        if isinstance(node, MissingPunch):
            if node.punch in punches:
                yield Problem(f"{path}.punch", f"{node.punch!r} sudah diatur oleh {punches[node.punch]}", node.id)
            punches.setdefault(node.punch, node.id)
            if node.as_minutes is not None and {"in": "late", "out": "early_leave"}[node.punch] not in {
                other.event for _, other in placed if isinstance(other, EventTier)
            }:
                yield Problem(f"{path}.as_minutes", "tidak ada tingkat menit untuk peristiwa ini", node.id)
        if isinstance(node, AbsenceDay) and node.trigger == "no_punch":
            if unexcused:
                yield Problem(
                    f"{path}.trigger", f"tidak masuk tanpa keterangan sudah diatur oleh {unexcused[0]}", node.id
                )
            unexcused.append(node.id)


def _references(placed: list[Placed]) -> Iterator[Problem]:
    nodes = {node.id: node for _, node in placed}
    needs: dict[str, list[str]] = {}
    for path, node in placed:
        below = [child.id for child in children_of(node)]
        if isinstance(node, Gate) and node.node is not None:
            target = nodes.get(node.node)
            if target is None:
                yield Problem(f"{path}.node", f"simpul {node.node!r} tidak ada", node.id)
            elif not isinstance(target, (*_SCORES, PartWeight)):
                yield Problem(f"{path}.node", f"simpul {node.node!r} bukan nilai atau komponen", node.id)
            else:
                below.append(target.id)
        needs[node.id] = below
    done: set[str] = set()
    for start in needs:
        cycle = _cycle_from(start, needs, done)
        if cycle:
            path = next(path for path, node in placed if node.id == cycle[0])
            yield Problem(path, f"rujukan berputar: {' → '.join(cycle)}", cycle[0])
            return


def _cycle_from(start: str, needs: Mapping[str, list[str]], done: set[str]) -> list[str]:
    trail: list[str] = []

    def visit(node_id: str) -> list[str]:
        if node_id in trail:
            return [*trail[trail.index(node_id) :], node_id]
        if node_id in done:
            return []
        trail.append(node_id)
        for needed in needs.get(node_id, ()):
            cycle = visit(needed)
            if cycle:
                return cycle
        trail.pop()
        done.add(node_id)
        return []

    return visit(start)


def _examples(rule_set: "RuleSet") -> Iterator[Problem]:
    for index, example in enumerate(rule_set.examples):
        try:
            MonthFacts.from_mapping(example.facts)
        except FactsError as error:
            yield Problem(f"examples[{index}].facts.{error.fact}", error.reason)
