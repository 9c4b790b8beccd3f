"""The results of a person's plan as what daily activities may serve."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from tenants.activities.targets import Target
from tenants.employees.querysets import posts_on
from tenants.skp.models import Plan, WorkResult


class PlanTargets:
    """Answers for activities: the RHK of the plan in force. A target's uid is the key that all versions share."""

    def open_targets(self, employee_id: int, day: date) -> Sequence[Target]:
        """The results of the plan in force for the post of that day, else of any plan of that year."""
        lines = list(
            WorkResult.objects.filter(plan__employee=employee_id, plan__year=day.year, plan__state=Plan.State.APPROVED)
            .order_by("plan", "number")
            .values_list("key", "statement", "plan__position")
        )
        if len({position for _key, _statement, position in lines}) > 1:
            posts = posts_on([employee_id], day).get(employee_id)
            held = set() if posts is None else {post.position_id for post in (posts.definitive, *posts.acting) if post}
            lines = [line for line in lines if line[2] in held] or lines
        return [Target(key, statement) for key, statement, _position in lines]

    def labels(self, uids: Collection[UUID]) -> dict[UUID, str]:
        """The newest words of these results."""
        rows = WorkResult.objects.filter(key__in=uids).order_by("pk").values_list("key", "statement")
        return dict(rows)
