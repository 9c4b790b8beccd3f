"""What advertises is held or flagged, whatever it is disguised as; the names are made up."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kernel.judol import RULES_VERSION, Judgement, Profile, Verdict, judge_text, text_print

_CASES = yaml.safe_load(Path("tests/golden/judol/promotions.yaml").read_text())
_RANK = {Verdict.ALLOW: 0, Verdict.REVIEW: 1, Verdict.BLOCK: 2}


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["name"])
def test_an_advertisement_reaches_its_tier(case: dict[str, str]) -> None:
    judged = judge_text(case["text"])
    assert _RANK[judged.verdict] >= _RANK[Verdict(case["least"])], judged
    assert case["code"] in {reason.code for reason in judged.reasons}, judged


def test_words_against_gambling_lower_the_score_by_six_and_more_by_more() -> None:
    bare = judge_text("slot gacor").score
    assert judge_text("sosialisasi slot gacor").score == max(0.0, bare - 6)
    assert judge_text("KORUSTOTO slot gacor scatter hitam wd cepat razia").score == 10.0


def test_hidden_text_is_not_excused_by_its_surroundings() -> None:
    text = "imbauan: slot gacor KORUS77"
    assert judge_text(text).verdict is Verdict.ALLOW
    assert judge_text(text, hidden=True).verdict is Verdict.BLOCK


def test_a_link_to_the_own_host_is_no_link_out() -> None:
    text = "Razia slot gacor KORUS77, berita di warta.example.com/razia dan korban.example.xyz"
    assert judge_text(text).verdict is Verdict.BLOCK
    assert judge_text(text, allowed_hosts=frozenset({"example.xyz"})).verdict is not Verdict.BLOCK


def test_subject_words_alone_say_nothing_in_what_people_write() -> None:
    assert judge_text("judi online judol judi").score == 0
    assert judge_text("judi online", Profile.PAGE).score == 3


def test_one_advertisement_in_a_long_office_text_is_found() -> None:
    office = "Rapat koordinasi penyusunan anggaran perubahan bersama bidang perencanaan. " * 200
    assert judge_text(office).score == 0
    assert judge_text(f"{office} 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor {office}").verdict is Verdict.BLOCK


def test_the_same_text_gives_the_same_judgement_and_names_its_rules() -> None:
    text = "𝐊𝐎𝐑𝐔𝐒𝟕𝟕 slot gacor, depo 10k"
    assert judge_text(text) == judge_text(text)
    assert judge_text(text).version == RULES_VERSION


@given(st.text(max_size=400), st.sampled_from(Profile))
def test_any_text_is_judged_with_a_score_from_0_to_10(text: str, profile: Profile) -> None:
    judged = judge_text(text, profile)
    assert 0 <= judged.score <= 10
    assert isinstance(judged, Judgement)


_LETTERS = "a1 K\u200b\U0001f525.𝐊7tо0-4d\u0360"


@given(st.text(alphabet=_LETTERS, max_size=200))
def test_the_letters_of_disguises_in_any_order_are_judged(text: str) -> None:
    assert judge_text(text).verdict in Verdict


def test_texts_that_differ_in_disguise_alone_have_one_print() -> None:
    prints = {
        text_print(t) for t in ("Main di KORUS77, gacor!", "main  di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacorrr", "M a i n di korus77 🔥 gacor")
    }
    assert len(prints) == 1
    assert text_print("Rapat staf") not in prints
    assert text_print("SDN 1") != text_print("SDN 2")
    assert all(len(p) == 16 for p in prints)
