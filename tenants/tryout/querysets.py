"""Questions about try-outs and the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from tenants.tryout.models import TryOut, TryOutPerson  # noqa: F401 - they name the bases below


class TryOutQuerySet(models.QuerySet["TryOut"]):
    def going(self) -> TryOutQuerySet:
        """Those that wait or work."""
        return self.filter(state__in=["queued", "running"])


class TryOutPersonQuerySet(models.QuerySet["TryOutPerson"]):
    def compared(self) -> TryOutPersonQuerySet:
        """Those whom both computations gave a slip."""
        return self.filter(status__in=["gain", "loss", "same"])

    def searched(self, text: str) -> TryOutPersonQuerySet:
        """Those whose name holds the words, or whose NIP begins with the digits."""
        text = " ".join(text.split())
        if not text:
            return self
        digits = text.replace(" ", "")
        if digits.isascii() and digits.isdigit():
            return self.filter(employee__nip__startswith=digits)
        return self.filter(employee__name__icontains=text)
