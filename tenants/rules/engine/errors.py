"""What can go wrong with a rule set, with the facts of a person-month, or with a calculation."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a rule set. ``path`` leads to the place (``nodes[2].bands[0].to``), ``node_id`` names the
    node when it has a readable one, ``message`` is for a person, in Bahasa Indonesia."""

    path: str
    message: str
    node_id: str = ""


class RuleSetError(ValueError):
    """The rule set is refused; ``problems`` lists everything found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.message}" if p.path else p.message for p in self.problems))


class FactsError(ValueError):
    """The facts are not well-formed: a float, a negative count, days that do not match the counts."""

    def __init__(self, fact: str, reason: str) -> None:
        self.fact = fact
        self.reason = reason
        super().__init__(f"{fact}: {reason}")


class EvaluationError(Exception):
    """This person-month cannot be computed. The run shows it as that person's error row."""

    node_id: str = ""


class MissingFact(EvaluationError):
    """A rule needs a fact that is not known for this person-month."""

    def __init__(self, fact: str, node_id: str) -> None:
        self.fact = fact
        self.node_id = node_id
        super().__init__(f"fact {fact!r} is missing, needed by {node_id!r}")


class NoRuleFor(EvaluationError):
    """The rule set says nothing about a value that the facts carry (a status, a class, an event code)."""

    def __init__(self, fact: str, value: str, node_id: str) -> None:
        self.fact = fact
        self.value = value
        self.node_id = node_id
        super().__init__(f"no rule for {fact} {value!r} in {node_id or 'the rule set'!r}")


class NotInForce(EvaluationError):
    """The rule set is not in force in the month of the facts."""

    def __init__(self, code: str, month: str) -> None:
        self.code = code
        self.month = month
        super().__init__(f"rule set {code!r} is not in force in {month}")


class RelatedFailed(EvaluationError):
    """A rule needs the result of another person, which cannot be computed. ``person`` is the key by which the caller
    knows that person, ``cause`` what is wrong there."""

    def __init__(self, node_id: str, person: Hashable, cause: Exception) -> None:
        self.node_id = node_id
        self.person = person
        self.cause = cause
        super().__init__(f"{node_id!r} needs the result of {person!r}: {cause}")


class TooManyDigits(EvaluationError):
    """The facts are written with so many decimals that their product cannot be exact."""


class NetBelowZero(EvaluationError):
    """The deductions are larger than the gross amount."""

    def __init__(self, net: str) -> None:
        self.net = net
        super().__init__(f"net would be {net}")


class PartsDoNotAddUp(AssertionError):
    """The lines of a slip do not add up to its totals: a defect of the engine, never of the facts."""

    def __init__(self, total: str, expected: str, found: str) -> None:
        self.total = total
        super().__init__(f"{total}: lines give {found}, total is {expected}")
