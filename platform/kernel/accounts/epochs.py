"""Session epochs: the instants before which sessions are over, for a whole region and for one person.

Compared on each request with what is at hand anyway: the region's measures, the person's row and the session's own
beginning. No session has to be looked for, so signing thousands out costs one statement or none.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from kernel import clock
from kernel.accounts.models import User
from kernel.measures import Measure, terms_of


def is_over(user: User | AnonymousUser, began: datetime) -> bool:
    """Whether a session that began then was ended by an epoch since."""
    terms = terms_of(Measure.SIGNED_OUT)
    if terms is not None and began < datetime.fromisoformat(terms["before"]):
        return True
    before = getattr(user, "signed_out_before", None)
    return before is not None and began < before


def sign_out(users: Collection[int] | None) -> int:
    """End every session of these people (keys), or of everybody (None), in the open side; gives how many they are."""
    people = User.objects.active()
    if users is not None:
        people = people.filter(pk__in=users)
    return people.update(signed_out_before=clock.now())
