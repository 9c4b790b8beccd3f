"""requirements.lock, read as pip reads it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from importlib.metadata import packages_distributions

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.local.services import CHECKOUT

TEXT = (CHECKOUT / "requirements.lock").read_text()
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def requirements() -> Iterator[tuple[Requirement, int]]:
    """Each requirement with the number of its hashes."""
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    for logical in "\n".join(lines).replace("\\\n", " ").splitlines():
        yield Requirement(HASH.split(logical)[0].strip()), len(HASH.findall(logical))


def wanted() -> Iterator[Requirement]:
    """What pyproject.toml asks for, in the runtime and in its groups."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    lists = [
        project["project"]["dependencies"],
        *project["dependency-groups"].values(),
        project["build-system"]["requires"],
    ]
    for texts in lists:
        yield from map(Requirement, texts)


def test_it_names_no_host_and_no_place_to_look() -> None:
    assert not re.search(r"://|file:|--(extra-)?index-url|--find-links|--trusted-host|-e ", TEXT)


def test_every_requirement_is_one_version_with_hashes() -> None:
    found = list(requirements())
    assert len(found) > 80
    for requirement, hashes in found:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes > 0, requirement


@pytest.mark.parametrize("python", ["3.11.7", "3.12.1", "3.13.0"])
def test_it_answers_all_that_the_project_asks_for(python: str) -> None:
    environment: dict[str, str | AbstractSet[str]] = {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "sys_platform": "linux",
        "platform_machine": "x86_64",
    }
    locked = {
        canonicalize_name(requirement.name): requirement
        for requirement, _ in requirements()
        if requirement.marker is None or requirement.marker.evaluate(environment)
    }
    for requirement in wanted():
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        version = str(locked[canonicalize_name(requirement.name)].specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"{requirement} but {version}: make lock"


def imported_packages() -> dict[str, str]:
    """Top-level names that our code imports, each with one file that does."""
    found: dict[str, str] = {}
    for root in ("platform", "tenants", "api", "billing", "infra", "tests"):
        for path in sorted((CHECKOUT / root).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module or ""]
                for name in names:
                    found.setdefault(name.partition(".")[0], str(path.relative_to(CHECKOUT)))
    return found


def test_every_package_that_the_code_imports_is_locked() -> None:
    ours = {"config", "kernel", "control", "tenants", "api", "billing", "infra", "tests"}
    locked = {canonicalize_name(requirement.name) for requirement, _ in requirements()}
    providers = packages_distributions()
    missing = {
        name: path
        for name, path in imported_packages().items()
        if name not in sys.stdlib_module_names | ours
        and not locked & {canonicalize_name(provider) for provider in providers.get(name, [])}
    }
    assert missing == {}, "add them to pyproject.toml, then: make lock"
