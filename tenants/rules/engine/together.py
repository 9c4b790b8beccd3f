"""Pay that depends on other people: two passes over an ordered graph of people and nodes.

A rule set with ``related_score`` nodes asks, for a person, for a result of the superior or of the direct
subordinates. The first pass (``relate``) answers all these questions and freezes the answers in the facts, lower level
before upper where the upper needs it; the second is the ordinary ``evaluate`` of each person alone, which can be
replayed from the frozen facts without anybody else's.

What is defined, so that no order of people and no run can give another result:

* a question's answer is made of its target's result, which may itself ask; questions are answered in the order of
  that graph (person, related node), iteratively, so that no chain is too long;
* nobody there (no superior, one who is not among the people, no subordinates): ``on_vacancy``, the own result or a
  fixed value;
* questions that come back to themselves, through people who report in a circle or to a node within its own target:
  each question on the circle is answered with ``on_cycle``; those that only lead into it are computed from that;
* somebody whose result cannot be computed: whoever asks for it gets ``RelatedFailed``, never a guess.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, Generic, TypeVar

from kernel.money import quotient

from .errors import EvaluationError, FactsError, RelatedFailed
from .evaluation import evaluate, result_of
from .facts import MonthFacts
from .nodes import RelatedScore
from .prepared import Prepared, prepare
from .rule_sets import RuleSet
from .slips import Slip

K = TypeVar("K", bound=Hashable)
# One question: what the related node gives for the person.
Question = tuple[K, str]
Failure = EvaluationError | FactsError
Answer = Decimal | RelatedFailed

_ZERO: Final = Decimal(0)


def evaluate_together(
    rule_set: RuleSet, facts: Mapping[K, MonthFacts], superiors: Mapping[K, K | None]
) -> dict[K, Slip | EvaluationError]:
    """The slip of every person, or the error that keeps it from being computed; nobody's error stops the others."""
    slips: dict[K, Slip | EvaluationError] = {}
    for person, related in relate(rule_set, facts, superiors).items():
        if isinstance(related, EvaluationError):
            slips[person] = related
            continue
        try:
            slips[person] = evaluate(rule_set, related)
        except EvaluationError as error:
            slips[person] = error
    return slips


def relate(
    rule_set: RuleSet,
    facts: Mapping[K, MonthFacts],
    superiors: Mapping[K, K | None],
    failed: Mapping[K, Failure] | None = None,
) -> dict[K, MonthFacts | EvaluationError]:
    """Everybody's facts with ``related`` filled in, in the order of ``facts``; an error for whom that cannot be.

    ``superiors`` names each person's superior (``None``: vacant). ``failed`` are people of the month without facts,
    with the reason: whoever needs them gets an error, where an unknown person counts as vacant. Facts are returned as
    they are when the rule set relates nobody.
    """
    prepared = prepare(rule_set)
    if not prepared.related:
        return dict(facts)
    answers = _Answers(prepared, facts, superiors, failed or {}).answers
    related: dict[K, MonthFacts | EvaluationError] = {}
    for person, own in facts.items():
        found = {node_id: answers[person, node_id] for node_id in prepared.related}
        failure = next((answer for answer in found.values() if isinstance(answer, RelatedFailed)), None)
        values = {node_id: answer for node_id, answer in found.items() if isinstance(answer, Decimal)}
        related[person] = failure or replace(own, related=values)
    return related


