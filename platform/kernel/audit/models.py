"""One row for each thing done, and the seals over them. Triggers refuse change and removal (migrations 0002, 0003)."""

from hashlib import sha256

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.audit.leaves import canonical
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How


class AuditEvent(Fenced):
    """Who did what to what, with before and after. Never holds a password, a token or a file's content."""

    free_text = {"note": How.FLAG}

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


class AuditSeal(models.Model):
    """A signed link of the chain, over entries with `after_id` < id <= `up_to_id` (docs/security/audit-seals.md)."""

    number = models.IntegerField(primary_key=True)
    after_id = models.BigIntegerField()
    up_to_id = models.BigIntegerField()
    entries = models.IntegerField()
    # The digest of all leaves, and id and beginning of each leaf (`kernel.audit.leaves`).
    root = models.CharField(max_length=64)
    index = models.BinaryField()
    previous = models.CharField(max_length=64)
    side = models.CharField(max_length=40)
    key_name = models.CharField(max_length=16)
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(up_to_id__gt=models.F("after_id")), name="seal_goes_forward"),
            models.CheckConstraint(condition=models.Q(entries__gt=0), name="seal_over_entries"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.number} ({self.digest[:12]})"

    def computed_digest(self) -> str:
        """What `digest` must be: the SHA-256 of everything that the seal says."""
        return sha256(
            canonical(
                {
                    "number": self.number,
                    "after_id": self.after_id,
                    "up_to_id": self.up_to_id,
                    "entries": self.entries,
                    "root": self.root,
                    "index": sha256(bytes(self.index)).hexdigest(),
                    "previous": self.previous,
                    "side": self.side,
                    "key_name": self.key_name,
                    "sealed_at": self.sealed_at,
                }
            )
        ).hexdigest()


class AuditCheck(models.Model):
    """The last look at the seals: one row for the look at all of them, one for the look at the newest."""

    is_whole = models.BooleanField(primary_key=True)
    at = models.DateTimeField()
    seals = models.IntegerField()
    entries = models.IntegerField()
    # "" when everything held, else what did not (`kernel.audit.verifying.Kind`), in which seal, which entry.
    broken = models.CharField(max_length=20, blank=True)
    broken_seal = models.IntegerField(null=True)
    broken_entry = models.BigIntegerField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.broken or 'whole'}"
