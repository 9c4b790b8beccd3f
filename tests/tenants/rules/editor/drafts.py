"""Trees to edit, and what a browser sends of a form."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.http import QueryDict

from tenants.rules.editor.controls import Control
from tenants.rules.editor.sheets import Sheet
from tenants.rules.engine import RuleSet, dump, load_rule_set, ready_rule_sets


@lru_cache(maxsize=32)
def ready(code: str) -> RuleSet:
    return load_rule_set(ready_rule_sets()[code])


def tree_of(code: str) -> dict[str, Any]:
    return dump(ready(code))


def sent(controls: Iterable[Control]) -> QueryDict:
    """The fields that a browser sends for these inputs, as they stand."""
    data = QueryDict(mutable=True)
    for control in controls:
        _put(control, data)
    return data


def _put(control: Control, data: QueryDict) -> None:
    if control.kind in ("record", "variants"):
        for inner in control.controls:
            _put(inner, data)
    elif control.kind in ("table", "groups"):
        for row in control.rows:
            for inner in row.controls:
                _put(inner, data)
    elif control.kind == "choices":
        data.setlist(control.name, control.value)
    elif control.kind != "flag" or control.value:
        data[control.name] = control.value


def typed_into(sheet: Sheet, **fields: str) -> Sheet:
    """The sheet with these inputs changed; two underscores stand for a dash in a name."""
    data = sent(sheet.controls())
    for name, value in fields.items():
        data[name.replace("__", "-")] = value
    return sheet.filled_from(data)
