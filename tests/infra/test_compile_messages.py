"""Translations, compiled without gettext's programs and read back with Python's own reader."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from infra.local.compile_messages import WrongTranslation, compile_messages

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Simpan"
msgstr "Save"

msgctxt "hari"
msgid "Minggu"
msgstr "Sunday"

msgid "%(n)s hari"
msgid_plural "%(n)s hari"
msgstr[0] "%(n)s day"
msgstr[1] "%(n)s days"

#, fuzzy
msgid "Kunci"
msgstr "Key"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "platform" / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO)
    return path


def test_texts_contexts_and_plurals_are_translated_and_doubtful_ones_are_not(source: Path, tmp_path: Path) -> None:
    (compiled,) = compile_messages(tmp_path)
    assert compiled == source.with_suffix(".mo")
    with compiled.open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("Simpan") == "Save"
    assert english.pgettext("hari", "Minggu") == "Sunday"
    assert [english.ngettext("%(n)s hari", "%(n)s hari", n) for n in (1, 2)] == ["%(n)s day", "%(n)s days"]
    assert english.gettext("Kunci") == "Kunci"


def test_only_what_has_changed_is_compiled(source: Path, tmp_path: Path) -> None:
    assert len(compile_messages(tmp_path)) == 1
    assert compile_messages(tmp_path) == []
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert len(compile_messages(tmp_path)) == 1
    assert [path.name for path in source.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('msgid "Buka"\nmsgstring "Open"\n', r"django\.po"),
        ('msgid "Halo %(name)s"\nmsgstr "Hello %(nama)s"\n', r"django\.po.*nama"),
        ('msgid "Buka"\nmsgid_plural "Buka"\nmsgstr[0] "%(n)s open"\nmsgstr[1] "opened"\n', r"django\.po.*n\b"),
    ],
)
def test_a_wrong_entry_stops_with_the_name_of_the_file(
    source: Path, tmp_path: Path, entry: str, complaint: str
) -> None:
    source.write_text(f"{PO}\n{entry}")
    with pytest.raises(WrongTranslation, match=complaint):
        compile_messages(tmp_path)
    assert not source.with_suffix(".mo").exists()
