"""What is known of a stored file."""

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.files.storage import apart
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced


class StoredFile(Addressed, Fenced):
    """A file that somebody gave us. Its bytes lie under the region's own folder, never under a web root."""

    class Scan(models.TextChoices):
        PENDING = "pending", _("Sedang diperiksa")
        CLEAN = "clean", _("Bersih")
        REVIEW = "review", _("Menunggu ditinjau petugas")
        QUARANTINED = "quarantined", _("Ditahan karena berbahaya")
        REJECTED = "rejected", _("Ditolak")

    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    # Of what is kept, and of what was sent: a picture is made anew.
    sha256 = models.CharField(max_length=64)
    sent_sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255, unique=True, db_index=False)
    # Whether the bytes lie in the store that nothing is served from.
    is_apart = models.BooleanField(default=False)
    purpose = models.CharField(max_length=40)
    scan = models.CharField(max_length=12, choices=Scan.choices, default=Scan.PENDING)
    # What spoke against it, as `inspection.findings.Finding.as_json`.
    findings = models.JSONField(default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    # When its state was last decided, by the inspection or by a person.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], name="file_by_digest"),
            models.Index(fields=["sent_sha256"], name="file_by_sent_digest"),
            models.Index(fields=["scan", "created_at"], name="file_not_clean", condition=~models.Q(scan="clean")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="file_size_not_negative"),
            models.CheckConstraint(
                condition=models.Q(scan="clean", is_apart=False) | ~models.Q(scan="clean"), name="file_clean_is_served"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def store(self) -> Storage:
        """Where the bytes lie."""
        return apart() if self.is_apart else default_storage

    @property
    def is_clean(self) -> bool:
        """Whether it may be handed out to whoever may read it."""
        return self.scan == self.Scan.CLEAN
