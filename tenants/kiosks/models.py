"""Screens that show a changing code, tablets that many people punch on, and the PINs for them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.kiosks.querysets import KioskQuerySet, PinQuerySet, ScreenQuerySet


class Screen(Addressed, Fenced):
    """An office's code: shown on a screen or on a leader's phone, entered by who is there and has no GPS.

    Its secret is derived (`secrets.code_secrets`) and changes with `turn`.
    """

    free_text = {"label": How.HOLD}

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    turn = models.IntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = ScreenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "label"], condition=models.Q(ended_at__isnull=True), name="screen_once_per_unit"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.label


class Kiosk(Addressed, Fenced):
    """A tablet on which the people of a unit punch. Without a `key` it waits for its one-time code to be entered."""

    free_text = {"label": How.HOLD}

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    key = models.OneToOneField("punches.PhoneKey", null=True, on_delete=models.PROTECT, related_name="kiosk")
    # SHA-256, keyed, of the one-time code; empty once it is used.
    code_digest = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = KioskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code_digest"], condition=~models.Q(code_digest=""), name="kiosk_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(code_digest="") | models.Q(code_expires_at__isnull=False),
                name="kiosk_code_expires",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.label


class Pin(models.Model):
    """What is kept of a person's PIN for tablets (`secrets.pin_digest`). One for each person."""

    employee = models.OneToOneField(
        "employees.Employee", primary_key=True, on_delete=models.PROTECT, related_name="kiosk_pin"
    )
    digest = models.CharField(max_length=64)
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PinQuerySet.as_manager()

    @override
    def __str__(self) -> str:
        return str(self.employee_id)


class PinFailure(Fenced):
    """A wrong PIN, once for each event: what the limit counts. The event itself is kept aside by the lane."""

    event = models.UUIDField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["employee", "at"], name="pin_failure_by_employee")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.at:%Y-%m-%d %H:%M}"


def is_open(row: Screen | Kiosk, at: datetime) -> bool:
    """Whether it was in use at the moment."""
    return row.made_at <= at and (row.ended_at is None or at < row.ended_at)
