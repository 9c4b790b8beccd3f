"""The columns of the lists: what a person's slip and frozen facts have under each name that a document set uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.money import exact, quotient
from kernel.papers.values import Form, Value, cut
from tenants.reports.papers.kinds import plain
from tenants.rules.engine import BEHAVIOUR_VALUES, Node, RuleSet, children_of, event_codes
from tenants.tpp.models import Slip


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a paper: the slip, its frozen facts as JSON, and figures that stand on single lines only."""

    slip: Slip
    facts: Mapping[str, Any]
    # Sum of the points off the discipline score, and what the employer pays of the contributions, rupiah.
    points: Decimal | None = None
    employer: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `exact` is the value before it was rounded, where the rules round it; `group` a shared heading."""

    code: str
    title: str
    value: Callable[[Row], Value]
    form: Form = "money"
    group: str = ""
    width: int = 13
    exact: Callable[[Row], Decimal | None] | None = None

    @property
    def is_summed(self) -> bool:
        return self.form in ("money", "count")


class ColumnCatalogue:
    """What a rule set's own figures, criteria and event codes are called, and the columns that they give."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rules = rule_set
        self._nodes = tuple(_walk(rule_set.nodes))
        self._named: dict[str, Callable[[], tuple[Column, ...]]] = {
            "hari kerja": lambda: (_fact("hari-kerja", "Hari kerja", "working_days", "count"),),
            "jumlah tiap kode kehadiran": self._counts,
            "kode kehadiran": self._counts,
            "persentase hadir": self._presence,
            "persentase kehadiran": self._presence,
            "poin pelanggaran": lambda: (
                Column("poin", "Poin pelanggaran", lambda row: row.points, "figure", width=10),
            ),
            "nilai disiplin": lambda: self._scores("deduction_score"),
            "bobot disiplin": self._discipline,
            "persentase skp": lambda: self._scores("ratio_score", reads="skp_score") or (_predikat(),),
            "tujuh nilai perilaku": self._behaviour,
            "nilai perilaku": self._behaviour,
            "bobot produktivitas": self._productivity,
            "tiap bobot": self._parts,
            "jumlah persentase": self._whole,
            "persentase": self._whole,
            "tiap kriteria": self._criteria,
            "jumlah tiap kriteria": self._criteria,
            "besaran dasar": lambda: (_money("pagu", "Besaran dasar", "pagu"),),
            "iuran 4 persen": lambda: (Column("iuran-pemberi-kerja", "Iuran 4%", lambda row: row.employer),),
            "gaji": lambda: (Column("gaji", "Gaji", _salary),),
            **{name: _of_slip(code, title, field) for names, code, title, field in _MONEY for name in names},
        }

    def named(self, words: str) -> tuple[Column, ...]:
        """The columns that these words mean; none for a stranger.

        Besides the platform's own names the labels of the rule set's criteria and figures count, also shortened
        (`Prestasi kerja` for `TPP prestasi kerja`).
        """
        name = plain(words)
        if name in self._named:
            return self._named[name]()
        for code, title in self._rules.criteria.items():
            if name in plain(title.label) or plain(title.label) in name:
                return (_criterion(code, title.label),)
        for node in self._nodes:
            if plain(node.label) == name:
                return (_figure(node.id, node.label),)
        return ()

    @property
    def presence(self) -> Callable[[Row], Decimal | None]:
        """Percent of the working days that the person was present."""
        node = next((node for node in self._nodes if getattr(node, "numerator", None) == "present_days"), None)
        absences = {code.code for code in event_codes(self._rules).values() if code.trigger and not code.present}

        def counted(row: Row) -> Decimal | None:
            days = row.facts.get("working_days") or 0
            absent = sum(count for code, count in row.facts.get("counts", {}).items() if code in absences)
            return cut(quotient(Decimal(100 * max(days - absent, 0)), Decimal(days))) if days else None

        return counted if node is None else lambda row: _figure_of(row, node.id)

    @property
    def criteria(self) -> Mapping[str, str]:
        """Label of each criterion by its code."""
        return {code: title.label for code, title in self._rules.criteria.items()}

    def averages(self) -> tuple[tuple[str, Callable[[Row], Decimal | None]], ...]:
        """What the covering letter tells the mean of: presence, then each weighted part below the whole."""
        parts = self._parts()
        return (
            ("Persentase kehadiran", self.presence),
            *((column.title, _decimal_of(column)) for column in parts),
        )

    def _counts(self) -> tuple[Column, ...]:
        return tuple(
            Column(f"kode-{code.lower()}", code, _count_of(code), "count", group="Jumlah kejadian", width=7)
            for code in sorted(event_codes(self._rules))
        )

    def _presence(self) -> tuple[Column, ...]:
        return (Column("hadir", "Hadir (%)", self.presence, "figure", width=9),)

    def _scores(self, kind: str, *, reads: str = "") -> tuple[Column, ...]:
        return tuple(
            _figure(node.id, node.label)
            for node in self._nodes
            if node.kind == kind and (not reads or getattr(node, "numerator", None) == reads)
        )

    def _discipline(self) -> tuple[Column, ...]:
        return tuple(_figure(node.id, node.label) for node in self._nodes if _is_discipline(node))

    def _behaviour(self) -> tuple[Column, ...]:
        seven = tuple(
            Column(f"perilaku-{place}", name, _behaviour_of(place), "figure", group="Perilaku kerja", width=9)
            for place, name in enumerate(_short_names(BEHAVIOUR_VALUES))
        )
        return (*seven, Column("perilaku", "Jumlah", _behaviour_sum, "figure", group="Perilaku kerja", width=9))

    def _productivity(self) -> tuple[Column, ...]:
        return tuple(_figure(node.id, node.label) for node in self._tops() if not _is_discipline(node))

    def _parts(self) -> tuple[Column, ...]:
        return tuple(_figure(node.id, node.label) for node in self._tops())

    def _tops(self) -> Iterable[Node]:
        """The parts right below the whole, or the whole itself where it has none."""
        for root in self._rules.nodes:
            if root.kind == "part_weight":
                parts = [node for node in children_of(root) if node.kind == "part_weight"]
                yield from parts or [root]

    def _whole(self) -> tuple[Column, ...]:
        return tuple(_figure(root.id, f"{root.label} (%)") for root in self._rules.nodes if root.kind == "part_weight")

    def _criteria(self) -> tuple[Column, ...]:
        return tuple(_criterion(code, title.label) for code, title in self._rules.criteria.items())


