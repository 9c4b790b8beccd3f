"""Template tags and filters of the platform: money, dates, times, icons and block components.

Words follow the active language, times the active time zone (`kernel.web.middleware.Locale` sets both).
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Final

import lucide
from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext
from typing_extensions import TypeIs

from kernel.date_words import month_words, short_day_words, weekday_words
from kernel.web import icons, zones

register = template.Library()

MINUS: Final = "−"
TIGHT: Final = "\N{NO-BREAK SPACE}"


def _absent(value: object) -> TypeIs[None]:
    """Nothing known; Django hands "" to the filter of a variable that does not exist."""
    return value is None or value == ""


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", ".")


@register.filter
def rupiah(value: Decimal | int | None) -> str:
    """`Decimal("3660909")` as `Rp3.660.909`; a fraction only if there is one; nothing known is a dash."""
    if _absent(value):
        return "–"
    if isinstance(value, bool | float):
        raise TypeError("rupiah takes Decimal or int")
    amount = Decimal(value)
    sign = MINUS if amount < 0 else ""
    cents = int((abs(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    whole, rest = divmod(cents, 100)
    tail = f",{rest:02d}" if rest else ""
    return f"{sign}Rp{_grouped(whole)}{tail}"


@register.filter
def number(value: Decimal | int | None) -> str:
    """`1234.5` as `1.234,5`, without superfluous zeros."""
    if _absent(value):
        return "–"
    amount = Decimal(value)
    sign = MINUS if amount < 0 else ""
    whole, _, fraction = f"{abs(amount):f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{sign}{_grouped(int(whole))}" + (f",{fraction}" if fraction else "")


@register.filter
def percent(value: Decimal | int | None, places: int = 2) -> str:
    """A share (`Decimal("0.125")`) as `12,5%`, at most `places` digits behind the comma."""
    if _absent(value):
        return "–"
    scaled = (Decimal(value) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{number(scaled)}%"


def _local_date(value: dt.date) -> dt.date:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date()
    return value


@register.filter
def tanggal(value: dt.date | None) -> str:
    """`Sabtu, 21 November 2026`; an instant is first brought to the active zone."""
    return weekday_words(_local_date(value)) if value else "–"


@register.filter
def tanggal_pendek(value: dt.date | None) -> str:
    """`21 Nov 2026`."""
    return short_day_words(_local_date(value)) if value else "–"


@register.filter
def bulan(value: dt.date | None) -> str:
    """`November 2026`."""
    return month_words(_local_date(value)) if value else "–"


@register.filter
def jam(value: dt.datetime | dt.time | None) -> str:
    """`07.25 WITA`: an instant in the active zone, or a wall-clock time of that zone as it stands."""
    if _absent(value):
        return "–"
    clock = timezone.localtime(value).time() if isinstance(value, dt.datetime) else value
    return f"{clock:%H.%M}{TIGHT}{zones.label(timezone.get_current_timezone_name())}"


@register.filter
def jam_pendek(value: dt.datetime | dt.time | None) -> str:
    """`07.25` without the zone, for dense tables whose heading names it."""
    if _absent(value):
        return "–"
    clock = timezone.localtime(value).time() if isinstance(value, dt.datetime) else value
    return f"{clock:%H.%M}"


@register.filter
def waktu(value: dt.datetime | None) -> str:
    """`21 Nov 2026, 07.25 WITA`."""
    return f"{tanggal_pendek(value)}, {jam(value)}" if value else "–"


@register.filter
def menit(value: int | None) -> str:
    """Minutes as people say them: `450` is `7 jam 30 menit`."""
    if _absent(value):
        return "–"
    sign = MINUS if int(value) < 0 else ""
    hours, minutes = divmod(abs(int(value)), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)s jam", "%(count)s jam", hours) % {"count": hours})
    if minutes or not hours:
        parts.append(ngettext("%(count)s menit", "%(count)s menit", minutes) % {"count": minutes})
    return sign + " ".join(parts)


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    svg = lucide._render_icon(name, size, **{"class": "icon", "aria-hidden": "true", "focusable": "false"})
    return mark_safe("".join(line.strip() for line in svg.splitlines()))  # noqa: S308 - the package's own file


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """The named Lucide icon as inline SVG, hidden from screen readers: the words beside it say the same."""
    return _icon(str(name), size)


@register.simple_tag
def apple_icon() -> str:
    """The address of the sign for an iPhone's home screen."""
    return icons.address(icons.APPLE)


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """`mapping[key]`, for keys that a dotted lookup cannot spell."""
    return mapping[key]


CHIP_ICONS: Final = {
    "ok": "circle-check",
    "wait": "clock",
    "bad": "circle-alert",
    "info": "info",
    "plain": "circle",
}


@register.filter
def chip_icon(kind: str) -> str:
    """The icon that goes with a kind of status."""
    return CHIP_ICONS[kind or "plain"]


@register.simple_tag
def chip(text: object, kind: str = "", icon: str = "") -> SafeString:
    """A status chip, always with an icon, so that colour is never the only sign; `kind` as in `CHIP_ICONS`.

    A tag and not a template: lists have one in every row.
    """
    sign = _icon(str(icon or chip_icon(kind)), 16)
    return format_html('<span class="chip chip--{}">{}{}</span>', kind or "plain", sign, text)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A native dialog, opened by an element with `data-open="<id>"`."""
    return render_to_string("components/dialog.html", {"id": id, "title": title, "body": conditional_escape(content)})


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A quiet box inside the page: `info`, `wait` (needs you), `bad` (money or danger), `ok` (proof)."""
    return render_to_string(
        "components/notice.html", {"kind": kind, "title": title, "body": conditional_escape(content)}
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The address's query string with some values replaced (`None` drops one), starting with `?`."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"
