"""One look at a watched name: fetched, judged, kept, compared with what was known, and told."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from control.pages.actions import SCAN_DIES_AFTER, make_fetcher
from control.pages.comparing import Compared, Verdict, Visit
from control.pages.dns_records import Inventory, MachineNameServers, NameServers, changes, take_inventory
from control.pages.fetching import Fetcher
from control.pages.models import Capture, Scan, WatchedName
from control.pages.scanning import SeenPage, SeenSite, look_at_site
from control.pages.sitemaps import has_jumped
from control.regions.models import Domain
from kernel import clock
from kernel.files.actions import store_made
from kernel.watching import Severity, emit, names

log = structlog.get_logger(__name__)

CONFIRMED_AFTER: Final = timedelta(minutes=10)
# A suspicion that nobody looked at again for a day is a new one.
_SUSPICION_LASTS: Final = timedelta(days=1)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_KEPT_TEXT: Final = 20_000
_KEPT_CLEAN: Final = timedelta(days=30)
BODY_FILE: Final = "pages.body"

EVENTS: Final = {
    Verdict.CLOAKED: names.PAGE_CLOAKED,
    Verdict.INJECTED: names.PAGE_INJECTED,
    Verdict.DEFACED: names.PAGE_DEFACED,
}
# Notes: what else was new, beside the verdict.
SITEMAP_JUMPED, NEW_VERIFICATION, BAD_CERTIFICATE = "sitemap_jumped", "new_verification", "bad_certificate"


def scan_name(uid: UUID, *, fetcher: Fetcher | None = None, servers: NameServers | None = None) -> Scan | None:
    """Look at a name and keep what was seen; None when it is not watched or somebody else looks at it already.

    The network is asked outside of any transaction.
    """
    watched = _claim(uid)
    if watched is None:
        return None
    begun = time.monotonic()
    try:
        own = frozenset(
            [
                *Domain.objects.filter(tenant_id=watched.region_id).values_list("domain", flat=True),
                *WatchedName.objects.filter(region_id=watched.region_id, state=WatchedName.State.PROVED).values_list(
                    "name", flat=True
                ),
            ]
        )
        site = _look(watched, fetcher or make_fetcher(), own - {watched.name})
        inventory = take_inventory(watched.name, servers or MachineNameServers())
        with transaction.atomic():
            return _keep(watched, site, inventory, time.monotonic() - begun)
    finally:
        WatchedName.objects.filter(pk=watched.pk).update(scanning_since=None, sent_at=None)


def _claim(uid: UUID) -> WatchedName | None:
    now = clock.now()
    free = WatchedName.objects.filter(uid=uid, state=WatchedName.State.PROVED).filter(
        Q(scanning_since=None) | Q(scanning_since__lt=now - SCAN_DIES_AFTER)
    )
    if not free.update(scanning_since=now):
        return None
    return WatchedName.objects.select_related("region").get(uid=uid)


def _look(watched: WatchedName, fetcher: Fetcher, own: frozenset[str]) -> SeenSite:
    """Over TLS, and without it where nobody answers there. Which pages are drawn changes from day to day; those that
    changed since the last scan are looked at besides."""
    seed = f"{clock.now():%Y-%m-%d}"
    before = watched.scans.first()
    # A day of slack: a sitemap's day is that of the site's own clock.
    since = (before.at - _DAY).date() if before else None
    site = look_at_site(f"https://{watched.name}/", fetcher, own, seed=seed, since=since)
    failures = {visit.fetched.failure for visit in site.pages[0].visits}
    if failures <= {"connection", "timeout"}:
        return look_at_site(f"http://{watched.name}/", fetcher, own, seed=seed, since=since)
    return site


def _keep(watched: WatchedName, site: SeenSite, inventory: Inventory | None, seconds: float) -> Scan:
    watched = WatchedName.objects.select_for_update(of=("self",)).select_related("region").get(pk=watched.pk)
    now, before = clock.now(), watched.scans.first()
    worst = site.worst
    scan = Scan(
        name=watched,
        at=now,
        verdict=site.verdict,
        score=worst.compared.score,
        url=worst.url[:2000],
        reasons=[*worst.compared.reasons][:40],
        notes=_notes(watched, site),
        dns_changes=changes(watched.dns, inventory) if inventory else [],
        pages=len(site.pages),
        seconds=round(seconds, 1),
    )
    scan.is_confirmed = scan.is_bad and _is_second(before, now)
    scan.save()
    _keep_captures(scan, site)
    _remember(watched, site, inventory)
    _tell(watched, scan)
    _plan(watched, scan, before)
    watched.save()
    return scan


def _is_second(before: Scan | None, now: datetime) -> bool:
    """Whether the scan before was bad too, ten minutes ago or more."""
    if before is None or not before.is_bad:
        return False
    return before.is_confirmed or CONFIRMED_AFTER <= now - before.at <= _SUSPICION_LASTS


def _notes(watched: WatchedName, site: SeenSite) -> list[list[str]]:
    notes = []
    if site.sitemap_size is not None and has_jumped(watched.sitemap_size, site.sitemap_size):
        notes.append([SITEMAP_JUMPED, f"{watched.sitemap_size} -> {site.sitemap_size}"])
    if watched.verifications is not None:
        fresh = sorted(site.verifications - set(watched.verifications))
        notes += [[NEW_VERIFICATION, token] for token in fresh[:20]]
    if any(visit.fetched.failure == "certificate" for visit in site.pages[0].visits):
        notes.append([BAD_CERTIFICATE, ""])
    return notes


def _remember(watched: WatchedName, site: SeenSite, inventory: Inventory | None) -> None:
    if inventory is not None:
        watched.dns = inventory.kept(watched.dns)
    if site.sitemap_size is not None:
        watched.sitemap_size = site.sitemap_size
    if any(visit.is_there for visit in site.pages[0].visits):
        watched.verifications = sorted({*(watched.verifications or []), *site.verifications})[:200]


def _tell(watched: WatchedName, scan: Scan) -> None:
    """Events: each result, a finding once when the second scan confirms it, DNS and tokens when they are new."""
    region, is_known = watched.region.code, watched.alarm_verdict == scan.verdict
    facts = {"url": scan.url, "verdict": scan.verdict, "score": scan.score, "reasons": scan.reasons[:10]}
    is_suspicion = scan.is_bad and not scan.is_confirmed
    emit(
        names.PAGE_SCAN_RESULT,
        severity=Severity.MEDIUM if is_suspicion or scan.notes else Severity.INFORMATIONAL,
        subject=watched.name,
        region=region,
        confirmed=scan.is_confirmed,
        notes=[": ".join(note).strip(": ") for note in scan.notes],
        scan=str(scan.uid),
        **facts,
    )
    if scan.is_confirmed and not is_known:
        emit(EVENTS[Verdict(scan.verdict)], subject=watched.name, region=region, scan=str(scan.uid), **facts)
    if scan.dns_changes:
        emit(names.DNS_DRIFT, subject=watched.name, region=region, name=watched.name, changes=scan.dns_changes[:20])


def _plan(watched: WatchedName, scan: Scan, before: Scan | None) -> None:
    """When the next look is due, and whether an alarm stands."""
    now = scan.at
    if scan.is_confirmed:
        watched.alarm_since, watched.alarm_verdict = watched.alarm_since or now, scan.verdict
    elif scan.verdict == Scan.Verdict.CLEAN:
        watched.alarm_since, watched.alarm_verdict = None, ""
    if scan.is_bad and not scan.is_confirmed:
        first = before.at if before is not None and before.is_bad and now - before.at < CONFIRMED_AFTER else now
        watched.next_scan_at = max(first + CONFIRMED_AFTER, now + timedelta(minutes=1))
    elif watched.alarm_since is not None or (watched.hourly_until is not None and watched.hourly_until > now):
        watched.next_scan_at = now + _HOUR
    elif scan.verdict == Scan.Verdict.UNREACHABLE:
        watched.next_scan_at = now + 4 * _HOUR
    else:
        watched.next_scan_at = now + _DAY


def _keep_captures(scan: Scan, site: SeenSite) -> None:
    """The home page always; other pages, and the bodies as they came, when somebody did something to them."""
    for number, page in enumerate(site.pages):
        if number and not page.verdict.is_bad:
            continue
        captures = [_capture(scan, page, visit) for visit in page.visits]
        if page.verdict.is_bad:
            for capture, visit in zip(captures, page.visits, strict=True):
                if visit.fetched.body:
                    content = ContentFile(visit.fetched.body, f"halaman-{capture.visitor}.txt")
                    # Evidence of a page is never a page: plain bytes, handed out as a download.
                    capture.body = store_made(
                        content=content, purpose=BODY_FILE, owner=None, kind="application/octet-stream"
                    )
        Capture.objects.bulk_create(captures)


def _capture(scan: Scan, page: SeenPage, visit: Visit) -> Capture:
    fetched, read, compared = visit.fetched, visit.judgement.page, page.compared
    return Capture(
        scan=scan,
        visitor=visit.visitor,
        url=page.url[:2000],
        verdict=page.verdict,
        status=fetched.status,
        failure=fetched.failure,
        final_url=fetched.url[:2000],
        hops=[[hop.status, hop.url[:2000], hop.location[:2000]] for hop in fetched.hops],
        headers=[[name[:100], value[:500]] for name, value in fetched.headers][:60],
        title=_plain(read.title)[:500],
        canonical=read.canonical[:2000],
        amphtml=read.amphtml[:2000],
        robots=read.robots[:200],
        outbound=sorted(visit.judgement.outbound)[:200],
        text=_plain(read.text)[:_KEPT_TEXT],
        hidden_text=_plain(read.hidden_text)[:_KEPT_TEXT],
        findings=[[found.code, _plain(found.seen), found.weight] for found in visit.findings[:30]],
        score=visit.score,
        likeness=_likeness(compared, visit),
        body_sha256=hashlib.sha256(fetched.body).hexdigest() if fetched.body else "",
    )


def _likeness(compared: Compared, visit: Visit) -> float | None:
    likeness = compared.likeness.get(visit.visitor)
    return None if likeness is None else round(likeness, 3)


def _plain(text: str) -> str:
    # PostgreSQL keeps no NUL, and UTF-8 no half of a pair.
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def prune() -> int:
    """Remove scans older than a month that found nothing, with what belongs to them; returns how many."""
    old = Scan.objects.filter(
        at__lt=clock.now() - _KEPT_CLEAN, verdict__in=[Scan.Verdict.CLEAN, Scan.Verdict.UNREACHABLE]
    ).exclude(pk__in=_newest())
    return old.delete()[1].get("pages.Scan", 0)


def _newest() -> Sequence[int]:
    return list(Scan.objects.order_by("name_id", "-at", "-id").distinct("name_id").values_list("pk", flat=True))
