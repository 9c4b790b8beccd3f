"""The bill of materials names what runs in production, in the versions that the lock names."""

from __future__ import annotations

from importlib import metadata

from packaging.utils import canonicalize_name

from infra.local import sbom


def bill(**changed: str) -> dict[str, list[dict[str, str]]]:
    """A bill of what runs, in the installed versions but for those that are named."""
    return {
        "components": [
            {"name": name, "version": changed.get(name, metadata.version(name))} for name in sorted(sbom.runtime())
        ]
    }


def test_it_has_what_runs_and_not_what_tests() -> None:
    needed = sbom.runtime()
    # Named in pyproject.toml, asked for by another one, and asked for by an extra.
    assert {"django", "asgiref", "fido2"} <= needed
    assert not {"pytest", "mypy", "moto", "cyclonedx-bom"} & needed
    assert all(name == canonicalize_name(name) for name in needed)


def test_a_bill_of_the_locked_versions_holds() -> None:
    assert sbom.wrong(bill()) == []


def test_a_library_in_another_version_is_named() -> None:
    assert sbom.wrong(bill(django="1.0")) == ["django 1.0 is not what requirements.lock names"]


def test_a_library_that_is_left_out_is_named() -> None:
    made = bill()
    made["components"] = [item for item in made["components"] if item["name"] != "asgiref"]
    assert sbom.wrong(made) == ["asgiref is missing"]
