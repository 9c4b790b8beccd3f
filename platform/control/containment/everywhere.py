"""Keeping networks away from every region at once: who attacks one region usually knocks at all of them.

One request with one reason, which always takes two operators, and one undo. Beneath it stands one imposition for each
region, so that a region can be let out by itself and its own audit trail says who did what to it. A region that is made
afterwards is not among them. Source: security note, 4.5.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from control.containment import actions, deeds, pairs
from control.containment.catalogue import KINDS
from control.containment.deeds import Preview
from control.containment.models import Imposition, PairedDeed
from control.containment.targets import Targets, networks_of
from control.regions.models import Region
from kernel.accounts.actors import Actor, name_of
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.tenancy.context import region_scope
from kernel.watching import emit, names

KIND: Final = KINDS["networks_blocked"]
# So long a preview counts sign-ins; with hundreds of regions it says of how many it knows.
PREVIEW_SECONDS: Final = 4.0

log = structlog.get_logger(__name__)


def preview(networks: Sequence[str]) -> Preview:
    """How many of the last week's sign-ins of all regions came from there; changes nothing. Raises MeasureRefused."""
    found = networks_of(networks)
    regions = list(_active())
    begun, within, total, looked = time.monotonic(), 0, 0, 0
    for region in regions:
        if time.monotonic() - begun > PREVIEW_SECONDS:
            break
        with region_scope(region.state()):
            here, all_here = deeds.sign_ins_from(found)
        within, total, looked = within + here, total + all_here, looked + 1
    told = {"within": within, "total": total, "looked": looked, "regions": len(regions)}
    return Preview(
        0,
        0,
        (
            _("Berlaku di %(regions)s wilayah yang aktif.") % told,
            _(
                "%(within)s dari %(total)s kali masuk dalam 7 hari terakhir datang dari sana "
                "(dihitung di %(looked)s dari %(regions)s wilayah)."
            )
            % told,
            _("Absen dari aplikasi dan mesin tetap diterima dari jaringan itu; halaman lain tertutup."),
        ),
        needs_second=_("Menyangkut semua wilayah sekaligus."),
    )


def ask_to_block(
    *, networks: Sequence[str], reason: str, until: datetime | None, actor: User, key: UUID | None = None
) -> PairedDeed:
    """Let it wait for a second operator. Raises ReasonMissing, MeasureRefused."""
    found = [str(network) for network in networks_of(networks)]
    actions.check_end(KIND, until)
    return pairs.ask(
        deed=BLOCK,
        args={"networks": found, "until": None if until is None else until.isoformat()},
        summary=_("Jaringan diblokir di semua wilayah: %(networks)s") % {"networks": ", ".join(found)},
        reason=reason,
        actor=actor,
        key=key,
    )


def _block_asked(asked: PairedDeed, second: User) -> int:
    """Another operator agreed: every active region keeps them away, in the name of who asked; returns how many."""
    first = User.objects.get(uid=asked.asked_by_uid)
    until = datetime.fromisoformat(asked.args["until"]) if asked.args["until"] else None
    actions.check_end(KIND, until)
    targets = Targets.of(asked.args)

    def block(region: Region) -> None:
        made = Imposition(
            region=region,
            measure=KIND.name,
            terms={**targets.said(), **deeds.block(targets, asked.reason)},
            reason=asked.reason,
            everywhere=asked.uid,
            imposed_by=first.display_name,
            confirmed_by=second.display_name,
            until=until,
        )
        actions.put_down(made, region, first)

    done = _in_each(_active().values_list("code", flat=True), block)
    _tell(names.CONTAINMENT_APPLIED, asked.uid, done, first, asked.reason, networks=asked.args["networks"])
    return done


BLOCK: Final = pairs.declare_deed("containment.block_everywhere", _block_asked)


@transaction.atomic
def lift_everywhere(*, uid: UUID, actor: User, reason: str = "") -> int:
    """Let the networks in again wherever this deed still keeps them away; returns in how many regions.

    Raises NotFound for no such deed.
    """
    if not Imposition.objects.of_all_regions(uid).exists():
        raise NotFound("measure")
    standing = dict(Imposition.objects.standing().of_all_regions(uid).values_list("region__code", "uid"))

    def lift(region: Region) -> None:
        actions.lift(uid=standing[region.code], actor=actor, reason=reason)

    done = _in_each(sorted(standing), lift)
    if done:
        _tell(names.CONTAINMENT_LIFTED, uid, done, actor, reason)
    return done


def _active() -> Any:
    return Region.objects.filter(status=Region.Status.ACTIVE).order_by("code")


def _in_each(codes: Iterable[str], work: Callable[[Region], None]) -> int:
    """Do it in each region, by code so that two deeds do not wait for each other; returns in how many it was done.

    A region in which it fails does not keep the others open.
    """
    done = 0
    for code in codes:
        try:
            with transaction.atomic():
                work(actions.locked_region(code))
            done += 1
        except Exception:
            log.exception("containment_failed", region=code)
    return done


def _tell(name: str, uid: UUID, regions: int, actor: Actor, reason: str, **facts: Any) -> None:
    # One event for all: a region's own trail and page say what stands there.
    emit(name, subject=str(uid), measure=KIND.name, regions=regions, reason=reason, by=name_of(actor), **facts)
