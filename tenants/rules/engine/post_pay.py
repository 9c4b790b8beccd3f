"""Step 2: the post's amount by criterion, acting posts, the status, and what multiplies before any score."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from .conditions import Conditions
from .errors import MissingFact, NoRuleFor
from .nodes import ActingCase, ActingRule
from .prepared import fitting
from .records import ActingPost
from .worksheet import Vector

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)

# The one entry of a pay vector when the table holds the pagu of the post (mode ``total``).
WHOLE: Final = "*"


class PostPay(Conditions):
    """The pay that a full month in the post would bring."""

    def post(self) -> tuple[Vector, Mapping[str, Decimal]]:
        """The amounts before scoring by criterion, and the percents by which a total is shared out."""
        facts, table = self.facts, self.prepared.amounts
        if facts.kelas is None:
            raise MissingFact("kelas", table.id)
        kelas = self.kelas_by_status(facts.kelas)
        chosen = self.acting_posts()
        own = ActingPost("equal", kelas, facts.position_category, facts.unit_category)
        replacing = next(((post, case) for post, case, _ in chosen if case.effect in ("replace", "only")), None)
        paid = replacing[0] if replacing else own
        base, basic, percents = self.amounts_of(paid)
        self.additions = []
        inputs: dict[str, Any] = {"kelas": paid.kelas, "position_category": paid.position_category, "percent": percents}
        if paid.unit_category != "umum":
            inputs["unit_category"] = paid.unit_category
        self.running = _ZERO
        self.pagu_line(
            table, sum(base.values(), _ZERO), base=basic, label=f"{table.label}, kelas {paid.kelas}", inputs=inputs
        )
        acting = self.prepared.acting
        if acting is not None and acting.whole_month:
            for post in facts.acting:
                if not post.whole_month:
                    note = f"{post.title or 'Jabatan lain'} tidak dirangkap sebulan penuh, jadi tidak dibayar."
                    inputs = {"level": post.level, "kelas": post.kelas, "own_kelas": kelas}
                    self.pagu_line(acting, sum(base.values(), _ZERO), inputs=inputs, note=note)
        for post, case, vector in chosen:
            if acting is None or case.effect == "none":
                continue
            inputs = {"level": post.level, "kelas": post.kelas, "percent": case.percent, "own_kelas": kelas}
            if case.effect == "add":
                addition = {name: value * case.percent / _HUNDRED for name, value in vector.items()}
                if not case.scored:
                    self.additions.append((addition, post, case))
                    continue
                for name, value in addition.items():
                    base[name] = base.get(name, _ZERO) + value
                note = f"Ditambah {case.percent} persen besaran jabatan yang dirangkap."
            else:
                base = {name: value * case.percent / _HUNDRED for name, value in base.items()}
                note = f"Dibayar {case.percent} persen besaran jabatan yang dirangkap, bukan besaran jabatan sendiri."
            self.pagu_line(
                acting,
                sum(base.values(), _ZERO),
                base=sum(vector.values(), _ZERO),
                rate=case.percent,
                inputs=inputs,
                note=note,
            )
        self.status_factor(base)
        for multiplier in self.prepared.before_score:
            factor = self.multiplier_factor(multiplier)
            self.figures[multiplier.id] = factor
            if factor != _ONE:
                self.scale(base, factor, multiplier.criteria)
                self.pagu_line(multiplier, sum(base.values(), _ZERO), rate=factor)
        self.bear(base, "before_score")
        self.figures[table.id] = sum(base.values(), _ZERO)
        return base, percents

    def kelas_by_status(self, kelas: int) -> int:
        row = self.prepared.status_rows.get(self.facts.status)
        if row is None or row.kelas_as is None:
            return kelas
        if row.kelas_as_categories and self.facts.position_category not in row.kelas_as_categories:
            return kelas
        return row.kelas_as

    def amounts_of(self, post: ActingPost) -> tuple[Vector, Decimal, Mapping[str, Decimal]]:
        table, prepared = self.prepared.amounts, self.prepared
        values = fitting(prepared.values, post.position_category, post.unit_category)
        percents = fitting(prepared.percents, post.position_category, post.unit_category)
        if values is None or percents is None:
            raise NoRuleFor("position_category", f"{post.position_category}/{post.unit_category}", table.id)
        basic = values.get(post.kelas)
        if basic is None:
            raise NoRuleFor("kelas", f"{post.kelas} ({post.position_category}/{post.unit_category})", table.id)
        if table.mode == "total":
            return {WHOLE: basic}, basic, percents
        return {name: basic * percent / _HUNDRED for name, percent in percents.items()}, basic, percents

    def acting_posts(self) -> list[tuple[ActingPost, ActingCase, Vector]]:
        """The acting posts that count, best first: at most ``max_posts``, of which one may replace the own post."""
        rule = self.prepared.acting
        if rule is None:
            return []
        found: list[tuple[Decimal, ActingPost, ActingCase, Vector]] = []
        for post in self.facts.acting:
            if rule.whole_month and not self.is_held_whole(post, rule):
                continue
            case = next((case for case in rule.cases if self.fits(case, post)), None)
            if case is None:
                raise NoRuleFor("acting", post.level, rule.id)
            vector = self.amounts_of(post)[0]
            found.append((sum(vector.values(), _ZERO) * case.percent / _HUNDRED, post, case, vector))
        found.sort(key=lambda entry: (entry[2].effect == "none", entry[2].effect == "add", -entry[0], entry[1].kelas))
        chosen = [(post, case, vector) for _, post, case, vector in found[: rule.max_posts]]
        return chosen[:1] + [entry for entry in chosen[1:] if entry[1].effect == "add"]

    @staticmethod
    def is_held_whole(post: ActingPost, rule: ActingRule) -> bool:
        if post.whole_month is None:
            raise MissingFact("acting", rule.id)
        return post.whole_month

    def fits(self, case: ActingCase, post: ActingPost) -> bool:
        return (
            case.level in ("any", post.level)
            and (case.same_unit is None or case.same_unit is post.same_unit)
            and (not case.flag or case.flag in self.facts.flags)
        )

    def status_factor(self, base: Vector) -> None:
        node = self.prepared.status
        if node is None:
            return
        row = self.prepared.status_rows.get(self.facts.status)
        if row is None:
            raise NoRuleFor("status", self.facts.status, node.id)
        self.figures[node.id] = row.factor
        if row.factor != _ONE:
            self.scale(base, row.factor, row.criteria)
            total = sum(base.values(), _ZERO)
            self.pagu_line(node, total, rate=row.factor, inputs={"status": self.facts.status})
