"""What one node must fulfil beyond the types of its fields: places within it, and words."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final, get_args

from .deduction_nodes import Deduction, FinalByGolongan, SpecialPay, TerTax
from .facts import FACT_LIMITS, FACT_TITLES, PREDIKAT
from .fields import Node
from .money_checks import check_special, check_stops
from .nodes import (
    EVERY,
    ActingCase,
    ActingRule,
    AlternateWeight,
    BandScore,
    BehaviourScore,
    Bonus,
    CalendarRule,
    Ceremony,
    DeductionScore,
    DocumentSet,
    EventTier,
    Gate,
    LogRule,
    MissingPunch,
    Multiplier,
    MultiplierRow,
    PartWeight,
    PredikatMap,
    RatioScore,
    RelatedScore,
    ScoreBand,
    ScoreNode,
    ServiceStopRule,
    StatusFactor,
    ThresholdScore,
)

_HUNDRED: Final = Decimal(100)
_SCORES: Final[tuple[type[Node], ...]] = get_args(ScoreNode)

Found = Iterator[tuple[str, str]]

_DAY_MINUTES: Final = 1440


def _check_event_tier(node: EventTier) -> Found:
    if (node.event == "month_total") is (node.minutes_of is None):
        yield ".minutes_of", "diisi late, early_leave atau both pada event month_total, dan hanya di sana"
    if node.checkpoints == 3 and node.event not in ("late", "combined_day"):
        yield ".checkpoints", "tiga titik absen hanya ada pada event late atau combined_day"
    if node.event == "month_total" and node.tolerance_seconds:
        yield ".tolerance_seconds", "jumlah sebulan dihitung dari menit harian; toleransi ada pada tingkat harian"
    for index, band in enumerate(node.bands):
        if node.event != "month_total" and max(band.from_minute, band.to_minute or 0) > _DAY_MINUTES:
            yield f".bands[{index}]", f"satu hari paling banyak {_DAY_MINUTES} menit"
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
    if node.code is None and node.base != "part":
        yield ".base", "dasar lain hanya untuk code dengan points; as_code dan as_minutes mengikuti tingkatnya"
    if node.as_minutes == 0:
        yield ".as_minutes", "menit harus lebih dari nol"


def _check_ceremony(node: Ceremony) -> Found:
    """More occurrences may never take less."""
    before, total = 0, Decimal(0)
    for index, band in enumerate(node.count_bands):
        if not index:
            total = max((node.points, *node.points_by_category.values())) * (band.from_count - 1)
        if band.from_count <= before:
            yield f".count_bands[{index}].from", f"jumlah kejadian harus naik: {band.from_count} tidak di atas {before}"
        if band.points < total:
            message = f"jumlah poin {band.points} lebih kecil dari {total} untuk kejadian yang lebih sedikit"
            yield f".count_bands[{index}].points", message
        before, total = band.from_count, band.points


def _check_log(node: LogRule) -> Found:
    if (node.late_days_back is None) is not (node.late_percent is None):
        yield ".late_percent", "late_days_back dan late_percent diisi bersama"
    if node.late_days_back is not None and node.late_days_back <= node.entry_days_back:
        yield ".late_days_back", f"harus lebih dari entry_days_back ({node.entry_days_back})"
    if node.after_deadline != "count" and node.auto_approve_after_days is None:
        yield ".after_deadline", "perlu batas waktu atasan: isi auto_approve_after_days"


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
    for month in node.month_targets:
        yield from _bound(f".month_targets.{month}", node.fact, node.month_targets[month])
    if node.target is not None:
        yield from _bound(".target", node.fact, node.target)


def _bound(path: str, fact: str, bound: Decimal, *, is_below: bool = False) -> Found:
    """A bound that the fact cannot reach is a slip of the unit: 80 for a ratio of 0.8."""
    limit = FACT_LIMITS.get(fact)
    if limit is not None and bound > limit:
        never = "selalu lebih kecil" if is_below else "tidak pernah tercapai"
        yield path, f"{FACT_TITLES[fact]} paling banyak {limit}: batas {bound} {never}"


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
    elif node.stage == "eligibility" and (node.node is not None or node.score is not None):
        yield ".stage", "ambang kelayakan mendahului penilaian: hanya membaca flag, fact, atau codes"
    if node.action != "factor" and node.stage == "part":
        yield ".action", "menahan TPP dan menutup bulan berikut berlaku untuk seluruh TPP: hanya di tingkat teratas"
    most = _most_of(node)
    below: Decimal | None = None
    at_least: Decimal | None = None
    for index, test in enumerate(node.when):
        path = f".when[{index}]"
        if (test.below is None) is (test.at_least is None):
            yield path, "isi salah satu: below atau at_least"
        elif test.below is not None:
            if not test.below:
                yield f"{path}.below", "tidak ada ukuran di bawah nol: ujian ini tidak pernah tercapai"
            elif most is not None and test.below > most:
                yield f"{path}.below", f"ukuran ini paling banyak {most}: ujian ini selalu tercapai"
            elif below is not None and test.below <= below:
                yield f"{path}.below", "batas below harus naik, kalau tidak ujian ini tidak pernah tercapai"
            elif at_least is not None and test.below >= at_least and index + 1 < len(node.when):
                yield f"{path}.below", "bersama ujian sebelumnya selalu tercapai: ujian sesudahnya tidak berguna"
            below = test.below
        elif test.at_least is not None:
            if not test.at_least:
                yield f"{path}.at_least", "batas nol selalu tercapai; isi batas di atas nol"
            elif at_least is not None and test.at_least >= at_least:
                yield f"{path}.at_least", "batas at_least harus turun, kalau tidak ujian ini tidak pernah tercapai"
            if most is not None and test.at_least > most:
                yield f"{path}.at_least", f"ukuran ini paling banyak {most}: ujian ini tidak pernah tercapai"
            at_least = test.at_least
        if node.action == "factor" and test.factor is None:
            yield f"{path}.factor", "wajib diisi"
        if node.action != "factor" and test.factor is not None:
            yield f"{path}.factor", f"tindakan {node.action!r} tidak memakai faktor; kosongkan"


def _most_of(gate: Gate) -> Decimal | None:
    if gate.flag is not None:
        return Decimal(1)
    if gate.node is not None or gate.score is not None:
        return _HUNDRED
    return FACT_LIMITS.get(gate.fact) if gate.fact is not None else None


def _check_multiplier(node: Multiplier) -> Found:
    for index, row in enumerate(node.rows):
        path = f".rows[{index}]"
        bounds = [bound for bound in (row.below, row.at_least) if bound is not None]
        if row.fact is None and bounds:
            yield f"{path}.fact", "batas perlu fakta yang dibandingkan"
        if row.fact is not None:
            if len(bounds) != 1:
                yield path, "isi salah satu: below atau at_least"
            for bound in bounds:
                yield from _bound(path, row.fact, bound, is_below=bound is row.below)
        if node.stage == "after_tax" and row.factor > 1:
            yield f"{path}.factor", "sesudah pajak faktor paling besar 1: pengali ini hanya memotong"
        if any(_is_every(earlier) for earlier in node.rows[:index]):
            yield path, "baris ini tidak pernah tercapai: baris sebelumnya berlaku untuk semua"
    if node.stage == "after_tax" and node.criteria is not None:
        yield ".criteria", "sesudah pajak tidak ada lagi rincian per kriteria"


def _is_every(row: MultiplierRow) -> bool:
    return (
        EVERY in row.position_categories
        and EVERY in row.unit_categories
        and not (row.statuses or row.months or row.flag)
        and row.fact is None
    )


def _check_bonus(node: Bonus) -> Found:
    if not node.percent:
        yield ".percent", "tambahan nol persen tidak mengubah apa pun"
    if node.reference_kelas is not None and node.max_kelas is not None and node.reference_kelas > node.max_kelas:
        yield ".reference_kelas", f"kelas acuan di atas kelas tertinggi {node.max_kelas}"


def _check_related(node: RelatedScore) -> Found:
    if node.node == node.id:
        yield ".node", "nilai ini merujuk dirinya sendiri"
    if (node.of == "subordinates") is (node.aggregate is None):
        yield ".aggregate", "diisi mean atau min untuk bawahan, dan hanya untuk bawahan"
    if (node.on_vacancy == "value") is (node.vacant_value is None):
        yield ".vacant_value", "diisi bila on_vacancy adalah value, dan hanya bila begitu"


# The days of a month's work in the order they follow each other; the calculation may open before or after them.
_CALENDAR_ORDER: Final = (
    "entry_until_day",
    "verification_until_day",
    "objection_until_day",
    "locked_on_day",
    "paid_on_day",
)


def _check_calendar(node: CalendarRule) -> Found:
    said = [(name, getattr(node, name)) for name in _CALENDAR_ORDER if getattr(node, name) is not None]
    if not said and node.opens_on_day is None and node.december_until_day is None:
        yield "", "isi paling sedikit satu tanggal"
    if node.december_until_day is None and node.december_rest != "dropped":
        yield ".december_rest", "perlu tanggal akhir hitungan Desember: isi december_until_day"
    for (earlier, first), (later, second) in pairwise(said):
        if second < first:
            yield f".{later}", f"tanggal {second} mendahului {earlier} ({first})"


def _check_documents(node: DocumentSet) -> Found:
    seen: set[str] = set()
    for index, entry in enumerate(node.documents):
        if entry.title in seen:
            yield f".documents[{index}].title", f"cetakan {entry.title!r} ditulis dua kali"
        seen.add(entry.title)


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
    yield from _check_alternates(node)
    yield from _check_alternate_sums(node, parts)


def _check_alternates(node: PartWeight) -> Found:
    for index, alternate in enumerate(node.alternates):
        path = f".alternates[{index}]"
        if (alternate.fact is None) is not (alternate.below is None):
            yield path, "fact dan below diisi bersama"
        elif alternate.below is not None and not alternate.below:
            yield f"{path}.below", "tidak ada fakta di bawah nol: bobot ini tidak pernah dipakai"
        elif alternate.below is not None and alternate.fact is not None:
            yield from _bound(f"{path}.below", alternate.fact, alternate.below, is_below=True)
        if _is_unconditional(alternate):
            yield path, "isi paling sedikit satu syarat: fact dengan below, kategori, atau status"
        if any(_shadows(earlier, alternate) for earlier in node.alternates[:index]):
            yield path, "bobot ini tidak pernah dipakai: syarat sebelumnya sudah mencakupnya"
        if node.criteria is not None and alternate.weight > node.weight:
            yield f"{path}.weight", f"bobot komponen terluar paling besar {node.weight}"


def _is_unconditional(alternate: AlternateWeight) -> bool:
    categories = EVERY in alternate.position_categories and EVERY in alternate.unit_categories
    return categories and not alternate.statuses and alternate.fact is None


def _shadows(earlier: AlternateWeight, later: AlternateWeight) -> bool:
    def within(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
        return EVERY in wide or not wide or (bool(narrow) and set(narrow) <= set(wide))

    fact = earlier.fact is None or (
        earlier.fact == later.fact
        and earlier.below is not None
        and later.below is not None
        and later.below <= earlier.below
    )
    return (
        fact
        and within(earlier.position_categories, later.position_categories)
        and within(earlier.unit_categories, later.unit_categories)
        and within(earlier.statuses, later.statuses)
    )


def _check_alternate_sums(node: PartWeight, parts: list[PartWeight]) -> Found:
    """Weights that hold under the same condition may not add up to more than the part they stand in."""
    conditions = {_condition(alternate): alternate for part in parts for alternate in part.alternates}
    for condition in conditions:
        total = Decimal(0)
        for part in parts:
            total += next(
                (alternate.weight for alternate in part.alternates if _condition(alternate) == condition), part.weight
            )
        if total > node.weight:
            yield ".children", f"bobot lain di bawahnya berjumlah {total}, paling banyak {node.weight}"
            return


def _condition(alternate: AlternateWeight) -> tuple[object, ...]:
    return (
        alternate.fact,
        alternate.below,
        frozenset(alternate.position_categories),
        frozenset(alternate.unit_categories),
        frozenset(alternate.statuses),
    )


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
    if isinstance(rule, TerTax):
        if node.column != "tax":
            yield ".column", "pajak tarif efektif berada pada kolom tax"
        yield from _check_ter(rule)


def _check_ter(rule: TerTax) -> Found:
    if rule.arrears == "payment" and rule.mode != "ter_minus_salary":
        yield ".rule.arrears", "pajak pada bulan pembayaran hanya bersama gaji (ter_minus_salary)"
    owners: dict[str, str] = {}
    for name, statuses in rule.categories.items():
        if name not in rule.tables:
            yield f".rule.categories.{name}", f"kategori {name!r} tidak mempunyai tabel"
        for ptkp in statuses:
            if ptkp in owners:
                yield f".rule.categories.{name}", f"PTKP {ptkp!r} sudah ada pada kategori {owners[ptkp]!r}"
            owners.setdefault(ptkp, name)
    for name, bands in rule.tables.items():
        path = f".rule.tables.{name}"
        if name not in rule.categories:
            yield path, f"tabel {name!r} tidak dipakai kategori mana pun"
        for index, (band, following) in enumerate(pairwise(bands)):
            if band.to_amount is None:
                yield f"{path}[{index}].to", "hanya baris terakhir yang boleh terbuka (tanpa to)"
            elif following.to_amount is not None and following.to_amount <= band.to_amount:
                yield (
                    f"{path}[{index + 1}].to",
                    f"batas {following.to_amount} tidak di atas batas sebelumnya {band.to_amount}",
                )
            if following.percent < band.percent:
                yield f"{path}[{index + 1}].percent", "tarif tidak boleh turun untuk penghasilan yang lebih besar"
        for index, band in enumerate(bands):
            if band.percent >= _HUNDRED:
                yield f"{path}[{index}].percent", "tarif harus di bawah 100 persen"


CHECKS: Final[Mapping[type[Node], Callable[..., Found]]] = {
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
    Ceremony: _check_ceremony,
    LogRule: _check_log,
    Multiplier: _check_multiplier,
    Bonus: _check_bonus,
    RelatedScore: _check_related,
    CalendarRule: _check_calendar,
    DocumentSet: _check_documents,
    ServiceStopRule: check_stops,
    SpecialPay: check_special,
}
