"""What a measure does inside the region at the moment when it is imposed, and what ends it there.

All of it runs in the region's scope and in the transaction that imposes, so a measure is whole or not there. Each
function gives what the imposition must remember; `projected` in it travels with the region (`kernel.measures`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, ip_network
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from control.containment.errors import MeasureRefused
from control.containment.targets import (
    Network,
    Targets,
    accounts_named,
    digests_of,
    kinds_of,
    networks_of,
    people_of,
    reach_of,
)
from kernel import clock
from kernel.accounts import epochs, offices
from kernel.accounts.actors import System
from kernel.accounts.credentials import Reach, credentials
from kernel.accounts.models import User
from kernel.accounts.receivers import SIGNED_IN
from kernel.audit.models import AuditEvent
from kernel.files.actions import lift_quarantine, quarantine_files
from kernel.files.models import StoredFile

# A network that brought this share of the last week's sign-ins, or one this wide, is not one operator's to block.
WIDE_SHARE_PERCENT: Final = 20
WIDEST: Final = {4: 16, 6: 32}
LOOKED_BACK: Final = timedelta(days=7)
# Renewing the credentials of more people than this floods help desks: not one operator's either.
MANY_PEOPLE: Final = 200
PLATFORM: Final = System("containment")
LIFTED_WORDS: Final = "Tindakan pengendalian dicabut"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a measure would do now: how many accounts it concerns, of how many in the region, in which words, and why
    it needs a second operator ("" when it does not)."""

    people: int
    total: int
    lines: tuple[str, ...] = ()
    needs_second: str = ""


def everybody(targets: Targets) -> Preview:
    """A measure over the whole region."""
    total = User.objects.active().count()
    return Preview(total, total)


def suspension(targets: Targets) -> Preview:
    """Closing the address concerns everybody, punches too."""
    whole = everybody(targets)
    return Preview(
        whole.people,
        whole.total,
        (_("Absen pun tidak diterima selama penangguhan: HP menyimpannya dan mengirim sesudahnya."),),
        needs_second=_("Penangguhan menutup absen seluruh wilayah."),
    )


def signing_out(targets: Targets) -> Preview:
    """Those whose sessions end."""
    return Preview(reach_of(targets).people().count(), User.objects.active().count())


def sign_out(targets: Targets, reason: str) -> dict[str, Any]:
    """The whole region by an epoch that travels with it, an OPD or single people by one on their rows."""
    reach = reach_of(targets)
    if reach.users is None:
        return {"projected": {"before": clock.now().isoformat()}}
    epochs.sign_out(reach.users)
    return {}


def locking(targets: Targets) -> Preview:
    """Those who cannot sign in."""
    return Preview(
        len(people_of(targets.logins)),
        User.objects.active().count(),
        (_("Absen yang ditandatangani HP mereka tetap diterima; halaman tidak terbuka."),),
    )


def lock(targets: Targets, reason: str) -> dict[str, Any]:
    """Nobody signs in as them, and their open sessions are over with the next request."""
    people = list(User.objects.active().filter(pk__in=people_of(targets.logins)).select_for_update())
    User.objects.filter(pk__in=[user.pk for user in people]).update(is_active=False, signed_out_before=clock.now())
    locked = [str(user.uid) for user in people]
    return {"locked": locked, "projected": {"accounts": locked}}


def unlock(terms: Mapping[str, Any]) -> None:
    """Those whom this very measure locked sign in again."""
    User.objects.filter(uid__in=terms.get("locked", ()), is_active=False).update(is_active=True)


def blocking(targets: Targets) -> Preview:
    """How much of the last week's sign-ins came from there."""
    networks = networks_of(targets.networks)
    within, total = sign_ins_from(networks)
    share = within * 100 // total if total else 0
    lines = [
        _("%(within)s dari %(total)s kali masuk dalam 7 hari terakhir datang dari sana.")
        % {"within": within, "total": total},
        _("Absen dari aplikasi dan mesin tetap diterima dari jaringan itu; halaman lain tertutup."),
    ]
    wide = [str(network) for network in networks if network.prefixlen < WIDEST[network.version]]
    needs = ""
    if wide:
        needs = _("Jaringan ini sangat luas: %(networks)s.") % {"networks": ", ".join(wide)}
    elif share >= WIDE_SHARE_PERCENT:
        needs = _("%(share)s%% orang yang masuk datang dari jaringan ini: kemungkinan besar kantornya sendiri.") % {
            "share": share
        }
    return Preview(0, User.objects.active().count(), tuple(lines), needs)


def block(targets: Targets, reason: str) -> dict[str, Any]:
    """The networks travel with the region."""
    return {"projected": {"networks": [str(network) for network in networks_of(targets.networks)]}}


def sign_ins_from(networks: list[Network]) -> tuple[int, int]:
    """How many of the last week's sign-ins in the open region came from there, and how many there were."""
    seen = _sign_ins()
    return sum(count for address, count in seen.items() if _is_within(address, networks)), sum(seen.values())


def _sign_ins() -> Counter[str]:
    """Sign-ins of the last week by network address, as the audit trail keeps it."""
    rows = (
        AuditEvent.objects.filter(action=SIGNED_IN, at__gte=clock.now() - LOOKED_BACK)
        .values_list("origin")
        .annotate(times=Count("id"))
    )
    seen: Counter[str] = Counter()
    for origin, times in rows:
        seen[origin.partition(" · ")[0]] += times
    return seen


