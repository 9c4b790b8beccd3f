"""What the docs point to is there."""

import re
from pathlib import Path

import pytest

from tests.architecture.lints import CHECKOUT

PAGES = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")])
FOLDERS = ("platform", "tenants", "api", "billing", "templates", "tests", "infra", "docs")
# `tenants/tpp/facts.py`, `rules/national/*.yaml`: a path from the checkout or from a source root.
QUOTED_PATH = re.compile(r"`([\w-]+(?:/[\w*-]+)*/[\w*-]*(?:\.\w+)?)`")
# `subject.py` beside the folder that the sentence is about.
QUOTED_FILE = re.compile(r"`(\w+\.(?:py|yaml|html))`")
QUOTED_MODULE = re.compile(r"`((?:kernel|config|control|tenants|billing|api)(?:\.\w+)+)`")
# Made by a command, or named in order to say that it is not so.
NOT_COMMITTED = {"tests/benchmarks/results/", "src/"}
NAMES = {"manage.py"} | {path.name for folder in FOLDERS for path in (CHECKOUT / folder).rglob("*.*")}


def is_there(path: str) -> bool:
    beginnings = (CHECKOUT, CHECKOUT / "platform", CHECKOUT / "tenants")
    return path in NOT_COMMITTED or any(any(root.glob(path.rstrip("/"))) for root in beginnings)


def is_importable(name: str) -> bool:
    """Whether the name is a module, or stands in one."""
    module, _, last = name.rpartition(".")
    paths = [root / module.replace(".", "/") for root in (CHECKOUT, CHECKOUT / "platform")]
    return any(
        (path / last).is_dir()
        or (path / f"{last}.py").is_file()
        or (path.with_suffix(".py").is_file() and re.search(rf"\b{last}\b", path.with_suffix(".py").read_text()))
        for path in paths
    )


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(CHECKOUT)) for page in PAGES])
def test_what_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [path for path in QUOTED_PATH.findall(text) if not is_there(path)]
    missing += [name for name in QUOTED_FILE.findall(text) if name not in NAMES]
    missing += [name for name in QUOTED_MODULE.findall(text) if not is_importable(name)]
    assert missing == []


def test_the_pages_name_much() -> None:
    found = [path for page in PAGES for path in QUOTED_PATH.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 100
