"""What disguises letters is undone and remembered."""

import pytest
from confusable_homoglyphs import confusables
from hypothesis import given
from hypothesis import strategies as st

from kernel.judol.folding import FOREIGN, STYLED, calmed, fold, leet_variants, skeleton


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("𝐊𝐎𝐑𝐔𝐒𝟕𝟕", "KORUS77"),
        ("ＫＯＲＵＳ７７", "KORUS77"),
        ("ⓚⓞⓡⓤⓢ❼❼", "korus77"),
        ("🅺🅾🆁🆄🆂77", "KORUS77"),
        ("🄺🄾🅁🅄🅂77", "KORUS77"),
        ("🇰🇴🇷🇺🇸77", "KORUS77"),
        ("КОRUЅ77", "KORUS77"),
        ("ΚΟRUS77", "KORUS77"),
        ("ᴋᴏʀᴜꜱ77", "korus77"),
        ("ꓗꓳꓣꓴꓢ77", "KORUS77"),
        ("ᏦOᎡUᏚ", "KORUS"),
        ("k\u200bo\u00adr\u2060u\ufeffs77", "korus77"),
        ("k͠o͠r͠u͠s͠77", "korus77"),
        ("korus7️⃣7️⃣", "korus77"),
        ("k" + "".join(chr(ord(c) - 0x10000) for c in "𝘰𝘳𝘶𝘴") + "77", "korus77"),
    ],
)
def test_a_name_in_disguise_reads_as_the_name(written: str, plain: str) -> None:
    assert fold(written).text == plain


def test_marks_say_what_was_undone() -> None:
    assert fold("𝐊о r").marks == STYLED + FOREIGN + ".."


def test_signs_of_measure_and_accents_are_no_disguise() -> None:
    assert set(fold("35 µg/m³, é, CO₂, 10 kΩ").marks) == {"."}


@given(st.text(max_size=300))
def test_folding_never_raises_and_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert len(once.marks) in (0, len(once.text))
    assert fold(once.text).text == once.text


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=40))
def test_squeezed_words_stay_squeezed(word: str) -> None:
    assert skeleton(skeleton(word)) == skeleton(word)
    assert calmed(calmed(word)) == calmed(word)
    assert len(leet_variants(word)) <= 9


_ALPHABETS = {
    "Greek": range(0x0391, 0x03CA),
    "Cyrillic": range(0x0410, 0x0460),
    "Armenian": range(0x0531, 0x0588),
    "Cherokee": range(0x13A0, 0x13F6),
    "Canadian": range(0x1401, 0x1680),
    "Coptic": range(0x2C80, 0x2CE4),
    "Lisu": range(0xA4D0, 0xA4F8),
}


@pytest.mark.parametrize("alphabet", _ALPHABETS)
def test_look_alikes_of_a_public_table_are_in_ours(alphabet: str) -> None:
    """The oracle names the Latin letters that a look-alike is confused with; i, l and j pass for one another."""
    compared = 0
    for char in map(chr, _ALPHABETS[alphabet]):
        found = confusables.is_confusable(char, greedy=True, preferred_aliases=["latin"])
        alike = {h["c"].lower() for entry in found or [] for h in entry["homoglyphs"]}
        latin = {c for c in alike if len(c) == 1 and c.isascii() and c.isalpha()}
        if latin and char.isalpha():
            compared += 1
            assert fold(char).text.lower() in latin | {"i", "l"}, char
    assert compared >= 10
