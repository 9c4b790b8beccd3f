"""The engine's messages in the words of the page: no field, kind or id of the written rule set is left in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from tenants.rules.editor import figures, titles
from tenants.rules.editor.choosing import nodes_of
from tenants.rules.engine import FACT_TITLES, KIND_TITLES, MonthFacts
from tenants.rules.engine.fields import Part

_WORD: Final = re.compile(r"(['‘“]?)\b([A-Za-z][A-Za-z0-9]*(?:[_.][A-Za-z0-9]+)*)\b(['’”]?)")
# Words of the written rule set that are Indonesian as well, or mean nothing else.
_SPOKEN: Final = frozenset(
    {
        *("per", "label", "status", "target", "pagu", "total", "bersih", "bruto", "net", "date"),
        *("predikat", "golongan", "kelas", "ptkp"),
    }
)
# Choices that are said without quotes.
_BARE_CHOICES: Final = frozenset(
    {"flat", "part", "month", "eligibility", "whole", "other_part", "scored", "factor", "late", "early_leave"}
)
# Where the engine names a node by its id, whatever the id looks like.
_NAMED: Final = re.compile(r"\b(oleh aturan|oleh|milik|pada|aturan|berputar:|→) ([a-z0-9_]+(?:\.[a-z0-9_]+)*)(?!\w)")
_FIGURE: Final = re.compile(r"(?<![\w.,])\d+\.\d+(?![\w.]\d)")
_PATTERN: Final = re.compile(r"penulisan tidak sesuai pola (\S+)")


def _patterns() -> Mapping[str, str]:
    return {
        r"^[A-Z0-9_]{1,16}$": _("huruf besar, angka atau garis bawah, paling banyak 16, tanpa spasi"),
        r"^([a-z0-9_]{1,40}|\*)$": _("huruf kecil, angka atau garis bawah, tanpa spasi, atau “semua”"),
        r"^[A-Z]{2,4}$": _("dua sampai empat huruf besar"),
        r"^[IVX]{1,5}$": _("angka Romawi: I, II, III atau IV"),
        r"^[a-z0-9_]+@[0-9]{4}-[0-9]{2}-[0-9]{2}$": _("nama tabel dan tanggal mulainya, misalnya ptkp@2016-01-01"),
        r"^[a-z0-9_]+(\.[a-z0-9_]+)*$": _("huruf kecil, angka, titik atau garis bawah"),
    }


def patterns_known() -> frozenset[str]:
    """The ways of writing that have words."""
    return frozenset(_patterns())


def in_words(message: str, tree: Mapping[str, Any] | None = None) -> str:
    """The message as the person reads it; node ids become the nodes' names."""
    found = _PATTERN.search(message)
    if found:
        rule = _patterns().get(found[1], _("cara penulisannya tidak dikenal"))
        return _("penulisannya: %(rule)s") % {"rule": rule}
    labels = {node["id"]: node.get("label", "") for node in nodes_of(tree)} if tree else {}
    names = _names()

    message = _NAMED.sub(lambda found: f"{found[1]} “{labels[found[2]]}”" if found[2] in labels else found[0], message)

    def said(match: re.Match[str]) -> str:
        opening, word = match[1], match[2]
        # An id of one word may be an ordinary word of the sentence, unless it is quoted.
        if word in labels and ("." in word or "_" in word or opening):
            return f"“{labels[word]}”"
        if word in KIND_TITLES:
            return f"“{KIND_TITLES[word]}”"
        if word in FACT_TITLES:
            return FACT_TITLES[word]
        if word in _SPOKEN:
            return word
        if (opening or "_" in word or word in _BARE_CHOICES) and word in titles.CHOICES:
            return f"“{titles.CHOICES[word]}”"
        if word in names:
            return f"“{names[word]}”"
        return match[0]

    return _FIGURE.sub(lambda number: figures.write(number[0]), _WORD.sub(said, message))


@lru_cache(maxsize=1)
def _names() -> dict[str, Any]:
    names: dict[str, Any] = {}
    for model, name, key in _fields():
        try:
            title = titles.field(model, name).title
        except titles.UnnamedField:
            continue
        for word in (name, key):
            names.setdefault(word, titles.FIELDS[f"*.{name}"].title if f"*.{name}" in titles.FIELDS else title)
    names["children"] = gettext_lazy("isi di bawahnya")
    names["nodes"] = gettext_lazy("daftar ketentuan")
    return names


def _fields() -> Iterator[tuple[type, str, str]]:
    def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    for model in below(Part):
        for name, info in model.model_fields.items():
            yield model, name, info.alias or name
    for name in MonthFacts.__dataclass_fields__:
        yield MonthFacts, name, name
