"""Questions about phones."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from tenants.punches.models import PhoneKey  # noqa: F401


class PhoneKeyQuerySet(models.QuerySet["PhoneKey"]):
    """Keys, mostly of people's phones."""

    def phones_of(self, employees: Collection[int]) -> Self:
        """The phones of these people, newest first."""
        return self.filter(kind="phone", employee_id__in=employees).order_by("-registered_at", "-id")

    def in_use(self) -> Self:
        """Those that may still sign: active ones and those that wait."""
        return self.exclude(state="ended")

    def named(self, search: str) -> Self:
        """Of people whose name has this text, or whose NIP begins with it."""
        return self.filter(models.Q(employee__name__icontains=search) | models.Q(employee__nip__startswith=search))
