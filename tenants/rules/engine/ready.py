"""The rule sets that ship with the project."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def ready_rule_sets() -> Mapping[str, str]:
    """YAML text by code of the rule sets that ship with the project, for a region to copy."""
    folder = files("tenants.rules") / "sets"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return MappingProxyType({name.removesuffix(".yaml"): (folder / name).read_text(encoding="utf-8") for name in found})
