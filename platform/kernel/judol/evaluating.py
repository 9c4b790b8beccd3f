"""How good the detector is on names it was not tuned with, and how that is reckoned.

The labelled comments are cut into three parts that share no name shaped like a brand. Each part in turn is held out: a
model trained on the two others and on the benign texts outside judges it together with the rules. What stands in the
table are the three held-out parts together; the worst of them is printed beside it.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from typing_extensions import override

from . import judge_text, text_print, text_sketch
from .disguises import DISGUISES, disguised
from .linear import Model
from .opinion import heard, verdict_of
from .scoring import Judgement, Verdict
from .training import matrix, trained
from .tuning import PARTS, Labelled, Tuning, names_in, parts_of, to_train_with

BLOCK_PRECISION: Final = 0.98
BLOCK_RECALL: Final = 0.80
REVIEW_RECALL: Final = 0.95
FALSE_BLOCKS: Final = 0.0002
FALSE_REVIEWS: Final = 0.004
DISGUISED_RECALL: Final = 0.85
SHORT_MS: Final = 5.0
LONG_MS: Final = 40.0
_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with the Wilson interval at 95 %."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound; 0 to 1 when there is nothing to count."""
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.value
        middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        reach = _Z / (1 + _Z * _Z / n) * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    @override
    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.4f} ({low:.4f} to {high:.4f}) {self.hits}/{self.of}"


@dataclass(frozen=True, slots=True)
class Tier:
    """Precision and recall of what at least reached a tier."""

    precision: Share
    recall: Share


def tier_of(verdicts: Iterable[tuple[Verdict, bool]], reached: frozenset[Verdict]) -> Tier:
    """`verdicts`: of each text, with whether it really promotes."""
    true = false = missed = 0
    for verdict, promotes in verdicts:
        if verdict in reached:
            true += promotes
            false += not promotes
        else:
            missed += promotes
    return Tier(Share(true, true + false), Share(true, true + missed))


BLOCKED: Final = frozenset({Verdict.BLOCK})
REVIEWED: Final = frozenset({Verdict.BLOCK, Verdict.REVIEW})


@dataclass(slots=True)
class Report:
    """What `evaluate_judol` prints, and which bounds were missed."""

    lines: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def say(self, line: str = "") -> None:
        """One more line."""
        self.lines.append(line)

    def bound(self, name: str, value: float, least: float | None = None, most: float | None = None) -> None:
        """Compare a figure with its bound."""
        if least is not None and value < least:
            self.missed.append(f"{name}: {value:.4f} is below {least}")
        if most is not None and value > most:
            self.missed.append(f"{name}: {value:.5f} is above {most}")


@dataclass(frozen=True, slots=True)
class _Held:
    """A text after both opinions, by a model that did not see its names."""

    text: Labelled
    part: int
    rules: Judgement
    model: float

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.rules.score, self.model, in_context=self.rules.in_context)


def evaluate(tuning: Tuning, *, disguise_at_most: int = 1500) -> Report:
    """The whole evaluation. Takes some minutes on the tuning set of the project."""
    report = Report()
    comments, parts = tuning.comments, parts_of(tuning.comments)
    benign = {name: (texts, [_line_part(at) for at in range(len(texts))]) for name, texts in tuning.benign.items()}
    models = _models(tuning, parts)
    held = [
        _Held(text, part, judge_text(text.text), models[part].of_words(text.words))
        for text, part in zip(comments, parts, strict=True)
    ]
    _say_parts(report, comments, parts)
    _say_tiers(report, held)
    for name, (texts, lines) in benign.items():
        _say_benign(report, name, [_benign(text, part, models) for text, part in zip(texts, lines, strict=True)])
    _say_disguises(report, held, models, disguise_at_most)
    _say_times(report, tuning, models[0])
    return report


def _line_part(at: int) -> int:
    return at % PARTS


def _models(tuning: Tuning, parts: Sequence[int]) -> list[Model]:
    """For each part a model that learnt from the two others."""
    learnt = to_train_with(tuning)
    in_part = [_line_part(at) if name else parts[at] for name, at, _text in learnt]
    rows: Any = matrix([text for _name, _at, text in learnt])
    found = []
    for held_out in range(PARTS):
        chosen = [at for at, part in enumerate(in_part) if part != held_out]
        found.append(trained(rows[chosen], [learnt[at][2].promotes for at in chosen]))
    return found


def _benign(text: Labelled, part: int, models: Sequence[Model]) -> _Held:
    return _Held(text, part, judge_text(text.text), models[part].of_words(text.words))


