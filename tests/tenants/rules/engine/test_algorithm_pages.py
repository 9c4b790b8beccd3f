"""The pages about the algorithm keep up with the code, and their examples come out."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.money import ROUNDING_POLICIES
from tenants.rules.engine import KIND_TITLES, MonthFacts, Slip, evaluate_together
from tests.tenants.rules.engine.golden_cases import golden, ready, slip_of

PAGES = Path(__file__).parents[4] / "docs" / "algorithms"
TPP = (PAGES / "tpp.md").read_text(encoding="utf-8")
# `file.yaml`, "case": some words → **figure**, on one line of a table or within one sentence.
CITED = re.compile(r'`(\w+)\.yaml`, "([^"]+)"([^→"]*)→ \*\*([\d,]+)\*\*')
PERSON = re.compile(r"^\| (Ani|Budi|Citra) \| (\d+) \|.*→ \*\*([\d,]+)\*\* \|$", re.MULTILINE)


def figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_the_page_explains_every_kind() -> None:
    assert [kind for kind in KIND_TITLES if f". `{kind}`, " not in TPP] == []


def test_the_page_explains_every_rounding_policy() -> None:
    text = (PAGES / "rounding.md").read_text(encoding="utf-8")
    assert [policy for policy in ROUNDING_POLICIES if f"| `{policy}` |" not in text] == []


@pytest.mark.parametrize(
    ("file", "case", "way", "said"), CITED.findall(TPP), ids=[found[1] for found in CITED.findall(TPP)]
)
def test_an_example_of_the_page_comes_out(file: str, case: str, way: str, said: str) -> None:
    """The figure is the gross; in the table of stages, which is about what is left, the net."""
    content = golden(file)
    found = next(entry for entry in content["cases"] if entry["name"].startswith(" ".join(case.split())))
    slip = slip_of(content, found)
    assert figure(said) in ((slip.net,) if "less" in way else (slip.gross,))


def test_the_page_has_its_examples() -> None:
    assert len(CITED.findall(TPP)) == 32
    assert len(PERSON.findall(TPP)) == 3


def test_the_people_of_the_page_come_out() -> None:
    said = {name: (skp, gross) for name, skp, gross in PERSON.findall(TPP)}
    people = {
        name: MonthFacts(month="2024-03", working_days=20, status="PNS", kelas=7, skp_score=Decimal(skp))
        for name, (skp, _) in said.items()
    }
    found = evaluate_together(ready("with_others"), people, {"Ani": "Budi", "Budi": "Citra", "Citra": None})
    gross = {name: slip.gross for name, slip in found.items() if isinstance(slip, Slip)}
    assert gross == {name: figure(gross) for name, (_, gross) in said.items()}
