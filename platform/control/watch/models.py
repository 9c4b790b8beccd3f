"""Security events of both sides, kept by themselves: no key leads from here into a region or to an account."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.watching.names import KINDS, Severity


class SecurityEvent(models.Model):
    """One thing that happened, as the side where it happened told it. Never changed; removed by age (`keeping`)."""

    id = models.BigAutoField(primary_key=True)
    # Given where it happened: a message that comes twice is kept once.
    uid = models.UUIDField(unique=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    name = models.CharField(max_length=40)
    # 0 informational to 4 critical (kernel.watching.Severity.rank).
    severity = models.SmallIntegerField()
    # Code of the region; "" for what happened on the operators' side and concerns no region.
    region = models.CharField(max_length=30, blank=True)
    # Uid of the account there.
    person = models.UUIDField(null=True)
    subject = models.CharField(max_length=100, blank=True)
    # IPv4 address, or the network (/64) of an IPv6 one.
    ip = models.CharField(max_length=50, blank=True)
    agent = models.CharField(max_length=16, blank=True)
    agent_family = models.CharField(max_length=60, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    route = models.CharField(max_length=80, blank=True)
    method = models.CharField(max_length=10, blank=True)
    # The task or command, for what no request did.
    work = models.CharField(max_length=100, blank=True)
    # By the clock of the region, for detections that ask for office hours; Monday is 0.
    local_hour = models.SmallIntegerField(default=0)
    local_weekday = models.SmallIntegerField(default=0)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="event_by_time"),
            models.Index(fields=["name", "-at"], name="event_by_name"),
            models.Index(fields=["region", "-at"], name="event_by_region"),
            models.Index(fields=["person", "-at"], name="event_by_person", condition=models.Q(person__isnull=False)),
            models.Index(fields=["ip", "-at"], name="event_by_ip", condition=~models.Q(ip="")),
            models.Index(fields=["subject", "-at"], name="event_by_subject", condition=~models.Q(subject="")),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.name} {self.region or 'platform'}"

    @property
    def level(self) -> Severity:
        return list(Severity)[self.severity]

    @property
    def label(self) -> object:
        """The words for its name; the name itself for one from another release."""
        kind = KINDS.get(self.name)
        return self.name if kind is None else kind.label