def _is_within(address: str, networks: list[Network]) -> bool:
    try:
        # Of an IPv6 address the trail keeps the network.
        found = ip_network(address, strict=False)
    except ValueError:
        return False
    if isinstance(found, IPv4Network):
        return any(isinstance(network, IPv4Network) and found.subnet_of(network) for network in networks)
    return any(not isinstance(network, IPv4Network) and found.overlaps(network) for network in networks)


def setting_apart(targets: Targets) -> Preview:
    """How many files lie there now with these bytes, or of these people."""
    digests, owners = _files_of(targets)
    found = StoredFile.objects.filter(Q(sha256__in=digests) | Q(sent_sha256__in=digests) | Q(owner__in=owners))
    standing = found.exclude(scan__in=(StoredFile.Scan.QUARANTINED, StoredFile.Scan.REJECTED))
    lines = [_("%(count)s berkas dipisahkan.") % {"count": standing.count()}]
    if digests:
        lines.append(_("Berkas dengan isi yang sama ditolak di semua formulir wilayah ini."))
    lines.append(_("Mengembalikannya memerlukan operator kedua."))
    return Preview(len(owners), User.objects.active().count(), tuple(lines))


def set_apart(targets: Targets, reason: str) -> dict[str, Any]:
    """Nobody is served them, and what has the same bytes is refused from now on."""
    digests, owners = _files_of(targets)
    moved: list[UUID] = []
    for digest in digests:
        moved += quarantine_files(reason=reason, actor=PLATFORM, digest=digest)
    for owner in owners:
        moved += quarantine_files(reason=reason, actor=PLATFORM, owner=owner.uid)
    return {"files": [str(uid) for uid in moved], "refused": digests}


def bring_back(terms: Mapping[str, Any]) -> None:
    """What this very measure set apart is served again, and its bytes are taken again."""
    files = [UUID(uid) for uid in terms.get("files", ())]
    lift_quarantine(reason=LIFTED_WORDS, actor=PLATFORM, files=files)
    for digest in terms.get("refused", ()):
        lift_quarantine(reason=LIFTED_WORDS, actor=PLATFORM, files=[], digest=digest)


def _files_of(targets: Targets) -> tuple[list[str], list[User]]:
    """Raises MeasureRefused when neither is named, or somebody is named who has no account there."""
    digests = digests_of(targets.digests)
    owners = accounts_named(targets.logins, User.objects.all())
    if not digests and not owners:
        raise MeasureRefused("files", "digests")
    return digests, owners


def renewing(targets: Targets) -> Preview:
    """How many of each kind, and in how many steps."""
    reach = reach_of(targets)
    kinds = [kind for kind in credentials() if kind.code in kinds_of(targets.credentials)]
    lines = [f"{kind.label}: {kind.count(reach)}. {kind.effect}" for kind in kinds]
    if targets.minutes_apart and reach.users is None:
        lines.append(
            _("Bertahap: %(count)s OPD, satu setiap %(minutes)s menit.")
            % {"count": len(offices.offices()), "minutes": targets.minutes_apart}
        )
    people = reach.people().count()
    needs = _("Menyangkut %(people)s orang sekaligus.") % {"people": people} if people > MANY_PEOPLE else ""
    return Preview(people, User.objects.active().count(), tuple(lines), needs)


def renew(targets: Targets, reason: str) -> dict[str, Any]:
    """Renew at once, or write down the OPDs with the time of each; the first one's time is now."""
    codes, reach = kinds_of(targets.credentials), reach_of(targets)
    if reach.users is not None or not targets.minutes_apart:
        return {"renewed": renew_within(codes, reach)}
    now = clock.now()
    steps = [
        {
            "opd": str(office.uid),
            "name": office.name,
            "at": (now + timedelta(minutes=targets.minutes_apart * place)).isoformat(),
        }
        for place, office in enumerate(offices.offices())
    ]
    # Accounts that belong to no OPD come last, and by themselves.
    steps.append(
        {"opd": "", "name": "", "at": (now + timedelta(minutes=targets.minutes_apart * len(steps))).isoformat()}
    )
    return {"codes": codes, "steps": steps}


def take_steps(terms: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The same terms with every step taken that is due."""
    steps = []
    for step in terms["steps"]:
        if "done_at" in step or datetime.fromisoformat(step["at"]) > now:
            steps.append(step)
            continue
        reach = reach_of(Targets(opd=step["opd"])) if step["opd"] else _of_no_office()
        steps.append({**step, "done_at": now.isoformat(), "renewed": renew_within(terms["codes"], reach)})
    return {**terms, "steps": steps}


def _of_no_office() -> Reach:
    placed = set().union(*(offices.accounts_within(office.uid) for office in offices.offices()))
    everyone = User.objects.active().values_list("pk", flat=True)
    return Reach(users=frozenset(everyone) - placed)


def renew_within(codes: list[str], reach: Reach) -> dict[str, int]:
    """Renew these kinds; how many of each."""
    return {kind.code: kind.renew(reach) for kind in credentials() if kind.code in codes}
