"""From pairs of measurements to ratios, verdicts and the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

# More between the pairs of one cell, and it is to be repeated, not believed.
WIDEST_SPREAD: Final = 1.3
QUIET_CORES: Final = 0.3


@dataclass(frozen=True)
class Measured:
    """One measurement of a floor or of the product: the value that is compared, everything else for the JSON line."""

    value: float
    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CellResult:
    """All pairs of one cell. `target` is the largest ratio that is accepted; None where only the figures are told."""

    name: str
    floor_name: str
    unit: str
    target: float | None
    pairs: Sequence[tuple[Measured, Measured]]
    statements: int | None = None
    most_statements: int | None = None

    @property
    def ratios(self) -> list[float]:
        return [ours.value / floor.value for floor, ours in self.pairs]

    @property
    def ratio(self) -> float:
        """The median over the pairs."""
        return median(self.ratios)

    @property
    def wrong(self) -> list[str]:
        return [words for pair in self.pairs for side in pair for words in side.wrong]

    @property
    def other_cores(self) -> float:
        """The most that others used during one measurement."""
        return max((side.figures.get("other_cores", 0.0) for pair in self.pairs for side in pair), default=0.0)

    @property
    def verdict(self) -> str:
        """`wrong` beats everything; `repeat` is a good median whose pairs differ too much."""
        if self.wrong:
            return "wrong"
        if self.target is None:
            return "-"
        if self.ratio > self.target:
            return "missed"
        if self.most_statements is not None and (self.statements or 0) > self.most_statements:
            return "missed (statements)"
        return "met" if max(self.ratios) / min(self.ratios) <= WIDEST_SPREAD else "met, spread: repeat"


def ratio_table(results: Sequence[CellResult]) -> str:
    """Markdown: ratios to the floors of the same run."""
    lines = [
        "| Workload | Floor | Floor | Ours | Unit | Ratio: median (min to max) | Target | Statements | Verdict |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        floor = median(pair[0].value for pair in result.pairs)
        ours = median(pair[1].value for pair in result.pairs)
        most = f" (at most {result.most_statements})" if result.most_statements is not None else ""
        lines.append(
            f"| {result.name} | {result.floor_name} | {_short(floor)} | {_short(ours)} | {result.unit} "
            f"| **{result.ratio:.2f}** ({min(result.ratios):.2f} to {max(result.ratios):.2f}) "
            f"| {'-' if result.target is None else f'{result.target:g}'} "
            f"| {'-' if result.statements is None else result.statements}{most} | {result.verdict} |"
        )
    return "\n".join(lines)


def wall_table(results: Sequence[CellResult]) -> str:
    """Markdown: what a clock on the wall saw, with what others used of the machine meanwhile."""
    lines = [
        "| Workload | Side | A second | p50 ms | p95 ms | p99 ms | Other cores (most) |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in results:
        for side, number in (("floor", 0), ("ours", 1)):
            told = [pair[number].figures for pair in result.pairs]
            if "per_second" not in told[0]:
                continue
            steps: list[dict[str, Any]] = [next(iter(figures["steps"].values()), {}) for figures in told]
            lines.append(
                f"| {result.name} | {side} | {median(f['per_second'] for f in told):.0f} "
                + "".join(f"| {_median_of(steps, key)} " for key in ("p50_ms", "p95_ms", "p99_ms"))
                + f"| {max(f['other_cores'] for f in told):.1f} |"
            )
    return "\n".join(lines)


def _median_of(steps: Sequence[dict[str, Any]], key: str) -> str:
    values = [step[key] for step in steps if step.get(key) is not None]
    return f"{median(values):.0f}" if values else "-"


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
