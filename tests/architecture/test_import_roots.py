"""`platform/` is a source root and never a package; each of our six roots is ours and comes from its folder."""

import importlib
import platform
import sys
import sysconfig
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ROOTS = {
    "config": "platform/config",
    "kernel": "platform/kernel",
    "control": "platform/control",
    "tenants": "tenants",
    "api": "api",
    "billing": "billing",
}
OURS = "kinerja-daerah"


def test_platform_is_pythons_own_module() -> None:
    assert Path(str(platform.__file__)).parent == Path(sysconfig.get_path("stdlib"))
    assert platform.system()


def test_the_source_root_is_no_package() -> None:
    assert not (CHECKOUT / "platform" / "__init__.py").exists()
    assert "/platform/__init__.py" in (CHECKOUT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("root", ROOTS)
def test_a_root_comes_from_its_folder(root: str) -> None:
    module = importlib.import_module(root)
    assert Path(str(module.__file__)).parent == CHECKOUT / ROOTS[root]


@pytest.mark.parametrize("root", ROOTS)
def test_a_root_is_nobody_elses_name(root: str) -> None:
    assert root not in sys.stdlib_module_names
    assert set(packages_distributions().get(root, [])) <= {OURS}
