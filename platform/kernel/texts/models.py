"""Texts that wait for a reviewer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.querysets import TextHoldQuerySet


class TextHold(Addressed, Fenced):
    """A text that was held or flagged, with what spoke against it and what became of it."""

    class State(models.TextChoices):
        HELD = "held", _("Ditahan")
        FLAGGED = "flagged", _("Ditandai")
        RELEASED = "released", _("Diloloskan")
        REMOVED = "removed", _("Dihapus")

    # `app.Model.column`; the row in which it was written, by uid or key ("" where only its content finds it); and the
    # keys of the rows that a decision has changed.
    place = models.CharField(max_length=120)
    record = models.CharField(max_length=36, default="", db_default="")
    rows = models.JSONField(default=list)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    # What stands in the row instead; "" as long as the text itself stands there.
    placeholder = models.CharField(max_length=60, default="")
    verdict = models.CharField(max_length=8)
    score = models.DecimalField(max_digits=3, decimal_places=1)
    reasons = models.JSONField(default=list)
    rules = models.CharField(max_length=40)
    model_says = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    state = models.CharField(max_length=8, choices=State.choices)
    # The state before the newest decision, so that it can be taken back.
    before = models.CharField(max_length=8, default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="")

    objects = TextHoldQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="text_hold_queue"),
            models.Index(fields=["digest"], name="text_hold_digest"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.place} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state in (self.State.HELD, self.State.FLAGGED)
