"""The bill of materials (CycloneDX, JSON) of what runs in production: `make sbom` writes dist/sbom.json.

    python -m infra.local.sbom [file]

cyclonedx-py describes everything that is installed; what only tests and developers use is taken out again, by following
the requirements of pyproject.toml with their extras and markers. The bytes are the same for the same environment.
Source: security note, 5 (ASVS 15.1.1, 15.1.2).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
TARGET = CHECKOUT / "dist" / "sbom.json"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def runtime() -> set[str]:
    """The canonical names of every library that the product needs to run, on this system and Python."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    found: set[tuple[str, str]] = set()
    _follow(project["dependencies"], frozenset({""}), found)
    return {name for name, _ in found}


def _follow(lines: Iterable[str], extras: frozenset[str], found: set[tuple[str, str]]) -> None:
    for requirement in map(Requirement, lines):
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        fresh = {(name, extra) for extra in {"", *requirement.extras}} - found
        if fresh:
            found |= fresh
            _follow(metadata.requires(name) or [], frozenset(extra for _, extra in fresh) | {""}, found)


def described() -> dict[str, Any]:
    """The bill of the running environment, without what the product does not need to run."""
    with tempfile.TemporaryDirectory(prefix="kinerja-") as directory:
        whole = Path(directory) / "whole.json"
        tool = str(Path(sys.executable).parent / "cyclonedx-py")
        command = [tool, "environment", sys.executable, "--pyproject", str(CHECKOUT / "pyproject.toml")]
        subprocess.run([*command, "--output-reproducible", "-o", str(whole)], check=True, capture_output=True)
        bill: dict[str, Any] = json.loads(whole.read_text())
    needed = runtime()
    bill["components"] = [item for item in bill["components"] if canonicalize_name(item["name"]) in needed]
    kept = {item["bom-ref"] for item in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    bill["dependencies"] = [
        {**item, **({"dependsOn": [ref for ref in item["dependsOn"] if ref in kept]} if "dependsOn" in item else {})}
        for item in bill["dependencies"]
        if item["ref"] in kept
    ]
    return bill


def wrong(bill: dict[str, Any]) -> list[str]:
    """What speaks against the bill: a library that is needed and missing, or not in the version that the lock names."""
    locked: dict[str, set[str]] = {}
    for name, version in LOCKED.findall((CHECKOUT / "requirements.lock").read_text()):
        locked.setdefault(canonicalize_name(name), set()).add(version)
    named = {canonicalize_name(item["name"]): item["version"] for item in bill["components"]}
    return [f"{name} is missing" for name in sorted(runtime() - named.keys())] + [
        f"{name} {version} is not what requirements.lock names"
        for name, version in sorted(named.items())
        if version not in locked.get(name, set())
    ]


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    bill = described()
    if problems := wrong(bill):
        sys.exit("\n".join(problems))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    print(f"{len(bill['components'])} libraries in {target}")


if __name__ == "__main__":
    main()
