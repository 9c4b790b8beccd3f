"""The style sheet: its weight, and the contrast of its colours in both themes."""

import gzip
import re
from pathlib import Path

import pytest

from kernel.web.static_files import WITH_IMPORTS

STATIC = Path(__file__).resolve().parents[3] / "platform/kernel/web/static/kernel"
TENANTS = Path(__file__).resolve().parents[3] / "tenants"
SCRIPTS = [*sorted((STATIC / "js").glob("*.js")), *sorted(TENANTS.glob("*/static/*/*.js"))]
CSS = (STATIC / "css/kinerja.css").read_text()


def colours(selector: str) -> dict[str, str]:
    block = CSS[CSS.index(selector) :]
    block = block[: block.index("}")]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", block))


LIGHT = colours(":root {")
DARK = colours(':root[data-theme="dark"] {')
DARK_BY_DEVICE = colours(':root:not([data-theme="light"]) {')

# A colour of text and the ground it stands on.
TEXT = [
    (ink, ground)
    for ink in ("ink", "muted", "accent", "accent-strong", "bad", "ok", "wait")
    for ground in ("paper", "surface")
] + [
    ("muted", "sunken"),
    ("ink", "sunken"),
    ("ink", "accent-soft"),
    ("accent", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("ink", "wait-soft"),
    ("wait", "wait-soft"),
    ("accent", "wait-soft"),
    ("ink", "bad-soft"),
    ("bad", "bad-soft"),
    ("accent", "bad-soft"),
    ("ink", "ok-soft"),
    ("ok", "ok-soft"),
    ("accent", "ok-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bad", "bad"),
    ("paper", "ink"),
]
# Edges of controls, the focus ring and marks that carry meaning.
EDGES = [
    (edge, ground) for edge in ("edge", "focus", "accent", "wait-edge", "bad", "ok") for ground in ("paper", "surface")
]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_controls_stand_out_from_their_ground(theme: dict[str, str], edge: str, ground: str) -> None:
    assert contrast(theme[edge], theme[ground]) >= 3


def test_dark_is_the_same_by_choice_and_by_device() -> None:
    assert DARK == DARK_BY_DEVICE


def test_a_theme_names_every_colour() -> None:
    assert set(LIGHT) == set(DARK)


def test_the_style_sheet_stays_light() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) < 15_000


def test_the_layers_come_in_their_order() -> None:
    assert "@layer reset, tokens, base, components, pages;" in CSS


def test_every_token_that_is_used_exists() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    defined = set(re.findall(r"--([\w-]+):", CSS))
    assert used <= defined


def test_no_style_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_needs_no_unsafe_policy(script: Path) -> None:
    text = script.read_text()
    for banned in (
        "eval(",
        "new Function",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        ".style.",
    ):
        assert banned not in text, banned


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_imports_keeps_its_name_or_is_rewritten_when_it_is_collected(script: Path) -> None:
    if re.search(r"^\s*(?:import|export\b.*\bfrom)\b", script.read_text(), re.MULTILINE):
        assert script.parent.name in WITH_IMPORTS
