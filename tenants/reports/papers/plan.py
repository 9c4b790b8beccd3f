"""Which papers an OPD-month has: the region's document set read by its words, else what most regions hand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tenants.reports.papers.columns import KNOWN_ELSEWHERE, Column, ColumnCatalogue
from tenants.reports.papers.kinds import (
    ALWAYS,
    CATALOGUE,
    OF_DIFFERENCES,
    USUAL,
    PaperKind,
    kind_named,
    plain,
    role_named,
)
from tenants.rules.engine import DocumentSet, RuleSet, document_set

# Printed apart where the rule set does not say which statuses are.
_USUALLY_APART: Final = ("PPPK",)
ORDINARY: Final = "ordinary"
DIFFERENCE: Final = "difference"
# What is paid, by kind of run.
KIND_WORDS: Final = {
    ORDINARY: "TPP",
    "thr": "TPP Tunjangan Hari Raya",
    "thirteenth": "TPP Ketiga Belas",
    DIFFERENCE: "Selisih TPP",
}


@dataclass(frozen=True, slots=True)
class PlannedPaper:
    """A paper of the set: the region's title, its columns and who signs. `unknown` are words that nothing means."""

    kind: PaperKind
    title: str
    columns: tuple[Column, ...]
    roles: tuple[int, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The papers in order, the statuses that have lists of their own, and titles that the platform does not print."""

    papers: tuple[PlannedPaper, ...]
    apart: tuple[str, ...]
    not_printed: tuple[str, ...] = ()

    def paper(self, code: str) -> PlannedPaper | None:
        """The paper with this code."""
        return next((paper for paper in self.papers if paper.kind.code == code), None)

    @property
    def parts(self) -> tuple[str, ...]:
        """ "" for everybody who is not apart, then each status apart."""
        return ("", *self.apart)


def plan_of(rule_set: RuleSet, kind: str = ORDINARY) -> Plan:
    """The plan of a kind of run under this rule set."""
    said = document_set(rule_set)
    apart = _USUALLY_APART if said is None else said.statuses_apart
    if kind == DIFFERENCE:
        return Plan(tuple(PlannedPaper(paper, paper.title, (), paper.roles) for paper in OF_DIFFERENCES), tuple(apart))
    catalogue = ColumnCatalogue(rule_set)
    not_printed: list[str] = []
    if said is None:
        papers = [_usual(usual, catalogue) for usual in USUAL]
    else:
        papers, not_printed = _said(said, catalogue)
    there = {paper.kind.code for paper in papers}
    papers += [_usual(always, catalogue) for always in ALWAYS if always.code not in there]
    if kind != ORDINARY:
        papers = [paper for paper in papers if not paper.kind.of_scores]
    return Plan(tuple(papers), tuple(apart), tuple(not_printed))


def _usual(kind: PaperKind, catalogue: ColumnCatalogue) -> PlannedPaper:
    columns, _ = _columns(kind.columns, catalogue)
    return PlannedPaper(kind, kind.title, columns, kind.roles)


def _said(said: DocumentSet, catalogue: ColumnCatalogue) -> tuple[list[PlannedPaper], list[str]]:
    papers: dict[str, PlannedPaper] = {}
    strangers: list[str] = []
    for entry in said.documents:
        kind = kind_named(entry.title)
        if entry.per in ("employee", "region"):
            # Slips, and lists over all OPDs: neither is in an OPD's set.
            continue
        if kind is None or kind.code in papers:
            strangers.append(entry.title)
            continue
        columns, unknown = _columns(entry.columns or kind.columns, catalogue)
        roles = tuple(role for role in map(role_named, entry.signers) if role is not None)
        strange = tuple(words for words in entry.signers if role_named(words) is None)
        papers[kind.code] = PlannedPaper(
            kind,
            entry.title,
            columns or _columns(kind.columns, catalogue)[0],
            tuple(dict.fromkeys(roles)) or kind.roles,
            (*unknown, *strange),
        )
    order = [kind.code for kind in CATALOGUE]
    return sorted(papers.values(), key=lambda paper: order.index(paper.kind.code)), strangers


def _columns(words: Iterable[str], catalogue: ColumnCatalogue) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns that the words mean, each once, and the words that mean none."""
    found: dict[str, Column] = {}
    unknown: list[str] = []
    for name in words:
        columns = catalogue.named(name)
        if not columns and plain(name) not in KNOWN_ELSEWHERE:
            unknown.append(name)
        for column in columns:
            found.setdefault(column.code, column)
    return tuple(found.values()), tuple(unknown)


def others(apart: Sequence[str]) -> str:
    """What the list of those who are not apart is called."""
    return "PNS dan CPNS" if "PPPK" in apart else "Semua pegawai"
