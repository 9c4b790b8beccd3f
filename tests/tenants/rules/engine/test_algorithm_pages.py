"""The pages about the algorithm keep up with the code."""

from pathlib import Path

from kernel.money import ROUNDING_POLICIES
from tenants.rules.engine import KIND_TITLES

PAGES = Path(__file__).parents[4] / "docs" / "algorithms"


def test_the_page_explains_every_kind() -> None:
    text = (PAGES / "tpp.md").read_text(encoding="utf-8")
    assert [kind for kind in KIND_TITLES if f". `{kind}`, " not in text] == []


def test_the_page_explains_every_rounding_policy() -> None:
    text = (PAGES / "rounding.md").read_text(encoding="utf-8")
    assert [policy for policy in ROUNDING_POLICIES if f"| `{policy}` |" not in text] == []
