"""The review of punches: operators and BKPSDM decide, never about their own; an ASN sees the own ones."""

from decimal import Decimal

from tenants.punch_review.models import PlaceProposal, ReviewItem
from tenants.punch_review.verdicts import accept_punches
from tenants.punches.models import Punch
from tests.architecture.permission_table import Cast, region
from tests.tenants.punch_review.odd import make_doubtful, make_punch

REVIEWERS = "operator_opd bkpsdm"
ASN = "ani budi citra"


def queued(cast: Cast) -> Punch:
    punch = make_doubtful(cast.ani.employee)
    ReviewItem.objects.create(punch=punch, employee=cast.ani.employee, captured_at=punch.captured_at, score=20)
    return punch


def a_punch(cast: Cast) -> dict[str, object]:
    return {"uid": queued(cast).pk}


def a_decided_punch(cast: Cast) -> dict[str, object]:
    punch = queued(cast)
    accept_punches(uids=[punch.pk], actor=cast.users["bkpsdm"])
    return {"uid": punch.pk}


def a_rejection(cast: Cast) -> dict[str, object]:
    return {"putusan": "tolak", "reason": "Di kota lain"}


def an_explanation(cast: Cast) -> dict[str, object]:
    return {"text": "Sedang di lapangan"}


def a_selfie_rule(cast: Cast) -> dict[str, object]:
    return {"bagian": "swafoto", "mode": "always", "keep_days": "90"}


def a_proposal(cast: Cast) -> dict[str, object]:
    made = PlaceProposal.objects.create(
        unit=cast.office.unit, latitude=Decimal("1.48"), longitude=Decimal("124.85"), radius_m=75, people=10
    )
    return {"uid": made.uid}


def an_own_punch(cast: Cast) -> dict[str, object]:
    return {"uid": make_punch(cast.ani.employee).pk}


ROWS = [
    region("punch-review-proposals", "GET", REVIEWERS),
    region("punch-review-proposal", "POST", REVIEWERS, ok=302, args=a_proposal),
    region("punch-review-selfies", "GET", ASN),
    region("punch-review-selfie", "POST", "ani", ok=302, args=an_own_punch, budi=404, citra=404),
    region("punch-review-queue", "GET", REVIEWERS),
    region("punch-review-queue", "POST", REVIEWERS, ok=302),
    region("punch-review-one", "GET", REVIEWERS, args=a_punch),
    region("punch-review-one", "POST", REVIEWERS, ok=302, args=a_punch, data=a_rejection),
    region("punch-review-undo", "POST", REVIEWERS, ok=302, args=a_decided_punch),
    region("punch-review-settings", "GET", "bkpsdm"),
    region("punch-review-settings", "POST", "bkpsdm", ok=302, data=a_selfie_rule),
    region("punch-review-own", "GET", ASN),
    region("punch-review-mine", "GET", "ani", args=a_punch, budi=404, citra=404),
    region("punch-review-mine", "POST", "ani", ok=302, args=a_punch, data=an_explanation, budi=404, citra=404),
]
