"""Rules and model together: what the scan worker and `scan_text` say.

The model never condemns alone: it lifts what the rules found, and asks for a reviewer where they found little.
"""

from dataclasses import replace
from typing import Final

from .linear import Model
from .scoring import BLOCK_AT, REVIEW_AT, Judgement, Profile, Reason, Verdict

BLOCK_WITH: Final = ((5.0, 0.3), (REVIEW_AT, 0.5))
"""Blocked from this score of the rules on when the model says at least that much."""
REVIEW_WITH: Final = ((1.0, 0.6), (0.0, 0.9))
"""Reviewed from this score on when the model says at least that much, unless words against gambling stand near by."""


def verdict_of(score: float, model: float, *, in_context: bool, profile: Profile = Profile.USER_TEXT) -> Verdict:
    """The tier of a text from both opinions. On pages the model asks for no reviewer: it learned from comments."""
    if score >= BLOCK_AT or any(score >= least and model >= sure for least, sure in BLOCK_WITH):
        return Verdict.BLOCK
    if score >= REVIEW_AT:
        return Verdict.REVIEW
    asks = any(score >= least and model >= sure for least, sure in REVIEW_WITH)
    return Verdict.REVIEW if asks and profile is Profile.USER_TEXT and not in_context else Verdict.ALLOW


def heard(judged: Judgement, text: str, model: Model, profile: Profile = Profile.USER_TEXT) -> Judgement:
    """A judgement of the rules after the model was heard too."""
    says = round(model.says(text), 3)
    verdict = verdict_of(judged.score, says, in_context=judged.in_context, profile=profile)
    reasons = judged.reasons
    if verdict is not judged.verdict:
        reasons = (*reasons, Reason("second_opinion", f"{says:.2f}", 0.0))
    return replace(judged, verdict=verdict, reasons=reasons, model=says)
