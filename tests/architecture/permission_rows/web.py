"""Rows of kernel.web."""

from tests.architecture.permission_table import Cast, public


def report(cast: Cast) -> dict[str, str]:
    return {"csp-report": "{}"}


ROWS = [
    *public("web-display", "POST", ok=302),
    *public("web-manifest", "GET"),
    *public("web-csp-report", "POST", ok=400),
]
