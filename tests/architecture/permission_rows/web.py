"""Rows of kernel.web."""

from kernel.web import icons
from tests.architecture.permission_table import Cast, public


def report(cast: Cast) -> dict[str, str]:
    return {"csp-report": "{}"}


def a_drawing(cast: Cast) -> dict[str, object]:
    name, digest = icons.address("192").removeprefix("/ikon/").split(".")[:2]
    return {"name": name, "digest": digest}


ROWS = [
    *public("web-display", "POST", ok=302),
    *public("web-manifest", "GET"),
    *public("web-icon", "GET", args=a_drawing),
    *public("web-csp-report", "POST", ok=400),
]
