"""The Content-Security-Policy of every page, in django-csp 4 form.

A script runs only if the page itself carries its nonce, so a file that somebody uploaded can never become one.
"""

from __future__ import annotations

from typing import Any, Final

from csp.constants import NONCE, NONE, SELF, STRICT_DYNAMIC

REPORT_PATH: Final = "/csp-report/"


def policy(*, pictures: str) -> dict[str, Any]:
    """The policy of our pages; `pictures` is the origin that hands out files, whose pictures pages show."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [NONCE, STRICT_DYNAMIC],
            "style-src": [SELF],
            "img-src": [SELF, "data:", pictures],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF],
            "manifest-src": [SELF],
            "worker-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "report-uri": [REPORT_PATH],
        }
    }
