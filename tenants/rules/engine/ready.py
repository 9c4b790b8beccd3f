"""The rule sets that ship with the project."""

from importlib.resources import files


def ready_rule_sets() -> dict[str, str]:
    """YAML text by code of the rule sets that ship with the project, for a region to copy."""
    folder = files("tenants.rules") / "sets"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): (folder / name).read_text(encoding="utf-8") for name in found}
