"""Who may look at and decide about which punches."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.calendars.work_date import running_day
from tenants.employees.access import reach
from tenants.punch_review.models import ReviewItem
from tenants.punch_review.permissions import REVIEW
from tenants.punch_review.querysets import ReviewItemQuerySet
from tenants.punches.models import Punch


def items_for(user: User) -> ReviewItemQuerySet:
    """The punches to look at, of the people in the person's charge; the own ones are not among them."""
    found = ReviewItem.objects.of_people(reach(user, REVIEW, running_day()))
    return found.exclude(employee__user=user)


def item_to_see(user: User, punch_id: UUID) -> ReviewItem:
    """One of them. Raises NotAllowed, NotFound."""
    require(user, REVIEW)
    found = items_for(user).select_related("punch__place", "punch__key", "employee").filter(punch_id=punch_id).first()
    if found is None:
        raise NotFound("punch")
    return found


def own_punch(user: User, punch_id: UUID) -> Punch:
    """A punch of the person's own that is or was looked at. Raises NotFound."""
    found = Punch.objects.select_related("place").filter(pk=punch_id, employee__user=user, review__isnull=False).first()
    if found is None:
        raise NotFound("punch")
    return found
