"""A rule set for a person to read: its tree with clauses, parameters in words and tables, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kernel.web.templatetags.kd import number, tanggal_pendek
from tenants.rules.engine import FACT_TITLES, KIND_TITLES, Node, RuleSet, parameters_of

_MOST_COLUMNS = 6
# A nested part reads as its plain values; the tree shows nodes by themselves.
_NODE_FIELDS = frozenset({"score", "start_score", "children"})


@dataclass(frozen=True, slots=True)
class Table:
    """A parameter that is a list: column titles and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadableNode:
    """One node of the tree as shown."""

    id: str
    depth: int
    kind: str
    label: str
    clause_text: str
    clause_reference: str
    assumption: str
    parameters: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the same in two rule sets; empty text where one has none."""

    node: str
    what: str
    before: str
    after: str


def readable_nodes(rule_set: RuleSet) -> list[ReadableNode]:
    """Every node in the order of the tree."""
    return [_readable(depth, node) for depth, node in rule_set.walk()]


def assumptions_in(rule_set: RuleSet) -> int:
    """How many nodes read their source with an assumption."""
    return sum(bool(node.assumption) for _depth, node in rule_set.walk())


def differences(former: RuleSet, newer: RuleSet) -> list[Difference]:
    """Changed numbers and words, node by node, in the order of the newer tree; removed nodes at the end."""
    before = {node.id: node for _depth, node in former.walk()}
    after = {node.id: node for _depth, node in newer.walk()}
    found: list[Difference] = []
    for node_id, node in after.items():
        if node_id not in before:
            found.append(Difference(node.label, _("aturan baru"), "", node.clause.text))
            continue
        found += _node_differences(before[node_id], node)
    for node_id, node in before.items():
        if node_id not in after:
            found.append(Difference(node.label, _("aturan dihapus"), node.clause.text, ""))
    for name in type(newer.rounding).model_fields:
        if name != "clause" and getattr(former.rounding, name) != getattr(newer.rounding, name):
            found.append(
                Difference(
                    _("Pembulatan"),
                    _title(name),
                    _word(getattr(former.rounding, name)),
                    _word(getattr(newer.rounding, name)),
                )
            )
    return found


def _node_differences(before: Node, after: Node) -> Iterable[Difference]:
    if before.label != after.label:
        yield Difference(after.label, _("nama"), before.label, after.label)
    if before.clause.text != after.clause.text:
        yield Difference(after.label, _("bunyi ketentuan"), before.clause.text, after.clause.text)
    if before.clause.reference != after.clause.reference:
        yield Difference(after.label, _("dasar hukum"), before.clause.reference, after.clause.reference)
    old, new = _leaves(_plain_parameters(before)), _leaves(_plain_parameters(after))
    for path in [*new, *(path for path in old if path not in new)]:
        if old.get(path) != new.get(path):
            yield Difference(after.label, " › ".join(path), old.get(path, ""), new.get(path, ""))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Every single value by the way that leads to it."""
    if isinstance(value, Mapping):
        found: dict[tuple[str, ...], str] = {}
        for key, entry in value.items():
            found.update(_leaves(entry, (*path, _title(str(key)))))
        return found
    if (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and any(isinstance(entry, Mapping) for entry in value)
    ):
        found = {}
        for position, entry in enumerate(value, 1):
            found.update(_leaves(entry, (*path, _row_name(entry, position))))
        return found
    return {path: _word(value)}


def _row_name(entry: Any, position: int) -> str:
    if isinstance(entry, Mapping):
        for key in ("code", "statuses", "position_categories"):
            if entry.get(key):
                return _word(entry[key])
    return _("baris %(number)d") % {"number": position}


def _plain_parameters(node: Node) -> dict[str, Any]:
    """The node's own parameters in plain values, those at their default left out."""
    kept = {name for name in parameters_of(node) if name not in _NODE_FIELDS}
    dumped = node.model_dump(by_alias=True, exclude_defaults=True)
    return {name: value for name, value in dumped.items() if name in kept}