def _walk(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        yield node
        yield from _walk(children_of(node))


def _is_discipline(node: Node) -> bool:
    return node.kind == "part_weight" and any(child.kind == "deduction_score" for child in children_of(node))


def _short_names(names: Iterable[str]) -> list[str]:
    return [name.replace("_", " ").capitalize() for name in names]


def _fact(code: str, title: str, name: str, form: Form) -> Column:
    return Column(code, title, lambda row: row.facts.get(name), form, width=8)


def _count_of(code: str) -> Callable[[Row], Value]:
    return lambda row: row.facts.get("counts", {}).get(code, 0)


def _behaviour_of(place: int) -> Callable[[Row], Value]:
    def value(row: Row) -> Value:
        scores = row.facts.get("behaviour_scores") or []
        return exact(scores[place]) if scores else None

    return value


def _behaviour_sum(row: Row) -> Value:
    scores = row.facts.get("behaviour_scores") or []
    total = row.facts.get("behaviour_sum")
    if total is not None:
        return exact(total)
    return sum((exact(score) for score in scores), Decimal(0)) if scores else None


def _salary(row: Row) -> Value:
    amount = row.facts.get("salary_base")
    return None if amount is None else exact(amount)


def _predikat() -> Column:
    return Column("predikat", "Predikat SKP", _predikat_of, "text", width=16)


def _predikat_of(row: Row) -> Value:
    words = row.facts.get("predikat")
    return None if words is None else str(words).replace("_", " ").capitalize()


def _figure_of(row: Row, node_id: str) -> Decimal | None:
    figure = row.slip.figures.get(node_id)
    return None if figure is None else exact(figure)


def _figure(node_id: str, title: str) -> Column:
    return Column(node_id, title, lambda row: _figure_of(row, node_id), "figure", width=11)


def _decimal_of(column: Column) -> Callable[[Row], Decimal | None]:
    def value(row: Row) -> Decimal | None:
        found = column.value(row)
        return found if isinstance(found, Decimal) else None

    return value


def _criterion(code: str, title: str) -> Column:
    return Column(f"kriteria-{code.lower()}", title, lambda row: exact(row.slip.criteria.get(code, "0")))


def _money(code: str, title: str, field: str) -> Column:
    def value(row: Row) -> Value:
        amount: Decimal = getattr(row.slip, field)
        return amount

    def unrounded(row: Row) -> Decimal | None:
        figure = row.slip.unrounded.get("deductions" if field == "other_deductions" else field)
        return None if figure is None else exact(figure)

    return Column(code, title, value, exact=unrounded)


def _of_slip(code: str, title: str, field: str) -> Callable[[], tuple[Column, ...]]:
    return lambda: (_money(code, title, field),)


# Names that regions use, code, title, and the slip's amount.
_MONEY: Final = (
    (("pagu", "pagu tpp"), "pagu", "Pagu TPP", "pagu"),
    (("jumlah", "bruto", "tpp bruto", "jumlah tpp"), "bruto", "Jumlah TPP", "gross"),
    (("pph", "pph 21", "pajak"), "pph", "PPh 21", "tax"),
    (("bpjs", "bpjs 1 persen", "iuran", "iuran 1 persen"), "iuran", "BPJS 1%", "contributions"),
    (("potongan lain",), "potongan", "Potongan lain", "other_deductions"),
    (("pembulatan",), "pembulatan", "Pembulatan", "rounding"),
    (("bersih", "tpp bersih", "jumlah bersih", "diterima", "jumlah diterima"), "bersih", "Jumlah bersih", "net"),
)
# What a document set may name without its being a column: these stand in the list already, or in the letter's text.
KNOWN_ELSEWHERE: Final = frozenset(
    {
        "nama",
        "nip",
        "golongan",
        "jabatan",
        "kelas",
        "no",
        "tanda tangan",
        "kode rekening",
        "rata-rata",
        "selisih",
        "hukuman disiplin",
    }
)
