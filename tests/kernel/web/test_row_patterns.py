"""Rows that fill one rendered pattern say what their template would have said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils.safestring import mark_safe

from kernel.web.row_patterns import RowPattern, addresses

ROW = (
    '<tr title="{{ name }}">{% if note %}<td>{{ name }}: {{ note }}</td>{% else %}<td>100 %</td>{% endif %}'
    "{{ sign }}</tr>"
)
ODD = [
    {"name": "<b>&\"'", "note": "50 % %(name)s %s {{ name }}", "sign": ""},
    {"name": "", "note": "", "sign": mark_safe("<i>✓</i>")},
    {"name": "\ue000note\ue001", "note": "", "sign": "<i>"},
    {"name": "Ani", "note": mark_safe("<em>%d</em>"), "sign": ""},
]


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "row.html").write_text(ROW)
    (tmp_path / "shouting.html").write_text("{{ name|upper }}")
    (tmp_path / "cutting.html").write_text("{{ name|truncatechars:3 }}")
    settings = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}
    with override_settings(TEMPLATES=[settings]):
        yield


def test_every_row_is_what_its_template_gives() -> None:
    pattern = RowPattern("row.html")
    # Twice: the second time every kind of row is known.
    for values in [*ODD, *ODD]:
        assert pattern.fill(values) == render_to_string("row.html", values)


def test_words_of_people_are_escaped_and_markup_stands() -> None:
    row = RowPattern("row.html").fill({"name": "<script>", "note": "", "sign": mark_safe("<i>✓</i>")})
    assert "<script>" not in row
    assert "&lt;script&gt;" in row
    assert "<i>✓</i>" in row


@pytest.mark.parametrize("template", ["shouting.html", "cutting.html"])
def test_a_template_that_changes_a_value_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="only print"):
        RowPattern(template).fill({"name": "Ani"})


def test_addresses_are_those_of_the_url_patterns() -> None:
    uid = uuid4()
    assert addresses("files-read")(uid) == f"/berkas/{uid}/"
