"""What the console shows of each region, taken from time to time so that the page asks no region."""

from django.db import models
from typing_extensions import override

from kernel import clock


class RegionFigures(models.Model):
    """The last figures of one region, or why they could not be taken."""

    region = models.OneToOneField("regions.Region", on_delete=models.CASCADE, related_name="figures")
    # {counter code: number}
    figures = models.JSONField(default=dict)
    failure = models.CharField(max_length=200, blank=True)
    # Security events of the 24 hours before `taken_at` of low severity or more, and those of high or more.
    events = models.IntegerField(default=0)
    severe_events = models.IntegerField(default=0)
    taken_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.region_id}: {self.taken_at:%Y-%m-%d %H:%M}"
