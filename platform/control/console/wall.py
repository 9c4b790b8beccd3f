"""What the wall shows of all regions: read in a fixed number of statements, however many regions there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from control.console.chips import SEVERITY_CHIPS
from control.console.models import RegionFigures
from control.containment import listing
from control.incidents.models import Incident, Severity
from control.regions.models import Region
from kernel import clock
from kernel.usage import counters
from kernel.web.templatetags.kd import chip, jam, number

# Worst first: what is closed or failing stands on top of what runs.
_URGENCY: Final = {
    Region.Status.SUSPENDED: 0,
    Region.Status.PROVISIONING: 1,
    Region.Status.ACTIVE: 2,
    Region.Status.CLOSED: 3,
}
# How large a region is stands on its own page, how long files wait on a list of its own; the wall shows how it fares.
_NOT_HERE: Final = frozenset({"employees", "users", "scan_waiting_minutes", "files_for_review_minutes"})
# What the scanners and their reviewers have not come to yet, in a column of its own.
_SCANNERS: Final = frozenset({"scan_waiting", "files_for_review", "texts_waiting"})
_STATE_CHIPS: Final[Mapping[str, str]] = {Region.Status.ACTIVE: "ok", Region.Status.SUSPENDED: "bad"}
# Figures are taken every five minutes.
STALE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OpenIncidents:
    """How many are open, and how bad the worst of them is."""

    count: int
    worst: Severity

    @property
    def kind(self) -> str:
        return SEVERITY_CHIPS[self.worst]


def wall() -> dict[str, Any]:
    """The context of the page. What each of hundreds of rows needs is made here: template tags cost far more."""
    every = [(item.code, str(item.label)) for item in counters() if item.code not in _NOT_HERE]
    shown = [item for item in every if item[0] not in _SCANNERS]
    scanners = [item for item in every if item[0] in _SCANNERS]
    incidents = _open_incidents()
    now = clock.now()
    rows = []
    for region in Region.objects.select_related("figures", "rollout").order_by("code"):
        figures: RegionFigures | None = getattr(region, "figures", None)
        taken = {} if figures is None else figures.figures
        rows.append(
            {
                "region": region,
                "href": reverse("console-region", args=[region.code]),
                "about": _about(region, figures),
                "state": state_chip(region),
                "figures": [(label, number(taken.get(code))) for code, label in shown],
                "is_counted": any(code in taken for code, _label in scanners),
                "backlog": [(label, number(taken[code])) for code, label in scanners if taken.get(code)],
                "events": number(None if figures is None else figures.events),
                "severe": 0 if figures is None else figures.severe_events,
                "incidents": incidents.get(region.pk),
                "trouble": _trouble(region, figures, now),
            }
        )
    rows.sort(key=_worst_first)
    return {
        "rows": rows,
        "words": {
            "state": _("Keadaan"),
            "incidents": _("Insiden"),
            "events": _("Kejadian 24 jam"),
            "backlog": _("Antrean pemindai"),
            "figures": _("Angka"),
        },
        "queue": reverse("desk-queue"),
        "live": sum(1 for row in rows if row["region"].status == Region.Status.ACTIVE),
        "troubled": sum(1 for row in rows if row["trouble"] or row["incidents"]),
    }


def _about(region: Region, figures: RegionFigures | None) -> str:
    zone = region.get_time_zone_display()
    if figures is None:
        return f"{region.code} · {zone}"
    return _("%(code)s · %(zone)s · angka %(at)s") % {"code": region.code, "zone": zone, "at": jam(figures.taken_at)}


def state_chip(region: Region) -> SafeString:
    """How a region is, as a chip: what holds it back is said before that it runs."""
    if region.status == Region.Status.ACTIVE and region.is_read_only:
        return chip(_("Hanya-baca"), "wait")
    if region.status == Region.Status.ACTIVE and region.is_fallback:
        return chip(_("Mode cadangan"), "wait")
    return chip(region.get_status_display(), _STATE_CHIPS.get(region.status, "plain"))


def _open_incidents() -> Mapping[int, OpenIncidents]:
    found = (
        Incident.regions.through.objects.exclude(incident__state=Incident.State.CLOSED)
        .order_by()
        .values("region_id")
        .annotate(count=Count("pk"), worst=Max("incident__severity"))
    )
    return {row["region_id"]: OpenIncidents(row["count"], Severity(row["worst"])) for row in found}


def _worst_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    incidents: OpenIncidents | None = row["incidents"]
    return (
        -1 if incidents is None else -2 - incidents.worst,
        not row["trouble"],
        -row["severe"],
        _URGENCY[row["region"].status],
        row["region"].code,
    )


def _trouble(region: Region, figures: RegionFigures | None, now: Any) -> list[str]:
    trouble = listing.in_words(region)
    if getattr(getattr(region, "rollout", None), "failure", ""):
        trouble.append(_("Skema tertinggal"))
    if figures is not None and figures.failure:
        trouble.append(_("Angka tidak dapat diambil"))
    elif figures is not None and region.status == Region.Status.ACTIVE and now - figures.taken_at > STALE:
        trouble.append(_("Angka sudah lama tidak diperbarui"))
    return trouble
