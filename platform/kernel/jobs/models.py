"""A piece of long work, and what it says about single rows."""

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.jobs.querysets import JobQuerySet
from kernel.tenancy.fence import Fenced


class Job(Addressed, Fenced):
    """Progress of one import, run or export. `kind` is a dotted name; `result` is what the page shows at the end."""

    class State(models.TextChoices):
        QUEUED = "queued", "Menunggu"
        RUNNING = "running", "Berjalan"
        DONE = "done", "Selesai"
        FAILED = "failed", "Gagal"
        CANCELLED = "cancelled", "Dibatalkan"

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=200, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    error_rows = models.IntegerField(default=0)
    parameters = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    is_cancel_requested = models.BooleanField(default=False)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="job_by_kind")]
        constraints = [
            models.CheckConstraint(condition=models.Q(done__gte=0, total__gte=0), name="job_progress_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def percent(self) -> int:
        """Progress 0..100; 100 only when it is done."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class JobRow(models.Model):
    """What a job says about one row of its input: an error with the reason, or a notice."""

    class Level(models.TextChoices):
        ERROR = "error", "Kesalahan"
        WARNING = "warning", "Perhatian"

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.ERROR)
    row_number = models.IntegerField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    column = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=200, blank=True)
    message = models.TextField()
    fix_url = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["job", "row_number", "id"], name="jobrow_in_order")]

    @override
    def __str__(self) -> str:
        return f"{self.row_number}: {self.message}"
