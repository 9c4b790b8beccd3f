"""The tabs over the pages around the inbox."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(current: str, count: int | None = None) -> list[dict[str, Any]]:
    """As `components/tabs.html` takes them; `current` is kotak, riwayat, delegasi or terlambat."""
    return [
        {
            "label": _("Menunggu"),
            "url": reverse("approvals-inbox"),
            "is_current": current == "kotak",
            "count": "" if count is None else count,
        },
        {"label": _("Riwayat"), "url": reverse("approvals-history"), "is_current": current == "riwayat"},
        {"label": _("Delegasi"), "url": reverse("approvals-delegations"), "is_current": current == "delegasi"},
        {"label": _("Terlambat"), "url": reverse("approvals-delays"), "is_current": current == "terlambat"},
    ]
