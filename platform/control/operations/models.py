"""The ledger of schema changes: what was rendered, and where it stands in each region."""

from django.db import models
from typing_extensions import override

from kernel import clock


class SchemaChange(models.Model):
    """One rendered migration of one region app. Its order is its id; all of them in order are a new region's schema."""

    id = models.BigAutoField(primary_key=True)
    app = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    sql = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "name"], name="schema_change_once")]

    @override
    def __str__(self) -> str:
        return f"{self.app}.{self.name}"


class SchemaRollout(models.Model):
    """The last attempt to bring one region up to date. The truth of what is applied is the region's own record."""

    class State(models.TextChoices):
        CURRENT = "current", "Terkini"
        FAILED = "failed", "Gagal"

    region = models.OneToOneField("regions.Region", on_delete=models.CASCADE, related_name="rollout")
    state = models.CharField(max_length=10, choices=State.choices)
    last_change = models.ForeignKey(SchemaChange, null=True, on_delete=models.PROTECT, related_name="+")
    failure = models.TextField(blank=True)
    attempted_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.region_id}: {self.state}"
