"""Naming, proving, stopping and asking for a scan."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, When

from control.pages.addresses import Loopback, Refused, read_host
from control.pages.dns_records import MachineNameServers, NameServers
from control.pages.errors import NameWatchedAlready, NoPublicName, NotProved, NotWatched
from control.pages.fetching import Fetcher
from control.pages.models import Scan, WatchedName
from control.pages.visitors import PERSON
from control.regions.models import Domain, Region
from kernel import clock
from kernel.accounts.actors import Actor, name_of
from kernel.audit.record import declare_action, record
from kernel.delivery import outbox
from kernel.errors import NotFound

NAME_ADDED = declare_action("pages.name_added", "Situs dimasukkan ke pemantauan")
NAME_PROVED = declare_action("pages.name_proved", "Kepemilikan situs terbukti")
NAME_STOPPED = declare_action("pages.name_stopped", "Pemantauan situs dihentikan")
SCAN_ASKED = declare_action("pages.scan_asked", "Pemindaian situs diminta")

SCAN_TASK: Final = "control.pages.tasks.scan"
# A scan that is silent for longer has died: a site is some ninety requests at one a second, each ten seconds at most.
SCAN_DIES_AFTER: Final = timedelta(minutes=20)


def make_fetcher() -> Fetcher:
    """The fetcher of tasks and pages."""
    return Fetcher(loopback=Loopback.parse(settings.PAGES_LOOPBACK))


@transaction.atomic
def add_name(*, region: str, name: str, actor: Actor) -> WatchedName:
    """Put a name of the government's on the list; it waits for its proof. A stopped one comes back with a new token.

    Raises NotFound, NoPublicName, NameWatchedAlready.
    """
    place = Region.objects.filter(code=region).first()
    if place is None:
        raise NotFound("region")
    try:
        wanted = read_host(name)
    except Refused as error:
        raise NoPublicName from error
    if wanted.replace(".", "").isdigit() or ":" in wanted:
        raise NoPublicName
    token = secrets.token_hex(16)
    watched, is_new = WatchedName.objects.select_for_update().get_or_create(
        region=place,
        name=wanted,
        defaults={"kind": WatchedName.Kind.OWN, "token": token, "added_by": name_of(actor)},
    )
    if not is_new:
        if watched.state != WatchedName.State.STOPPED:
            raise NameWatchedAlready(wanted)
        watched.state, watched.token, watched.kind = WatchedName.State.WAITING, token, WatchedName.Kind.OWN
        watched.added_by, watched.added_at, watched.stopped_at = name_of(actor), clock.now(), None
        watched.save()
    record(NAME_ADDED, actor=actor, subject=place, note=wanted)
    return watched


def prove(
    *, uid: UUID, actor: Actor, fetcher: Fetcher | None = None, servers: NameServers | None = None
) -> WatchedName:
    """Look for the proof, the record first and then the file, and begin to watch when one is there.

    Raises NotFound, NotProved. Asks other machines, so it takes seconds, and does so outside of a transaction.
    """
    watched = _get(uid)
    if watched.state != WatchedName.State.WAITING:
        return watched
    proof = _proof_of(watched, fetcher or make_fetcher(), servers or MachineNameServers())
    if not proof:
        raise NotProved(watched.name)
    with transaction.atomic():
        watched = WatchedName.objects.select_for_update().select_related("region").get(pk=watched.pk)
        if watched.state == WatchedName.State.WAITING:
            now = clock.now()
            watched.state, watched.proof, watched.proved_at, watched.next_scan_at = (
                WatchedName.State.PROVED,
                proof,
                now,
                now,
            )
            watched.save(update_fields=["state", "proof", "proved_at", "next_scan_at"])
            record(NAME_PROVED, actor=actor, subject=watched.region, note=f"{watched.name}: {proof}")
    return watched


def _proof_of(watched: WatchedName, fetcher: Fetcher, servers: NameServers) -> str:
    try:
        if watched.txt_value in (servers.records(watched.name, "TXT") or ()):
            return WatchedName.Proof.TXT
    except OSError:
        pass
    for scheme in ("https", "http"):
        got = fetcher.fetch(f"{scheme}://{watched.name}{watched.file_path}", PERSON.headers)
        # On the name itself: a redirect to somewhere else proves somewhere else.
        if got.status == 200 and len(got.hops) == 1 and got.body[:200].strip() == watched.token.encode():
            return WatchedName.Proof.FILE
    return ""


@transaction.atomic
def stop(*, uid: UUID, actor: Actor) -> WatchedName:
    """Watch a name no more; what was found stays. Raises NotFound, NotWatched for a name of the platform."""
    watched = _get(uid, lock=True)
    if watched.kind == WatchedName.Kind.PLATFORM:
        raise NotWatched("platform")
    if watched.state != WatchedName.State.STOPPED:
        watched.state, watched.stopped_at, watched.next_scan_at = WatchedName.State.STOPPED, clock.now(), None
        watched.save(update_fields=["state", "stopped_at", "next_scan_at"])
        record(NAME_STOPPED, actor=actor, subject=watched.region, note=watched.name)
    return watched


@transaction.atomic
def scan_now(*, uid: UUID, actor: Actor) -> WatchedName:
    """Have a name looked at now. Raises NotFound, NotWatched when it is not watched or a scan is under way."""
    watched = _get(uid, lock=True)
    now = clock.now()
    if watched.state != WatchedName.State.PROVED:
        raise NotWatched("state")
    if watched.scanning_since is not None and watched.scanning_since > now - SCAN_DIES_AFTER:
        raise NotWatched("running")
    _send(watched, now)
    record(SCAN_ASKED, actor=actor, subject=watched.region, note=watched.name)
    return watched


def watch_closely(*, region: str, until: datetime) -> int:
    """Look at a region's names each hour until then; returns how many. For an incident that is open.

    What is due within the hour anyway stays so: it may be said again and again.
    """
    names = WatchedName.objects.filter(region__code=region, state=WatchedName.State.PROVED)
    now = clock.now()
    names.filter(next_scan_at__gt=now + timedelta(hours=1)).update(next_scan_at=now + timedelta(minutes=5))
    return names.update(hourly_until=until)


def send_due() -> int:
    """Hand names that are due to the scan lane, as many as may be looked at at a time; returns how many.

    A scan waits for its host most of its minute. Were all that are due in the lane, files that wait for their scanner
    and the search for a signature would stand behind them for hours. What may be somebody's attack comes first.
    """
    now = clock.now()
    watching = WatchedName.objects.filter(state=WatchedName.State.PROVED)
    under_way = Q(scanning_since__gt=now - SCAN_DIES_AFTER) | Q(
        scanning_since=None, sent_at__gt=now - 2 * SCAN_DIES_AFTER
    )
    room = settings.PAGES_AT_ONCE - watching.filter(under_way).count()
    if room <= 0:
        return 0
    bad = Scan.objects.filter(name=OuterRef("pk"), at__gt=now - timedelta(days=1), verdict__in=Scan.BAD)
    is_urgent = Q(alarm_since__isnull=False) | Q(hourly_until__gt=now) | Exists(bad)
    with transaction.atomic():
        due = list(
            watching.select_for_update(skip_locked=True)
            .filter(next_scan_at__lte=now)
            .order_by(Case(When(is_urgent, then=0), default=1), "next_scan_at", "pk")[:room]
        )
        for watched in due:
            _send(watched, now)
    return len(due)


def _send(watched: WatchedName, now: datetime) -> None:
    # Asked for again only when this one has died.
    watched.next_scan_at, watched.sent_at = now + 2 * SCAN_DIES_AFTER, now
    watched.save(update_fields=["next_scan_at", "sent_at"])
    outbox.send(SCAN_TASK, uid=str(watched.uid))


def follow_registry() -> None:
    """Watch the names by which the platform serves its live regions, and no more those that it gave up."""
    served = {
        (domain.tenant_id, domain.domain)
        for domain in Domain.objects.filter(tenant__status=Region.Status.ACTIVE)
        if _is_public(domain.domain)
    }
    kept = {
        (name.region_id, name.name): name
        for name in WatchedName.objects.filter(Q(kind=WatchedName.Kind.PLATFORM) | Q(name__in=[n for _, n in served]))
    }
    now = clock.now()
    for region_id, name in served - kept.keys():
        WatchedName.objects.get_or_create(
            region_id=region_id,
            name=name,
            defaults={
                "kind": WatchedName.Kind.PLATFORM,
                "state": WatchedName.State.PROVED,
                "proof": WatchedName.Proof.REGISTRY,
                "proved_at": now,
                "next_scan_at": now,
                "added_by": "platform",
                "token": secrets.token_hex(16),
            },
        )
    for key, watched in kept.items():
        is_served = key in served
        if watched.kind == WatchedName.Kind.PLATFORM and is_served != (watched.state == WatchedName.State.PROVED):
            watched.state = WatchedName.State.PROVED if is_served else WatchedName.State.STOPPED
            watched.next_scan_at, watched.stopped_at = (now, None) if is_served else (None, now)
            watched.save(update_fields=["state", "next_scan_at", "stopped_at"])


def _is_public(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        return read_host(name) == name
    except Refused:
        return False


def _get(uid: UUID, *, lock: bool = False) -> WatchedName:
    names = WatchedName.objects.select_related("region")
    found = (names.select_for_update(of=("self",)) if lock else names).filter(uid=uid).first()
    if found is None:
        raise NotFound("name")
    return found