class _Answers(Generic[K]):
    """Every question of a month, answered once."""

    def __init__(
        self,
        prepared: Prepared,
        facts: Mapping[K, MonthFacts],
        superiors: Mapping[K, K | None],
        failed: Mapping[K, Failure],
    ) -> None:
        self.prepared = prepared
        self.facts = facts
        self.failed = failed
        self.superiors = superiors
        self.subordinates: dict[K, list[K]] = {}
        for person, superior in superiors.items():
            if superior is not None and superior != person and self.is_there(person):
                self.subordinates.setdefault(superior, []).append(person)
        self.answers: dict[Question[K], Answer] = {}
        # What a person gives under one node: the same for everybody who asks.
        self.results: dict[Question[K], Decimal | Failure] = {}
        questions = [(person, node_id) for person in facts for node_id in prepared.related]
        for circle in components(questions, self.needed):
            if len(circle) > 1 or circle[0] in self.needed(circle[0]):
                self.answers.update({question: prepared.related[question[1]].on_cycle for question in circle})
            else:
                self.answers[circle[0]] = self.answer(circle[0])

    def is_there(self, person: K) -> bool:
        return person in self.facts or person in self.failed

    def asked(self, person: K, node: RelatedScore) -> list[K]:
        """The people whose result answers the question; nobody for a fixed value."""
        if node.of == "superior":
            superior = self.superiors.get(person)
            found = [superior] if superior is not None and superior != person and self.is_there(superior) else []
        else:
            found = self.subordinates.get(person, [])
        return found or ([person] if node.on_vacancy == "own" else [])

    def needed(self, question: Question[K]) -> list[Question[K]]:
        """The questions whose answers this one is made of."""
        node = self.prepared.related[question[1]]
        below = self.prepared.dependencies[node.node]
        if not below:
            return []
        return [(other, node_id) for other in self.asked(question[0], node) if other in self.facts for node_id in below]

    def answer(self, question: Question[K]) -> Answer:
        node = self.prepared.related[question[1]]
        results = [(other, self.result(other, node.node)) for other in self.asked(question[0], node)]
        failures = [(other, result) for other, result in results if not isinstance(result, Decimal)]
        if failures:
            # Always the same one of several, in whatever order the people came.
            other, failure = min(failures, key=lambda entry: (repr(entry[0]), str(entry[1])))
            return _failed(node.id, other, failure)
        values = [result for _, result in results if isinstance(result, Decimal)]
        if not values:
            return node.vacant_value if node.vacant_value is not None else _ZERO
        if node.aggregate == "mean":
            return quotient(sum(values, _ZERO), Decimal(len(values)))
        return min(values)

    def result(self, person: K, node_id: str) -> Decimal | Failure:
        """What the person gives under the node, from answers that are known by now."""
        known = self.results.get((person, node_id))
        if known is None:
            known = self.results[person, node_id] = self.compute(person, node_id)
        return known

    def compute(self, person: K, node_id: str) -> Decimal | Failure:
        if person in self.failed:
            return self.failed[person]
        related: dict[str, Decimal] = {}
        for needed in self.prepared.dependencies[node_id]:
            answer = self.answers[person, needed]
            if not isinstance(answer, Decimal):
                return answer
            related[needed] = answer
        facts = self.facts[person]
        if related or facts.related:
            facts = replace(facts, related=related)
        try:
            return result_of(self.prepared.rule_set, facts, node_id)
        except EvaluationError as error:
            return error


def _failed(node_id: str, person: Hashable, failure: Failure) -> RelatedFailed:
    """Names the one at the root of a chain of people who wait for each other's results."""
    if isinstance(failure, RelatedFailed):
        return RelatedFailed(node_id, failure.person, failure.cause)
    return RelatedFailed(node_id, person, failure)


Q = TypeVar("Q", bound=Hashable)


def components(questions: Iterable[Q], needed: Callable[[Q], list[Q]]) -> Iterator[list[Q]]:
    """The strongly connected components of a graph, each after all that it needs (Tarjan 1972), without recursion."""
    index: dict[Q, int] = {}
    lowest: dict[Q, int] = {}
    open_questions: list[Q] = []
    is_open: set[Q] = set()
    for start in questions:
        if start in index:
            continue
        way: list[tuple[Q, Iterator[Q]]] = []
        entered: Q | None = start
        while entered is not None or way:
            if entered is not None:
                index[entered] = lowest[entered] = len(index)
                open_questions.append(entered)
                is_open.add(entered)
                way.append((entered, iter(needed(entered))))
                entered = None
            here, others = way[-1]
            for other in others:
                if other not in index:
                    entered = other
                    break
                if other in is_open:
                    lowest[here] = min(lowest[here], index[other])
            if entered is not None:
                continue
            way.pop()
            if way:
                above = way[-1][0]
                lowest[above] = min(lowest[above], lowest[here])
            if lowest[here] == index[here]:
                found: list[Q] = []
                while not found or found[-1] != here:
                    found.append(open_questions.pop())
                    is_open.discard(found[-1])
                yield found
