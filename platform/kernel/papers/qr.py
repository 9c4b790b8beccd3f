"""The QR of a paper as SVG, drawn from its address without any network."""

from __future__ import annotations

from io import BytesIO

import segno


def qr_svg(address: str) -> str:
    """An SVG of one module per unit, with the quiet zone of two modules that the paper's white margin completes."""
    target = BytesIO()
    # Level M bears a stamp's edge or a fold over 15 % of the code.
    segno.make(address, error="m", micro=False).save(target, kind="svg", border=2, xmldecl=False, svgns=True)
    return target.getvalue().decode()
