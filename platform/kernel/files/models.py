"""What is known of a stored file."""

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced


class StoredFile(Addressed, Fenced):
    """A file that somebody gave us. Its bytes lie under the region's own folder, never under a web root."""

    class Scan(models.TextChoices):
        UNSCANNED = "unscanned", "Belum diperiksa"
        CLEAN = "clean", "Bersih"
        REFUSED = "refused", "Ditolak"

    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255, unique=True, db_index=False)
    purpose = models.CharField(max_length=40)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.UNSCANNED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="file_by_digest")]
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="file_size_not_negative")]

    @override
    def __str__(self) -> str:
        return self.name
