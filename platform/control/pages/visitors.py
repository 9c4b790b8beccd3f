"""The four visitors as whom a page is fetched. Source: security note, 3.4.

A cloaker that knows the search engine's own addresses (by reverse DNS) is not deceived by a user agent; what such a one
hides, these visitors cannot see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PAGES: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who visits: a stable letter, a label for people, and what the browser says of itself."""

    code: str
    label: str | Promise
    headers: Mapping[str, str]


PERSON: Final = Visitor(
    "A",
    _("Orang dengan komputer"),
    {
        "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36",
        "Accept": _PAGES,
        "Accept-Language": "id-ID,id;q=0.9,en;q=0.7",
    },
)
ROBOT: Final = Visitor(
    "B",
    _("Robot mesin pencari"),
    {
        "User-Agent": "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Chrome/131.0.6778.69 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Accept": _PAGES,
    },
)
FROM_SEARCH: Final = Visitor(
    "C",
    _("Orang dari hasil pencarian"),
    {**PERSON.headers, "Referer": "https://www.google.com/search?q=situs+resmi"},
)
PHONE: Final = Visitor(
    "D",
    _("Orang dengan HP"),
    {
        "User-Agent": "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Mobile Safari/537.36",
        "Accept": _PAGES,
        "Accept-Language": "id-ID",
    },
)
VISITORS: Final = (PERSON, ROBOT, FROM_SEARCH, PHONE)
