"""What the operators' side tells the region of its security, and what the region answers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced


class Incident(Addressed, Fenced):
    """An incident of this region as the operators' desk tells it; `uid` is the desk's own, a higher `version` is newer.

    Kind, severity and state are words for people. `asks` is what is asked of the region: a list of `uid`, `title`,
    `of` (the office that is asked), `instruction`, `due_at` (ISO instant or null) and `done`. `notices` is who must be
    told by law: a list of `name`, `source`, `recipient`, `sender`, `due_at`, `state` (words) and `is_waiting`.
    """

    version = models.IntegerField()
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=80)
    severity = models.CharField(max_length=40)
    # 0 informational to 4 critical.
    severity_rank = models.SmallIntegerField()
    state = models.CharField(max_length=80)
    is_open = models.BooleanField()
    detected_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(blank=True)
    asks = models.JSONField(default=list)
    notices = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    contact = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_open", "-severity_rank", "-detected_at"]

    @override
    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Answer(Fenced):
    """What somebody of the region said to something that was asked. Append-only (trigger)."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("Diketahui, sedang dikerjakan")
        DONE = "done", _("Sudah dikerjakan")
        ANSWER = "answer", _("Jawaban")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="answers")
    ask = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    # Of the form that was sent: sent twice, it is one answer.
    key = models.UUIDField(unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.ask}"


class DailyCount(Fenced):
    """How often a security event (`kernel.watching.names`) was seen here on a day, as the operators' side counts."""

    day = models.DateField()
    name = models.CharField(max_length=60)
    severity = models.CharField(max_length=14)
    count = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "name", "severity"], name="security_count_once_a_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.day} {self.name} {self.count}"
