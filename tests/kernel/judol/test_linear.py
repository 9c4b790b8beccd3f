"""The second opinion: its file cannot be tampered with, and it never sees a name."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.judol import Profile, Verdict, judge_text
from kernel.judol.data import content
from kernel.judol.linear import (
    BUCKETS,
    MASK,
    BrokenModel,
    Model,
    masked,
    pair_of,
    pieces_of,
    read_model,
    shipped,
    words_of,
)
from kernel.judol.opinion import heard, verdict_of


def _head(weights: bytes, **changed: object) -> bytes:
    head = {"format": "kinerja-judol-1", "sha256": sha256(weights).hexdigest(), "scale": 0.5, "bias": -1.0}
    return json.dumps({**head, **changed}).encode()


def test_the_shipped_weights_are_small_and_those_of_their_head() -> None:
    assert len(content("model.bin")) == BUCKETS < 300_000
    assert shipped().name == json.loads(content("model.json"))["sha256"][:8]


@pytest.mark.parametrize(
    "head",
    [
        b"not json",
        b"[]",
        _head(b"\x01" * BUCKETS),
        _head(b"\x00" * BUCKETS, format="other"),
        _head(b"\x00" * BUCKETS, scale="nan"),
        _head(b"\x00" * BUCKETS, bias=None),
    ],
)
def test_weights_that_are_not_those_of_the_head_are_refused(head: bytes) -> None:
    with pytest.raises(BrokenModel):
        read_model(head, b"\x00" * BUCKETS)


def test_weights_of_another_length_are_refused() -> None:
    with pytest.raises(BrokenModel):
        read_model(_head(b"\x00"), b"\x00")


def test_what_it_says_is_the_sum_of_its_pieces_and_pairs() -> None:
    weights = bytearray(BUCKETS)
    for bucket in pieces_of("ab"):  # " a", "ab", "b ", " ab", "ab ", " ab "
        weights[bucket] = 1
    weights[pair_of("ab", "ab")] = 3
    model = read_model(_head(bytes(weights)), bytes(weights))
    # 12 pieces of 1 and a pair of 3, counted twice: 18; 13 counted; -1 + 0.5 * 18 / sqrt(13) = 1.496
    assert model.says("ab AB") == pytest.approx(0.8170, abs=1e-4)
    assert model.says("") == 0


def test_names_and_amounts_are_masked() -> None:
    assert [masked(word) for word in words_of("Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 25jt, K O R U S 7 7 🔥🔥 k0ru5t0t0")] == (
        ["main", "di", MASK, "0", MASK, "\x1f", MASK]
    )


def test_two_names_that_nobody_has_seen_are_judged_alike() -> None:
    assert shipped().says("Lagi main di KORUS77, rezeki terus") == shipped().says(
        "Lagi main di TAMBURTOTO, rezeki terus"
    )


def test_it_lifts_what_the_rules_found_and_leaves_office_text_alone() -> None:
    text = "Baru coba di KORUS77 langsung dikasih rezeki, gak nyangka banget"
    assert judge_text(text).verdict is Verdict.REVIEW
    lifted = heard(judge_text(text), text, shipped())
    assert lifted.verdict is Verdict.BLOCK
    assert lifted.reasons[-1].code == "second_opinion"
    office = "Rapat koordinasi penyusunan RKA perubahan bersama Bappeda"
    assert heard(judge_text(office), office, shipped()).verdict is Verdict.ALLOW


@pytest.mark.parametrize(
    ("score", "model", "in_context", "profile", "verdict"),
    [
        (8.0, 0.0, False, Profile.USER_TEXT, Verdict.BLOCK),
        (5.0, 0.3, True, Profile.USER_TEXT, Verdict.BLOCK),
        (5.0, 0.29, False, Profile.USER_TEXT, Verdict.REVIEW),
        (3.0, 0.5, False, Profile.USER_TEXT, Verdict.BLOCK),
        (3.0, 0.49, False, Profile.USER_TEXT, Verdict.REVIEW),
        (1.0, 0.6, False, Profile.USER_TEXT, Verdict.REVIEW),
        (0.9, 0.6, False, Profile.USER_TEXT, Verdict.ALLOW),
        (0.0, 0.9, False, Profile.USER_TEXT, Verdict.REVIEW),
        (0.0, 0.9, True, Profile.USER_TEXT, Verdict.ALLOW),
        (0.0, 0.9, False, Profile.PAGE, Verdict.ALLOW),
    ],
)
def test_the_tiers(score: float, model: float, in_context: bool, profile: Profile, verdict: Verdict) -> None:
    assert verdict_of(score, model, in_context=in_context, profile=profile) is verdict


@given(st.text(max_size=300))
def test_it_answers_any_text_with_a_probability(text: str) -> None:
    assert 0 <= shipped().says(text) <= 1


def test_a_model_of_zeros_says_what_its_bias_says() -> None:
    assert Model(bytes(BUCKETS), scale=1.0, bias=0.0, name="").says("apa saja " * 200) == 0.5
