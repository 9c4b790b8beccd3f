"""What pages ask about guests."""

from __future__ import annotations

from django import template

from kernel.guests import presence
from kernel.tenancy.context import region_or_none

register = template.Library()


@register.simple_tag
def present_guest() -> dict[str, object] | None:
    """The operator's visit that is running in the open region, or nothing."""
    return None if region_or_none() is None else presence.present()
