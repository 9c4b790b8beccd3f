"""Asking for texts that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from kernel.accounts.models import User
    from kernel.texts.models import TextHold  # noqa: F401 (in the base)


class TextHoldQuerySet(models.QuerySet["TextHold"]):
    """Texts that were held or flagged."""

    def waiting(self) -> TextHoldQuerySet:
        """Those that nobody has decided on."""
        return self.filter(state__in=("held", "flagged"))

    def decided(self) -> TextHoldQuerySet:
        """Those that somebody has."""
        return self.filter(state__in=("released", "removed"))

    def flagged(self) -> TextHoldQuerySet:
        """Those that wait while they stand where they were written."""
        return self.filter(state="flagged")

    def told_to(self, author: User) -> TextHoldQuerySet:
        """What a person may know of: texts of theirs that were put aside or removed; not those that only a reviewer
        looks at."""
        return self.filter(author=author).exclude(placeholder="", state__in=("flagged", "released"))

    def same(self, *, place: str, digest: str) -> TextHoldQuerySet:
        """The same text at the same place, newest first."""
        return self.filter(digest=digest, place=place).order_by("-id")
