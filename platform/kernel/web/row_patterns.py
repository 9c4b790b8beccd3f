"""Rows of long lists: the template of a row is rendered once for each kind of row, and the rows only fill it in.

What is the same in every row (words, icons, markup) is worked out once for the list and not once for each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Final
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

# Of the private-use area: no template and no translation has them, and escaping leaves them alone.
_OPEN: Final = "\ue000"
_CLOSE: Final = "\ue001"
_MARK: Final = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")


class RowPattern:
    """The template of a row, in the active language.

    The template prints values (`{{ title }}`) and asks whether a row has one (`{% if note %}`); it applies no filter to
    them and does not compare them, because it sees marks in their place. Values are escaped as a template does it: a
    SafeString stands as it is. The others have to be words already.
    """

    def __init__(self, template_name: str) -> None:
        self._template_name = template_name
        self._patterns: dict[tuple[str, ...], str] = {}

    def fill(self, values: Mapping[str, str]) -> SafeString:
        """One row. Which values are empty says what kind of row it is."""
        kind = tuple([name for name, value in values.items() if value])
        pattern = self._patterns.get(kind)
        if pattern is None:
            pattern = self._patterns[kind] = self._pattern(values, kind)
        words = {
            name: value if isinstance(value, SafeString) else escape(value) for name, value in values.items() if value
        }
        return SafeString(pattern % words)

    def _pattern(self, values: Mapping[str, str], kind: tuple[str, ...]) -> str:
        marks = dict.fromkeys(values, "")
        marks.update((name, mark_safe(f"{_OPEN}{name}{_CLOSE}")) for name in kind)  # noqa: S308 - names of our own
        text = render_to_string(self._template_name, marks).replace("%", "%%")
        pattern = _MARK.sub(lambda found: f"%({found[1]})s", text)
        used = {found[1] for found in _MARK.finditer(text)}
        if not used.issubset(kind) or _OPEN in pattern or _CLOSE in pattern:
            raise ValueError(f"{self._template_name} changes a value that it should only print")
        return pattern


def joined(rows: Iterable[SafeString], between: str = "") -> SafeString:
    """Filled rows behind one another; `between` is markup as well."""
    return mark_safe(between.join(rows))  # noqa: S308 - every row is one already


def addresses(url_name: str) -> Callable[[UUID], str]:
    """The addresses of many things by uid, with one look at the URL patterns."""
    example = UUID(int=0)
    before, after = reverse(url_name, args=[example]).split(str(example))
    return lambda uid: f"{before}{uid}{after}"
