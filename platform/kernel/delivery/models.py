"""Tables behind "sent twice, happens once" and "what must happen is written down in the same transaction"."""

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import new_uid


class IdempotencyRecord(models.Model):
    """The answer to a request that may come again; written in the transaction that did the work."""

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", "Sedang dikerjakan"
        DONE = "done", "Selesai"

    id = models.BigAutoField(primary_key=True)
    actor_uid = models.UUIDField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.IN_PROGRESS)
    status_code = models.IntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_uid", "route", "key"], name="idempotency_key_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    @override
    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class OutboxMessage(models.Model):
    """A task that must be enqueued; the relay hands it to Celery after commit and marks it sent."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=new_uid, unique=True)
    task = models.CharField(max_length=200)
    kwargs = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_unsent", condition=models.Q(sent_at__isnull=True)),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.task} {self.uid}"
