"""Golden cases of person-months and the ready rule sets they run on; nothing here needs a database."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tenants.rules.engine import (
    MonthFacts,
    RuleSet,
    Slip,
    dump,
    evaluate,
    evaluate_special,
    load_rule_set,
    ready_rule_sets,
)

# Plain values only, read by libyaml where it is there: every process reads all the files.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
GOLDEN = Path(__file__).parents[3] / "golden" / "tpp"


@cache
def ready(code: str) -> RuleSet:
    """A rule set that ships with the project, else one that only the golden cases have."""
    shipped = ready_rule_sets()
    if code in shipped:
        return load_rule_set(shipped[code])
    return load_rule_set((GOLDEN / "rule_sets" / f"{code}.yaml").read_text(encoding="utf-8"))


def tree(code: str) -> dict[str, Any]:
    """A fresh copy of a ready rule set as plain values, to change in a test."""
    return deepcopy(dump(ready(code)))


@cache
def golden(name: str) -> Any:
    return yaml.load((GOLDEN / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


def amended(code: str, amend: Mapping[str, Any]) -> RuleSet:
    """A ready rule set with a case's changes: other rounding, other values at a path, nodes left out."""
    if not amend:
        return ready(code)
    changed = tree(code)
    changed["examples"] = []
    changed["rounding"].update(amend.get("rounding", {}))
    changed["nodes"] = [node for node in changed["nodes"] if node["id"] not in amend.get("without", ())]
    for change in amend.get("set", ()):
        here: Any = next(node for node in changed["nodes"] if node["id"] == change["node"])
        *way, last = change["path"]
        for step in way:
            here = here[step]
        here[str(last) if isinstance(here, dict) else last] = change["value"]
    return load_rule_set(changed)


def facts_of(content: Mapping[str, Any], case: Mapping[str, Any]) -> MonthFacts:
    """What the file gives to all of its cases and what the case gives itself; null takes a shared fact away."""
    given = {**content["given"], **case.get("given", {})}
    return MonthFacts.from_mapping({name: value for name, value in given.items() if value is not None})


def slip_of(content: Mapping[str, Any], case: Mapping[str, Any]) -> Slip:
    """The slip of a case: of the month, or of THR or the 13th month where the file or the case says so."""
    rule_set, facts = amended(content["rule_set"], case.get("amend", {})), facts_of(content, case)
    special = case.get("special", content.get("special"))
    return evaluate(rule_set, facts) if special is None else evaluate_special(rule_set, facts, special)


def case_named(file: str, start: str) -> tuple[RuleSet, MonthFacts]:
    """Rule set and facts of the first case whose name starts so."""
    content = golden(file)
    case = next(case for case in content["cases"] if case["name"].startswith(start))
    return amended(content["rule_set"], case.get("amend", {})), facts_of(content, case)
