"""One row for each thing done. A trigger refuses change and removal (migration 0002)."""

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.tenancy.fence import Fenced


class AuditEvent(Fenced):
    """Who did what to what, with before and after. Never holds a password, a token or a file's content."""

    class ActorKind(models.TextChoices):
        USER = "user", "Pengguna"
        SYSTEM = "system", "Sistem"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_uid = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=80, blank=True)
    subject_uid = models.UUIDField(null=True)
    subject_name = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    # Network address and family of device of the request, "" for what the system did by itself.
    origin = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_uid", "-id"], name="audit_by_subject"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