def _readable(depth: int, node: Node) -> ReadableNode:
    parameters: list[tuple[str, str]] = []
    tables: list[Table] = []
    _sort_in(_plain_parameters(node), parameters, tables)
    return ReadableNode(
        id=node.id,
        depth=depth,
        kind=str(KIND_TITLES[node.kind]),
        label=node.label,
        clause_text=node.clause.text,
        clause_reference=node.clause.reference,
        assumption=node.assumption,
        parameters=tuple(parameters),
        tables=tuple(tables),
    )


def _sort_in(values: Mapping[str, Any], parameters: list[tuple[str, str]], tables: list[Table]) -> None:
    for name, value in values.items():
        if isinstance(value, Mapping) and any(isinstance(entry, Mapping | list | tuple) for entry in value.values()):
            _sort_in(value, parameters, tables)
        elif isinstance(value, Mapping):
            rows = tuple((_word(key), _word(entry)) for key, entry in value.items())
            tables.append(Table(_title(name), (_("Untuk"), _("Nilai")), rows))
        elif isinstance(value, list | tuple) and value and all(isinstance(entry, Mapping) for entry in value):
            tables.append(_table(_title(name), value))
        else:
            parameters.append((_title(name), _word(value)))


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """A list of records; a record's own table (kelas to rupiah) becomes columns."""
    flat = [_flat(row) for row in rows]
    columns: list[str] = []
    for row in flat:
        columns += [name for name in row if name not in columns]
    cells = [tuple(_word(row[name]) if name in row else "" for name in columns) for row in flat]
    if len(columns) <= _MOST_COLUMNS:
        return Table(title, tuple(_title(name) for name in columns), tuple(cells))
    # Kelas 1 to 17 side by side fit no page: one line for each, one column for each record.
    turned = zip((_title(name) for name in columns), *cells, strict=True)
    head, *lines = turned
    return Table(title, head, tuple(lines))


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat.update({str(key): entry for key, entry in value.items()})
        else:
            flat[name] = value
    return flat


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, int | Decimal):
        return number(value)
    if isinstance(value, date):
        return tanggal_pendek(value)
    if isinstance(value, list | tuple):
        return ", ".join(_word(entry) for entry in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{_word(key)}: {_word(entry)}" for key, entry in value.items())
    if value is None:
        return "–"
    return _words().get(str(value), str(value))


def _title(name: str) -> str:
    title = _titles().get(name) or FACT_TITLES.get(name) or name.replace("_", " ")
    return title[:1].upper() + title[1:]


def _words() -> dict[str, str]:
    return {
        **FACT_TITLES,
        "*": _("semua"),
        "first": _("hari pertama bulan"),
        "15": _("tanggal 15"),
        "last": _("hari terakhir bulan"),
        "total": _("pagu jabatan, dibagi ke kriteria"),
        "basic": _("nilai kelas, kali persen kriteria"),
        "late": _("terlambat masuk"),
        "early_leave": _("pulang sebelum waktu"),
        "combined_day": _("terlambat dan pulang cepat sehari"),
        "month_total": _("jumlah menit sebulan"),
        "in": _("absen masuk"),
        "out": _("absen pulang"),
        "document": _("dengan surat"),
        "no_punch": _("tanpa absen"),
        "part": _("bagian ini"),
        "performance_part": _("bagian kinerja"),
        "whole": _("seluruh TPP"),
        "none": _("tidak dibulatkan"),
        "truncate_2": _("dipotong dua desimal"),
        "half_up_2": _("dibulatkan dua desimal"),
        "half_up_rupiah": _("ke rupiah terdekat"),
        "truncate_rupiah": _("dipotong ke rupiah"),
        "floor_thousand": _("dipotong ke ribuan"),
        "unrounded": _("angka belum dibulatkan"),
        "printed": _("angka cetak"),
        "scored": _("dinilai"),
        "flat": _("dibayar penuh"),
        "add": _("ditambahkan"),
        "max": _("yang terbesar"),
        "replace": _("menggantikan"),
        "only": _("hanya persen ini"),
        "any": _("semua"),
        "higher": _("lebih tinggi"),
        "equal": _("setara"),
        "lower": _("lebih rendah"),
        "eligibility": _("kelayakan"),
        "month": _("bulanan"),
        "tax": _("pajak"),
        "contribution": _("iuran"),
        "deduction": _("potongan"),
        "gross": _("TPP bruto"),
        "pagu": _("pagu"),
        "remaining": _("sisa sesudah potongan"),
        "final_by_golongan": _("final menurut golongan"),
        "shared_cap": _("batas atas bersama gaji"),
        "fixed_list": _("daftar tetap"),
        "ter_minus_salary": _("TER dikurangi pajak gaji"),
        "ter_gross_up": _("TER ditanggung daerah"),
        "consent_percent": _("persen dengan persetujuan"),
        "calendar": _("hari kalender"),
        "working": _("hari kerja"),
    }


def _titles() -> dict[str, str]:
    return {
        "stage": _("tahap"),
        "flag": _("tanda"),
        "when": _("ambang"),
        "below": _("di bawah"),
        "at_least": _("paling sedikit"),
        "factor": _("faktor"),
        "mode": _("cara"),
        "reference_day": _("tanggal acuan jabatan"),
        "amounts": _("besaran rupiah per kelas"),
        "criteria": _("kriteria"),
        "position_categories": _("kategori jabatan"),
        "unit_categories": _("kategori unit"),
        "values": _("nilai"),
        "percent": _("persen"),
        "max_posts": _("jabatan paling banyak"),
        "cases": _("keadaan"),
        "level": _("tingkat jabatan"),
        "same_unit": _("unit sama"),
        "effect": _("akibat"),
        "rows": _("baris"),
        "statuses": _("status"),
        "kelas_as": _("dibayar sebagai kelas"),
        "kelas_as_categories": _("untuk kategori"),
        "weight": _("bobot (%)"),
        "rounding": _("pembulatan"),
        "alternates": _("bobot lain"),
        "numerator": _("pembilang"),
        "denominator": _("penyebut"),
        "out_of": _("dari"),
        "cap": _("paling tinggi"),
        "maximum": _("nilai tertinggi"),
        "step": _("selisih terkecil"),
        "bands": _("rentang"),
        "from": _("dari"),
        "to": _("sampai"),
        "score": _("nilai"),
        "proportional": _("sebanding"),
        "start": _("nilai awal"),
        "floor": _("paling rendah"),
        "cap_points": _("poin paling banyak"),
        "zero_if_over": _("menjadi 0 bila poin melebihi"),
        "event": _("kejadian"),
        "tolerance_seconds": _("toleransi (detik)"),
        "checkpoints": _("titik absen"),
        "code": _("kode"),
        "label": _("keterangan"),
        "points": _("poin"),
        "punch": _("absen"),
        "as_code": _("dihitung sebagai"),
        "as_minutes": _("dihitung sebagai menit"),
        "trigger": _("terjadi"),
        "base": _("dasar"),
        "present": _("dihitung hadir"),
        "credit_minutes": _("menit kredit"),
        "cuts": _("pengurangan"),
        "combine": _("bila lebih dari satu"),
        "column": _("kolom"),
        "rates": _("tarif"),
        "ceiling": _("batas atas dasar"),
        "employer_percent": _("persen pemberi kerja"),
        "round_each": _("dibulatkan masing-masing"),
        "codes": _("kode"),
        "required": _("wajib ada"),
        "fact": _("fakta"),
        "node": _("aturan"),
        "target": _("target"),
        "month_targets": _("target bulan tertentu"),
        "entry_days_back": _("batas isi mundur (hari)"),
        "entry_days": _("hitungan hari"),
        "overlap_allowed": _("boleh bertumpuk"),
        "auto_approve_after_days": _("disetujui otomatis sesudah (hari)"),
        "absent_superior": _("bila atasan kosong"),
        "missing_day_points": _("poin hari tanpa laporan"),
        "action": _("tindakan"),
        "scored": _("ikut dinilai"),
        "criterion": _("per kriteria"),
        "carry": _("dasar hitung lanjut"),
        "net": _("bersih"),
        "none": _("tanpa predikat"),
    }
