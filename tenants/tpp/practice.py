"""Practice and go-live by OPD: who is paid in a month, who practises, who is not computed yet.

An OPD practises until the first day of a month that two different people have signed. A region that never chose a pilot
pays every OPD.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.date_words import month_words
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from tenants.organisation.models import Unit
from tenants.tpp.errors import PracticeRefused
from tenants.tpp.models import GoLive, MonthLock, MonthRun, Practice
from tenants.tpp.permissions import PILOT, PILOT_SIGN

CHOSEN = declare_action("tpp.practice_chosen", "OPD mulai latihan TPP")
PROPOSED = declare_action("tpp.go_live_proposed", "Mulai dibayar diusulkan dan ditandatangani pertama")
SIGNED = declare_action("tpp.go_live_signed", "Mulai dibayar ditandatangani kedua")
WITHDRAWN = declare_action("tpp.go_live_withdrawn", "Usul mulai dibayar dicabut")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the OPDs stand in one month, by uid. `computed` is None where the region does not pilot: all are paid."""

    is_piloting: bool = False
    live: frozenset[UUID] = frozenset()
    practice: frozenset[UUID] = frozenset()

    @property
    def computed(self) -> frozenset[UUID] | None:
        """The OPDs that a run computes; None for all of them."""
        return self.live | self.practice if self.is_piloting else None

    def stored(self) -> dict[str, list[str]]:
        """As the run keeps it (`MonthRun.standing`)."""
        if not self.is_piloting:
            return {}
        return {"live": sorted(map(str, self.live)), "practice": sorted(map(str, self.practice))}

    def of(self, opd: UUID) -> str:
        """How one OPD stands: live, practice, or waiting (it is not computed)."""
        if not self.is_piloting or opd in self.live:
            return "live"
        return "practice" if opd in self.practice else "waiting"

    @classmethod
    def of_run(cls, stored: Mapping[str, Any]) -> Standing:
        """What `stored` gave."""
        if not stored:
            return cls()
        return cls(True, _uids(stored["live"]), _uids(stored["practice"]))


def _uids(texts: Iterable[str]) -> frozenset[UUID]:
    return frozenset(UUID(text) for text in texts)


def standing_in(month: Month) -> Standing:
    """How the OPDs stand in the month as signed now. Two statements at most."""
    practices = list(Practice.objects.values_list("opd__uid", "from_month"))
    if not any(first <= month.first_day for _, first in practices):
        return Standing()
    live = frozenset(GoLive.objects.signed().filter(month__lte=month.first_day).values_list("opd__uid", flat=True))
    practising = frozenset(uid for uid, first in practices if first <= month.first_day)
    return Standing(True, live, practising - live)


@transaction.atomic
def choose_pilots(*, opds: Collection[UUID], month: Month, actor: User) -> list[Practice]:
    """These OPDs practise from the month on. With the first of them the region pilots: the others wait.

    A region that has closed a month with everybody paid does not begin to: one person would stop the pay of all.
    Raises PracticeRefused for that, for a month that is locked or before a locked one, and when none of them is new.
    """
    require(actor, PILOT)
    _keep_open(month)
    if MonthLock.objects.standing().exists() and not Practice.objects.exists():
        raise PracticeRefused("paying")
    live = GoLive.objects.standing().values("opd")
    units = _opds(opds).exclude(pk__in=Practice.objects.values("opd")).exclude(pk__in=live)
    made = [Practice(opd=unit, from_month=month.first_day, chosen_by=actor) for unit in units]
    if not made:
        raise PracticeRefused("chosen" if opds else "nothing_chosen")
    made = Practice.objects.bulk_create(made)
    record_many(
        CHOSEN,
        actor=actor,
        deeds=[Deed(row, after={"opd": row.opd.name, "month": str(month)}) for row in made],
    )
    return made


@transaction.atomic
def propose_go_live(*, opds: Collection[UUID], month: Month, actor: User) -> list[GoLive]:
    """These OPDs shall be paid from the month on: the first signature. OPDs that are live or proposed stay as they are.

    Raises PracticeRefused where the region does not pilot, for a month that is locked or before a locked one, and when
    nothing would change.
    """
    require(actor, PILOT)
    if not Practice.objects.exists():
        raise PracticeRefused("not_piloting")
    _keep_open(month)
    units = _opds(opds).exclude(pk__in=GoLive.objects.standing().values("opd"))
    made = [GoLive(opd=unit, month=month.first_day, proposed_by=actor) for unit in units]
    if not made:
        raise PracticeRefused("already" if opds else "nothing_chosen")
    made = GoLive.objects.bulk_create(made)
    record_many(
        PROPOSED,
        actor=actor,
        deeds=[Deed(row, after={"opd": row.opd.name, "month": str(month)}) for row in made],
    )
    return made


@transaction.atomic
def sign_go_live(*, uids: Collection[UUID], actor: User) -> list[GoLive]:
    """The second signature: from their month on these OPDs are paid. What is signed already stays as it is.

    Raises PracticeRefused for who proposed it, and for a month that has been locked since.
    """
    require(actor, PILOT_SIGN)
    rows = _standing(uids)
    fresh = [row for row in rows if not row.is_signed]
    for row in fresh:
        if row.proposed_by_id == actor.pk:
            raise PracticeRefused("same_person", row.opd.name)
        _keep_open(Month.of(row.month))
        row.signed_by, row.signed_at = actor, clock.now()
        row.save(update_fields=["signed_by", "signed_at"])
    record_many(
        SIGNED,
        actor=actor,
        deeds=[Deed(row, after={"opd": row.opd.name, "month": f"{row.month:%Y-%m}"}) for row in fresh],
    )
    return rows


@transaction.atomic
def withdraw_go_live(*, uids: Collection[UUID], actor: User) -> list[GoLive]:
    """Take proposals back, signed ones until their date. Raises PracticeRefused once it has come."""
    require(actor, PILOT)
    rows = _standing(uids)
    today = here.today()
    for row in rows:
        if row.is_signed and row.month <= today:
            raise PracticeRefused("in_force", row.opd.name)
        row.withdrawn_by, row.withdrawn_at = actor, clock.now()
        row.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record_many(
        WITHDRAWN,
        actor=actor,
        deeds=[Deed(row, before={"opd": row.opd.name, "month": f"{row.month:%Y-%m}"}) for row in rows],
    )
    return rows


def _opds(uids: Collection[UUID]) -> Any:
    return Unit.objects.opds().filter(uid__in=uids).order_by("code")


def _standing(uids: Collection[UUID]) -> list[GoLive]:
    rows = list(
        GoLive.objects.standing()
        .filter(uid__in=uids)
        .select_related("opd")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not rows:
        raise PracticeRefused("nothing_chosen")
    return rows


def _keep_open(month: Month) -> None:
    """Refuse a month that an OPD has locked, or that lies before such a one.

    The month's lock takes the runs' rows first too: one of the two waits and then sees what the other did.
    """
    list(MonthRun.objects.filter(month__gte=month.first_day).order_by("pk").select_for_update().values_list("pk"))
    locked = MonthLock.objects.standing().filter(month__gte=month.first_day).order_by("-month").first()
    if locked is not None:
        raise PracticeRefused("locked", month_words(Month.of(locked.month)))
