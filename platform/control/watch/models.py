"""Security events of both sides, kept by themselves: no key leads from here into a region or to an account."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from typing_extensions import override

from control.watch.rules import Rule, read_rule
from kernel import clock
from kernel.ids import Addressed
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


class ToldUntil(models.Model):
    """The newest event whose region was told its counts (`telling`). One row."""

    event = models.BigIntegerField(default=0)

    @override
    def __str__(self) -> str:
        return str(self.event)


class Detection(Addressed):
    """A rule over events, as data: what it looks for (`content`, read by `rules.read_rule`) and what is to be done."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Konsep"
        # Shows what would have been; opens no incident.
        SIMULATION = "simulation", "Simulasi"
        ACTIVE = "active", "Aktif"

    code = models.SlugField(max_length=40, unique=True, db_index=False)
    title = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices)
    version = models.IntegerField(default=1)
    content = models.JSONField()
    # What whoever reads the hit does, step by step.
    runbook = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["title"]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> Rule:
        """What it looks for. Raises RuleUnreadable."""
        return read_rule(self.content)


class DetectionVersion(models.Model):
    """A former or present wording of a detection; the newest is in force."""

    id = models.BigAutoField(primary_key=True)
    detection = models.ForeignKey(Detection, on_delete=models.CASCADE, related_name="versions")
    version = models.IntegerField()
    title = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Detection.Status.choices)
    content = models.JSONField()
    runbook = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)
    # The operator. No key: accounts stand in every region too, and removing one there must ask nothing here.
    by_uid = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["detection", "version"], name="detection_version_once"),
        ]
        ordering: ClassVar = ["-version"]

    @override
    def __str__(self) -> str:
        return f"{self.detection_id} v{self.version}"


class Alert(Addressed):
    """A detection held for a group. What comes within its suppress time joins it, so one attack is one line."""

    detection = models.ForeignKey(Detection, on_delete=models.CASCADE, related_name="alerts")
    version = models.IntegerField()
    # Digest of the group's values; the values themselves in `group`, by part.
    group_key = models.CharField(max_length=32)
    group = models.JSONField(default=dict)
    # The one region of its events; "" when there are several, or none.
    region = models.CharField(max_length=30, blank=True)
    severity = models.SmallIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = models.IntegerField()
    distinct = models.IntegerField(default=0)
    total = models.BigIntegerField(default=0)
    # How often it held since.
    times = models.IntegerField(default=1)
    is_simulated = models.BooleanField(default=False)
    # Uid of the incident that it opened or joined.
    incident = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["detection", "group_key", "-last_at"], name="alert_by_group"),
            models.Index(fields=["-created_at", "-id"], name="alert_by_time"),
            models.Index(fields=["incident"], name="alert_by_incident", condition=models.Q(incident__isnull=False)),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.detection_id}: {self.group}"

    @property
    def level(self) -> Severity:
        return list(Severity)[self.severity]
