"""Whom a machine means by a PIN, and the PINs that nobody has claimed."""

from __future__ import annotations

from django.db import models
from typing_extensions import override


class MachinePin(models.Model):
    """Which employee a machine means by a PIN."""

    id = models.BigAutoField(primary_key=True)
    device = models.CharField(max_length=80)
    pin = models.CharField(max_length=20)
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="machine_pins")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "pin"], name="machine_pin_once")]

    @override
    def __str__(self) -> str:
        return f"{self.device} {self.pin}"


class UnknownPin(models.Model):
    """A PIN that a machine's log used and nobody has claimed; the file is read again once somebody does."""

    id = models.BigAutoField(primary_key=True)
    device = models.CharField(max_length=80)
    pin = models.CharField(max_length=20)
    file = models.ForeignKey("files.StoredFile", on_delete=models.CASCADE, related_name="+")
    lines = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "pin", "file"], name="unknown_pin_once_per_file")]

    @override
    def __str__(self) -> str:
        return f"{self.device} {self.pin}"
