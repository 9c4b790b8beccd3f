"""requirements.lock, read as pip reads it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

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
