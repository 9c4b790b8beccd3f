"""Asking for texts that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from kernel.texts.models import TextHold  # noqa: F401 (in the base)


class TextHoldQuerySet(models.QuerySet["TextHold"]):
    """Texts that were held or flagged."""

    def waiting(self) -> TextHoldQuerySet:
        """Those that nobody has decided on."""
        return self.filter(state__in=("held", "flagged"))

    def decided(self) -> TextHoldQuerySet:
        """Those that somebody has."""
        return self.filter(state__in=("released", "removed"))

    def same(self, *, place: str, digest: str) -> TextHoldQuerySet:
        """The same text at the same place, newest first."""
        return self.filter(digest=digest, place=place).order_by("-id")