def _say_parts(report: Report, comments: Sequence[Labelled], parts: Sequence[int]) -> None:
    for part in range(PARTS):
        inside = [text for text, at in zip(comments, parts, strict=True) if at == part]
        outside = names_in(text for text, at in zip(comments, parts, strict=True) if at != part)
        shared = sum(1 for text in inside if text.brands & outside)
        promoting = sum(text.promotes for text in inside)
        report.say(
            f"held-out part {part + 1}: {len(inside)} texts, {promoting} promote, "
            f"{len(names_in(inside))} names shaped like a brand, {shared} texts with a name of the training parts"
        )
    report.say()


def _say_tiers(report: Report, held: Sequence[_Held]) -> None:
    ways: tuple[tuple[str, Callable[[_Held], Verdict]], ...] = (
        ("rules alone", lambda one: one.rules.verdict),
        ("rules and model", lambda one: one.verdict),
    )
    for name, verdict in ways:
        pairs = [(verdict(one), one.text.promotes) for one in held]
        for tier, reached in (("block", BLOCKED), ("review", REVIEWED)):
            got = tier_of(pairs, reached)
            worst = min(
                tier_of([(verdict(o), o.text.promotes) for o in held if o.part == part], reached).recall.value
                for part in range(PARTS)
            )
            report.say(f"{name:<16} {tier:<7} P {got.precision}   R {got.recall}   worst part R {worst:.4f}")
            if name == "rules and model" and tier == "block":
                report.bound("block precision", got.precision.value, least=BLOCK_PRECISION)
                report.bound("block recall", got.recall.value, least=BLOCK_RECALL)
            if name == "rules and model" and tier == "review":
                report.bound("review recall", got.recall.value, least=REVIEW_RECALL)
    report.say()


def _say_benign(report: Report, name: str, held: Sequence[_Held]) -> None:
    blocked = Share(sum(1 for one in held if one.verdict in BLOCKED), len(held))
    reviewed = Share(sum(1 for one in held if one.verdict in REVIEWED), len(held))
    report.say(f"false alarms, {name:<12} block {blocked}   review {reviewed}")
    report.bound(f"false blocks, {name}", blocked.value, most=FALSE_BLOCKS)
    report.bound(f"false reviews, {name}", reviewed.value, most=FALSE_REVIEWS)


def _say_disguises(report: Report, held: Sequence[_Held], models: Sequence[Model], at_most: int) -> None:
    promoting = [one for one in held if one.text.promotes]
    step = max(1, len(promoting) // at_most)
    sample = promoting[::step]
    report.say()
    worst: tuple[float, str] = (1.0, "none")
    for name in DISGUISES:
        seen = 0
        for one in sample:
            text = disguised(one.text.text, name)
            verdict = heard(judge_text(text), text, models[one.part]).verdict
            seen += verdict in REVIEWED
        share = Share(seen, len(sample))
        worst = min(worst, (share.value, name))
        report.say(f"disguise {name:<22} R {share}")
    report.say(f"worst disguise: {worst[1]}, R {worst[0]:.4f}")
    report.bound(f"recall of the worst disguise ({worst[1]})", worst[0], least=DISGUISED_RECALL)


def _say_times(report: Report, tuning: Tuning, model: Model) -> None:
    words = [text.text for text in tuning.comments[:4000]] + [t.text for some in tuning.benign.values() for t in some]
    stream = " ".join(words)
    report.say()
    for who, work in (("both opinions", partial(_both, model)), ("inline", _inline)):
        for name, length, bound, times in (("200 characters", 200, SHORT_MS, 600), ("10 KB", 10_000, LONG_MS, 60)):
            step = max(1, (len(stream) - length) // times)
            p50, p95 = _times_of(work, [stream[start : start + length] for start in range(0, step * times, step)])
            report.say(f"CPU time, {who:<13} {name:<15} p50 {p50:.2f} ms   p95 {p95:.2f} ms")
            report.bound(f"p95 of {name}, {who}, in ms", p95, most=bound)


def _both(model: Model, text: str) -> None:
    heard(judge_text(text), text, model)


def _inline(text: str) -> None:
    """What a write of a suspicious text costs: the rules, and the two marks that go with its event."""
    judge_text(text)
    text_print(text)
    text_sketch(text)


def _times_of(work: Callable[[str], None], texts: Iterable[str]) -> tuple[float, float]:
    """Median and 95th percentile of the CPU time of each text, in milliseconds."""
    took = []
    for text in texts:
        began = time.thread_time()
        work(text)
        took.append((time.thread_time() - began) * 1000)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95)]
