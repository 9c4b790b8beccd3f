"""A guest's visit and what was asked for in it. Both stand in the region's own schema: the record is the region's."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.accounts.models import User
from kernel.guests.querysets import VisitQuerySet
from kernel.ids import Addressed
from kernel.permissions import REGION_ROLES
from kernel.tenancy.fence import Fenced


class Visit(Addressed, Fenced):
    """An operator may look at this region from `opened_at` to `ends_at`, as one of its roles, for a reason.

    It is entered once, by the link that the operators' side gave (`entered_at`). What `role` may read is read from the
    region's own roles with each request.
    """

    class End(models.TextChoices):
        OPERATOR = "operator", _("diakhiri operator")
        REGION = "region", _("diakhiri wilayah")

    operator_uid = models.UUIDField()
    operator = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    incident = models.UUIDField(null=True, blank=True)
    # Of the form that was sent: sent twice, it is one visit.
    key = models.UUIDField(unique=True)
    opened_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at", "-id"]

    @override
    def __str__(self) -> str:
        return f"{self.operator} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def role_name(self) -> str:
        """The words for the role as which is looked."""
        return REGION_ROLES.get(self.role, self.role)

    @property
    def is_running(self) -> bool:
        """Neither ended nor run out."""
        return self.ended_at is None and clock.now() < self.ends_at


class VisitedRequest(Fenced):
    """One request of a visit, refused ones too. Append-only (trigger). `subject` are the uids in its address."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="requests")
    at = models.DateTimeField(default=clock.now)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    status = models.SmallIntegerField()
    subject = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class Guest(User):
    """Who looks at a region in a visit: no row, no employee, no key that anything could refer to.

    Counted nowhere because it is stored nowhere; a write that would name it fails on its key.
    """

    visit: Visit

    class Meta:
        proxy = True

    @override
    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a guest has no row")
