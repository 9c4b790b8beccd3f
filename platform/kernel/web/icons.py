"""The app's sign as PNG, drawn as `static/kernel/img/mark.svg` has it: home screens take no SVG.

Drawn when asked for the first time and kept in memory: a few kilobytes each, the same for every region.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

from django.urls import reverse
from PIL import Image, ImageDraw

# The sign's own grid, colours and strokes (ends, width): lintel, line, tick.
GRID: Final = 48
GROUND: Final = "#0b5a55"
_ROUND: Final = 10
_LINES: Final = (((11, 12), (37, 12), 4.0), ((11, 18), (37, 18), 1.5))
_TICK: Final = ((13.0, 30.5), (20.5, 38.0), (36.0, 24.0))
_TICK_WIDTH: Final = 4.5
_WHITE, _GOLD = "#ffffff", "#f2c063"
# Drawn larger and made small, so that edges are smooth.
_FINER: Final = 4


@dataclass(frozen=True, slots=True)
class Icon:
    """One file. `size` in pixels; `share` of the width that the sign takes; `purpose` as a manifest says it.

    A maskable icon is cut to a circle or worse by the phone: its ground fills the square and its sign the middle.
    """

    size: int
    share: float = 1.0
    purpose: str = "any"

    @property
    def is_full(self) -> bool:
        """Whether the ground fills the square; else its corners are round and see-through."""
        return self.share < 1


ICONS: Final = {
    "192": Icon(192),
    "512": Icon(512),
    "maskable-192": Icon(192, 0.8, "maskable"),
    "maskable-512": Icon(512, 0.8, "maskable"),
    "apple-180": Icon(180, 0.9, ""),
}
APPLE: Final = "apple-180"


@lru_cache(maxsize=len(ICONS))
def png(name: str) -> bytes:
    """The file of this icon. Raises KeyError for a name that is none."""
    icon = ICONS[name]
    wide = icon.size * _FINER
    image = Image.new("RGBA", (wide, wide), GROUND if icon.is_full else "#0b5a5500")
    pen = ImageDraw.Draw(image)
    unit = wide * icon.share / GRID
    edge = wide * (1 - icon.share) / 2
    if not icon.is_full:
        pen.rounded_rectangle((0, 0, wide - 1, wide - 1), _ROUND * unit, fill=GROUND)

    def at(x: float, y: float) -> tuple[float, float]:
        return edge + x * unit, edge + y * unit

    for (left, top), (right, _top), width in _LINES:
        # Square ends: half the width beyond each.
        half = width / 2
        pen.rectangle((*at(left - half, top - half), *at(right + half, top + half)), fill=_WHITE)
    pen.line([at(*point) for point in _TICK], fill=_GOLD, width=round(_TICK_WIDTH * unit), joint="curve")
    for x, y in _TICK:
        half = _TICK_WIDTH / 2
        pen.ellipse((*at(x - half, y - half), *at(x + half, y + half)), fill=_GOLD)
    small = image.resize((icon.size, icon.size), Image.Resampling.LANCZOS)
    if icon.is_full:
        small = small.convert("RGB")
    out = BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=len(ICONS))
def address(name: str) -> str:
    """Where the icon is to be had; another drawing has another address."""
    digest = hashlib.sha256(png(name)).hexdigest()[:12]
    return reverse("web-icon", args=[name, digest])


def in_manifest() -> list[dict[str, str]]:
    """The icons as a manifest names them."""
    return [
        {"src": address(name), "sizes": f"{icon.size}x{icon.size}", "type": "image/png", "purpose": icon.purpose}
        for name, icon in ICONS.items()
        if icon.purpose
    ]
