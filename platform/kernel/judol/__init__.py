"""Whether a text advertises online gambling (`judol`): rules first, a small model as second opinion.

Pure: no database, no network, no clock, no settings. Facts and weights: security note 1.2 to 1.6; how it reckons, with
worked examples: `docs/algorithms/judol.md`.
"""

import hashlib
from typing import Final

from .data import digest
from .folding import fold, skeleton
from .scoring import Judgement, Profile, Reason, Verdict, judge
from .sketches import ALIKE, likeness, text_sketch

_RULES: Final = 2
"""Raised when the code of the rules changes what they say; the data is in the version by its digest."""
RULES_VERSION: Final = f"{_RULES}.{digest('terms.yaml', 'shapes.yaml')}"

__all__ = [
    "ALIKE",
    "RULES_VERSION",
    "Judgement",
    "Profile",
    "Reason",
    "Verdict",
    "judge_text",
    "likeness",
    "text_print",
    "text_sketch",
]


def judge_text(
    text: str,
    profile: Profile = Profile.USER_TEXT,
    *,
    hidden: bool = False,
    allowed_hosts: frozenset[str] = frozenset(),
) -> Judgement:
    """What the rules say about a text.

    `hidden`: it was invisible to a visitor, so words against gambling beside it do not excuse it. `allowed_hosts`:
    hosts that a link may lead to, besides the public service's own.
    """
    return judge(text, profile, hidden=hidden, allowed_hosts=allowed_hosts, version=RULES_VERSION)


def text_print(text: str) -> str:
    """The print of a text, 16 hex digits: the same for texts that differ in case, disguise, spaces, signs, digits and
    repeated letters only; a word more is another print (`text_sketch` sees through that). Texts of fewer than eight
    letters keep their digits."""
    said = skeleton(fold(text[:20_000]).text.lower())
    letters = "".join(c for c in said if c.isalpha())
    if len(letters) < 8:
        letters = "".join(c for c in said if c.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()[:16]
