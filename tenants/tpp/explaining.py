"""A slip for a person to read: eleven steps, each line with its clause, base, days and minutes.

The steps are those of the normalised rule model (domain note 7.1); a line belongs to the step of its stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kernel.date_words import month_words
from kernel.money import exact, round_rupiah
from kernel.web.templatetags.kd import menit, number, rupiah, tanggal_pendek
from tenants.rules.engine import FACT_TITLES, MEASURE_PREFIX, RuleSet, event_codes, facts_read
from tenants.rules.engine import MonthFacts as ReadFacts
from tenants.tpp.models import Slip, SlipLine

_MINUS_COLUMNS = frozenset({"tax", "contribution", "deduction"})
_STEP_OF_STAGE = {
    "eligibility": 1,
    "post": 2,
    "points": 4,
    "scores": 5,
    "parts": 6,
    "multipliers": 7,
    "additions": 8,
    "gross": 8,
    "deductions": 9,
    "rounding": 10,
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day behind a line, with its minutes where the event has any."""

    date: date
    minutes: int | None


@dataclass(frozen=True, slots=True)
class ReadableLine:
    """One line as shown: `shown` is its figure in words, `is_minus` marks what is taken off."""

    order: int
    label: str
    shown: str
    is_minus: bool
    clause_text: str
    clause_reference: str
    details: tuple[tuple[str, str], ...]
    days: tuple[Day, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Step:
    """One of the eleven steps; `facts` are label and value pairs that have no line of their own."""

    number: int
    title: str
    lines: tuple[ReadableLine, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.facts


def steps_of(slip: Slip, lines: Iterable[SlipLine], facts: ReadFacts | None, rule_set: RuleSet) -> list[Step]:
    """The eleven steps of the slip. `facts` are the frozen ones, None when they cannot be shown."""
    return _steps(lines, facts, rule_set, totals=tuple(_totals(slip)), papers=tuple(_papers(slip)))


def steps_before_the_totals(lines: Iterable[SlipLine], facts: ReadFacts, rule_set: RuleSet) -> list[Step]:
    """The steps of what is computed on demand: no run, no lock and no sum of a slip that could be paid."""
    return _steps(lines, facts, rule_set)


def _steps(
    lines: Iterable[SlipLine],
    facts: ReadFacts | None,
    rule_set: RuleSet,
    *,
    totals: tuple[tuple[str, str], ...] = (),
    papers: tuple[tuple[str, str], ...] = (),
) -> list[Step]:
    by_step: dict[int, list[ReadableLine]] = {}
    for line in lines:
        by_step.setdefault(_STEP_OF_STAGE.get(line.stage, 10), []).append(readable(line, rule_set))
    words: dict[int, tuple[tuple[str, str], ...]] = {
        3: () if facts is None else tuple(_facts(facts, rule_set)),
        10: totals,
        11: papers,
    }
    return [
        Step(number, title, tuple(by_step.get(number, ())), words.get(number, ()))
        for number, title in enumerate(_titles(), 1)
    ]


def _titles() -> tuple[str, ...]:
    return (
        _("Kelayakan"),
        _("Jabatan dan pagu"),
        _("Fakta bulan ini"),
        _("Pengurangan"),
        _("Nilai komponen"),
        _("Bobot komponen"),
        _("Pengali bulanan"),
        _("Tambahan dan TPP bruto"),
        _("Pajak, iuran, dan potongan"),
        _("Pembulatan dan jumlah"),
        _("Dokumen dan kunci"),
    )


def readable(line: SlipLine, rule_set: RuleSet) -> ReadableLine:
    """One line in words, with the rule set's names for its own figures; the row need not be stored."""
    inputs = dict(line.inputs)
    days = tuple(Day(date.fromisoformat(day["date"]), day.get("minutes")) for day in inputs.pop("days", ()))
    return ReadableLine(
        order=line.order,
        label=line.label,
        shown=_shown(line),
        is_minus=line.column in _MINUS_COLUMNS or (line.effect is not None and line.effect < 0),
        clause_text=line.clause_text,
        clause_reference=line.clause_reference,
        details=tuple(_details(line, inputs, rule_set)),
        days=days,
        note=line.note,
    )


def _shown(line: SlipLine) -> str:
    if line.amount is not None:
        return rupiah(-line.amount if line.column in _MINUS_COLUMNS else line.amount)
    if line.stage == "points" and line.effect:
        return rupiah(round_rupiah(line.effect))
    return _with_unit(_short(line.unrounded), line.unit)


def _short(value: Decimal) -> Decimal:
    """Four decimals for the head of a line; its details have all of them."""
    shortened = value.quantize(Decimal("0.0001"))
    return value if shortened == value else shortened


def _with_unit(value: Decimal, unit: str) -> str:
    if unit == "rupiah":
        return rupiah(value)
    if unit == "percent":
        return f"{number(value)}%"
    if unit == "points":
        return _("%(points)s poin") % {"points": number(value)}
    if unit == "factor":
        return f"× {number(value)}"
    return number(value)


def _details(line: SlipLine, inputs: dict[str, Any], rule_set: RuleSet) -> Iterable[tuple[str, str]]:
    # Points are either points of a score, or percent of an amount of their own.
    is_off_amount = line.stage == "points" and line.base is not None
    if line.base is not None:
        yield _("Dasar"), number(line.base) if line.stage == "scores" else rupiah(line.base)
    if line.quantity is not None:
        titles = {"points": _("Jumlah kejadian"), "parts": _("Nilai"), "multipliers": _("Ukuran ambang")}
        yield titles.get(line.stage, _("Ukuran")), number(line.quantity)
        # The engine also names it among the inputs.
        for name in ("count", "score", "metric"):
            inputs.pop(name, None)
    if line.rate is not None:
        per_event = _("Persen per kejadian") if is_off_amount else _("Poin per kejadian")
        titles = {"points": per_event, "parts": _("Bobot"), "multipliers": _("Faktor")}
        is_plain = line.unit in {"points", "factor"} and not is_off_amount
        shown = number(line.rate) if is_plain else f"{number(line.rate)}%"
        yield titles.get(line.stage, _("Tarif")), shown
        inputs.pop("weight", None)
    yield from _inputs(inputs, rule_set)
    yield _("Hasil sebelum dibulatkan"), _with_unit(line.unrounded, line.unit)
    if line.amount is not None:
        yield _("Hasil dibulatkan"), rupiah(line.amount)
    if line.effect:
        yield _("Pengaruh pada TPP"), rupiah(line.effect)


def _inputs(inputs: Mapping[str, Any], rule_set: RuleSet) -> Iterable[tuple[str, str]]:
    titles: dict[str, str] = {
        **FACT_TITLES,
        **{f"{MEASURE_PREFIX}{code}": title.label for code, title in rule_set.measures.items()},
        "kelas": _("kelas jabatan"),
        "own_kelas": _("kelas jabatan sendiri"),
        "position_category": _("kategori jabatan"),
        "unit_category": _("kategori unit"),
        "percent": _("persen"),
        "weight": _("bobot"),
        "rupiah": _("nilai bobot ini"),
        "score": _("nilai"),
        "code": _("kode"),
        "count": _("jumlah"),
        "minutes": _("jumlah menit"),
        "metric": _("ukuran ambang"),
        "criterion": _("kriteria"),
        "account": _("kode rekening"),
        "golongan": _("golongan"),
        "status": _("status kepegawaian"),
        "ceiling": _("batas atas"),
        "borne_by_salary": _("sudah ditanggung gaji"),
        "target": _("target"),
        "level": _("tingkat"),
        "from_month": _("mulai bulan"),
        "until_month": _("sampai sebelum bulan"),
        "reference": _("surat keputusan"),
        "penalties": _("hukuman disiplin"),
        "flag": _("tanda"),
        "predikat": _("predikat SKP"),
        "ptkp": _("status PTKP"),
        "category": _("kategori tarif"),
        "salary_tax": _("pajak yang sudah dipotong dari gaji"),
        "employer": _("ditanggung pemberi kerja"),
        "due": _("yang harus dikembalikan"),
    }
    money = {"rupiah", "ceiling", "borne_by_salary", "salary_base", "salary_tax", "employer", "due"}
    for name, value in inputs.items():
        title = titles.get(name, name.replace("_", " "))
        if name == "minutes" and isinstance(value, int):
            yield _sentence(title), menit(value)
        elif name in money:
            yield _sentence(title), rupiah(exact(value))
        else:
            yield _sentence(title), _plain(value, titles)


def _plain(value: Any, titles: Mapping[str, str]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{titles.get(str(key), key)} {_plain(entry, titles)}" for key, entry in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(entry, titles) for entry in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    try:
        return number(exact(value))
    except (TypeError, ValueError):
        return str(value)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _facts(facts: ReadFacts, rule_set: RuleSet) -> Iterable[tuple[str, str]]:
    codes = event_codes(rule_set)
    yield _("Hari kerja"), number(facts.working_days)
    for code, count in sorted(facts.counts.items()):
        known = codes.get(code)
        yield (known.label if known else code), _("%(count)s kali") % {"count": number(count)}
    if facts.minutes_approved is not None:
        yield _("Menit aktivitas disetujui"), number(facts.minutes_approved)
    if facts.skp_score is not None:
        yield _("Rata-rata capaian SKP"), number(facts.skp_score)
    behaviour = facts.total_behaviour()
    if behaviour is not None:
        yield _("Jumlah nilai perilaku"), number(behaviour)
    if facts.predikat is not None:
        yield _("Predikat SKP"), facts.predikat.replace("_", " ").capitalize()
    read = facts_read(rule_set)
    for name in ("activity_points", *_MONTH_FACTS):
        value = getattr(facts, name)
        if name in read and value is not None:
            yield _sentence(FACT_TITLES[name]), number(value)
    for code, value in sorted(facts.measures.items()):
        measure = rule_set.measures.get(code)
        yield (code if measure is None else measure.label), number(value)
    for node_id, value in sorted(facts.related.items()):
        yield _label(rule_set, node_id), number(_short(value))
    if facts.salary_base is not None:
        yield _("Dasar gaji"), rupiah(facts.salary_base)
    for penalty in facts.penalties:
        yield _("Hukuman disiplin"), f"{penalty.level} ({penalty.reference or penalty.from_month})"


# Sums of a month beside the counted days, shown where the rules read them.
_MONTH_FACTS = ("late_minutes", "early_minutes", "absent_days_year", "late_decisions", "log_days_missing")


def _label(rule_set: RuleSet, node_id: str) -> str:
    try:
        return rule_set.node(node_id).label
    except KeyError:
        return node_id


def _totals(slip: Slip) -> Iterable[tuple[str, str]]:
    yield _("Bruto"), rupiah(slip.gross)
    yield _("Pajak"), rupiah(-slip.tax)
    yield _("Iuran"), rupiah(-slip.contributions)
    if slip.other_deductions:
        yield _("Potongan lain"), rupiah(-slip.other_deductions)
    if slip.rounding:
        yield _("Pembulatan"), rupiah(slip.rounding)
    yield _("Bersih"), rupiah(slip.net)
    net = slip.unrounded.get("net")
    if net is not None:
        yield _("Bersih sebelum dibulatkan"), rupiah_exact(exact(net))


def rupiah_exact(value: Decimal) -> str:
    """Rupiah with every decimal that there is."""
    return f"Rp{number(value)}" if value >= 0 else f"−Rp{number(-value)}"


def _papers(slip: Slip) -> Iterable[tuple[str, str]]:
    run = slip.run
    if slip.blocks_next_month:
        yield _("Bulan berikutnya"), _("Belum dapat dibuka menurut aturan")
    if slip.is_practice:
        yield _("Latihan"), _("Slip LATIHAN: tidak dibayar")
    for reason in slip.hold_reasons:
        yield _("Ditahan"), reason
    yield _("Perhitungan"), f"{month_words(run.month)} #{run.number}"
    yield _("Aturan"), f"{run.rule_set} ({run.rule_set.regulation})"
    yield _("Tanggal acuan jabatan"), tanggal_pendek(run.reference_date)
    yield _("Kunci bulan"), tanggal_pendek(slip.locked_at) if slip.locked_at else _("Belum dikunci")
    yield _("Sidik fakta"), slip.facts_digest[:16]
    yield _("Sidik slip"), slip.digest[:16]
