"""Taking a step of a parcel, taking the own last one back, returning the parcel to the OPD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import DomainError, NotAllowed
from kernel.periods import Month
from kernel.permissions import require, user_may
from tenants.arrears.models import DifferenceSlip
from tenants.calendars import closing
from tenants.organisation.models import Unit
from tenants.payout import gates
from tenants.payout.models import LedgerEntry, Parcel, ParcelStep
from tenants.payout.parcels import steps
from tenants.payout.parcels.board import Place, place_of
from tenants.payout.parcels.errors import GatesClosed, StepRefused
from tenants.payout.parcels.steps import Step
from tenants.payout.parcels.words import STEP_WORDS
from tenants.payout.payments.lists import make_list, void_list
from tenants.payout.permissions import CHECK_CEILING, CHECK_OPD, CLOSE_OPD, ORDER_PAYMENT, REQUEST
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tenants.tpp.sealing import digest_of

TAKEN = declare_action("payout.step_taken", "Langkah pembayaran diambil")
TAKEN_BACK = declare_action("payout.step_taken_back", "Langkah pembayaran dibatalkan")
RETURNED = declare_action("payout.parcel_returned", "Bulan OPD dikembalikan")

# Who may take which step; who may close in an OPD is said by the grant.
PERMISSIONS: Final[Mapping[Step, str]] = {
    Step.CLOSED: CLOSE_OPD,
    Step.CHECKED: CHECK_OPD,
    Step.CEILING: CHECK_CEILING,
    Step.REQUESTED: REQUEST,
    Step.SPM: REQUEST,
    Step.SP2D: ORDER_PAYMENT,
}
# The gate of the budget asks from here on; everything else before the money is asked for.
BUDGET: Final = "budget"


@dataclass(frozen=True, slots=True)
class Letter:
    """Number, date and, where the step has one, amount in rupiah of an SPP, SPM or SP2D."""

    number: str
    date: date
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """An OPD whose step was not taken, with the reason in words."""

    opd: Unit
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step of many OPDs did."""

    done: tuple[ParcelStep, ...]
    refused: tuple[NotTaken, ...]


def may_take(user: User, step: Step, opd: Unit) -> bool:
    """Whether the person may take this step of the OPD's parcel."""
    return step in PERMISSIONS and user_may(user, PERMISSIONS[step], opd=opd.uid)


@transaction.atomic
def take_step(
    *,
    month: Month,
    kind: str,
    opd: Unit,
    step: Step,
    actor: User,
    note: str = "",
    letter: Letter | None = None,
) -> ParcelStep:
    """Take the parcel's next step; one that is taken already stays as it is.

    The SPP also makes the payment list. Raises NotAllowed, StepRefused (why, see there) and GatesClosed.
    """
    require(actor, PERMISSIONS[step], opd=opd.uid)
    place = _held(month, kind, opd)
    if step in place.taken:
        return place.taken[step]
    note = " ".join(note.split())
    if refusal := why_not(place, step, note=note, letter=letter):
        raise refusal
    entry = _write(
        place,
        step.value,
        actor,
        note=note,
        letter_number=letter.number.strip() if letter else "",
        letter_date=letter.date if letter else None,
        amount=letter.amount if letter and step in steps.WITH_AMOUNT else None,
        digest=sums_digest(place.run, opd) if step in (Step.CHECKED, Step.CEILING) and place.run else "",
        lock=place.lock if step in steps.AFTER_LOCK else None,
    )
    if step is Step.REQUESTED and place.lock is not None and place.parcel is not None:
        make_list(parcel=place.parcel, lock=place.lock, actor=actor)
    record(TAKEN, actor=actor, subject=entry, after=_told(place, entry), note=note)
    return entry


def take_steps(*, month: Month, kind: str, opds: Sequence[Unit], step: Step, actor: User) -> Taken:
    """The same step, without a letter, of many OPDs, each in a transaction of its own: one not ready keeps none.

    Raises NotAllowed when the actor may take it nowhere.
    """
    done: list[ParcelStep] = []
    refused: list[NotTaken] = []
    for opd in opds:
        try:
            done.append(take_step(month=month, kind=kind, opd=opd, step=step, actor=actor))
        except NotAllowed:
            raise
        except DomainError as error:
            refused.append(NotTaken(opd, error.message()))
    return Taken(tuple(done), tuple(refused))


def why_not(place: Place, step: Step, *, note: str = "", letter: Letter | None = None) -> DomainError | None:
    """What stands against taking the step now; None when nothing does."""
    if not place.is_over:
        return StepRefused("not_over")
    if place.is_practice:
        return StepRefused("only_practice")
    if place.run is None:
        return StepRefused("no_run")
    if place.position.next is not step:
        return StepRefused("not_next")
    if step is Step.CLOSED and not (place.has_facts and place.has_approvals) and not note:
        return StepRefused("missing")
    if step in steps.WITH_LETTER:
        if letter is None or not letter.number.strip():
            return StepRefused("letter")
        if step in steps.WITH_AMOUNT and letter.amount is None:
            return StepRefused("letter")
        if step in steps.WITH_AMOUNT and letter.amount != expected_amount(place, step) and not note:
            return StepRefused("amount")
    return _closed_gates(place, step)


def expected_amount(place: Place, step: Step) -> Decimal:
    """What the letter should say, rupiah: an SPP asks for the gross, an SP2D pays the net that can be paid.

    Taxes and contributions go other ways out of the same SPP (domain note 6.3 l: asked, cut, paid).
    """
    if step is not Step.REQUESTED:
        return place.payments.total
    return place.sums.gross if place.lock is None else granted_gross(place.lock)


def granted_gross(lock: MonthLock) -> Decimal:
    """The gross of the slips, or of the differences, that the lock's ledger grants: also of those released since."""
    if lock.kind == MonthRun.Kind.DIFFERENCE:
        return place_of(Month.of(lock.month), lock.kind, lock.opd).sums.gross
    granted = Slip.objects.filter(pk__in=LedgerEntry.objects.filter(lock=lock).values("slip"))
    return granted.aggregate(total=Sum("gross"))["total"] or Decimal(0)


def _closed_gates(place: Place, step: Step) -> DomainError | None:
    if step not in (Step.CEILING, Step.REQUESTED):
        return None
    reasons = gates.reasons(place.month, place.kind, place.opd.pk)
    if step is Step.CEILING:
        reasons = tuple(reason for reason in reasons if reason.code.startswith(BUDGET))
    return GatesClosed(reasons) if reasons else None


@transaction.atomic
def take_back(*, month: Month, kind: str, opd: Unit, actor: User, note: str = "") -> ParcelStep:
    """Take the own newest step back, as long as nothing followed it. An SPP's payment list becomes void with it.

    Raises StepRefused and PaymentRefused.
    """
    place = _held(month, kind, opd)
    step = newest(place)
    if step is None:
        raise StepRefused("not_last")
    entry = place.taken[step]
    if entry.by_id != actor.pk:
        raise StepRefused("not_own")
    require(actor, PERMISSIONS[step], opd=opd.uid)
    if step is Step.REQUESTED and place.parcel is not None:
        for made in place.parcel.payment_lists.standing():
            void_list(made, actor=actor)
    undo = _write(place, steps.TAKEN_BACK, actor, note=" ".join(note.split()), undoes=entry)
    record(TAKEN_BACK, actor=actor, subject=undo, before=_told(place, entry), note=note)
    return undo


def newest(place: Place) -> Step | None:
    """The step that is the last to be done, when it is one that somebody took; None when something followed it."""
    last = max(place.taken, key=lambda step: steps.ORDER.index(step), default=None)
    if last is None or (last in steps.BEFORE_LOCK and place.lock is not None):
        return None
    return None if last is Step.SP2D and place.payments.paid else last


@transaction.atomic
def return_parcel(*, month: Month, kind: str, opd: Unit, reason: str, actor: User) -> ParcelStep:
    """Give the month back to the OPD before it is locked: it closes again. By BKPSDM or BPKAD; a second call changes
    nothing. Raises NotAllowed and StepRefused.
    """
    if not user_may(actor, CHECK_CEILING):
        require(actor, CHECK_OPD)
    reason = " ".join(reason.split())
    place = _held(month, kind, opd)
    if place.lock is not None:
        raise StepRefused("locked")
    if Step.CLOSED not in place.taken:
        raise StepRefused("not_closed")
    if not reason:
        raise StepRefused("reason")
    entry = _write(place, steps.RETURNED, actor, note=reason)
    record(RETURNED, actor=actor, subject=entry, after={"opd": opd.uid, "month": str(month)}, note=reason)
    return entry


def reasons_against_locking(month: Month, kind: str, opd_id: int) -> list[gates.Reason]:
    """For `payout.gates`: a lock needs the OPD's closing, BKPSDM's check and the ceiling, all of what is locked now."""
    opd = Unit.objects.get(pk=opd_id)
    place = place_of(month, kind, opd)
    url = reverse("payout-parcel", args=[str(month), kind, opd.uid])
    missing = [step for step in steps.BEFORE_LOCK if step not in place.taken]
    if missing:
        words = _("Langkah “%(step)s” belum diambil.")
        return [gates.Reason(missing_code(step), words % {"step": STEP_WORDS[step]}, url) for step in missing]
    if place.run is None:
        return []
    now = sums_digest(place.run, opd)
    stale = [step for step in (Step.CHECKED, Step.CEILING) if place.taken[step].digest != now]
    if not stale:
        return []
    words = _("Slip OPD ini berubah sesudah diperiksa. Kembalikan dulu, lalu tutup dan periksa lagi.")
    return [gates.Reason("step_stale", words, url)]


def missing_code(step: Step) -> str:
    """The code of the reason that says that this step is still to be taken."""
    return f"step_{step}"


def sums_digest(run: MonthRun, opd: Unit) -> str:
    """The digest over the OPD's slips in the run: two runs that give everybody the same have the same."""
    if run.kind == MonthRun.Kind.DIFFERENCE:
        differences = DifferenceSlip.objects.of(run.pk, opd.pk).order_by("employee__uid", "of_month", "of_kind")
        return digest_of((uid, found, False) for uid, found in differences.values_list("employee__uid", "digest"))
    rows = Slip.objects.filter(run=run, opd=opd).order_by("employee__uid")
    return digest_of(rows.values_list("employee__uid", "digest", "is_practice"))


def reasons_against_reopening(month: Month, kind: str, opd_id: int) -> list[gates.Reason]:
    """For `payout.gates`: once the SP2D is there, the money is on its way."""
    opd = Unit.objects.get(pk=opd_id)
    if Step.SP2D not in place_of(month, kind, opd).taken:
        return []
    url = reverse("payout-parcel", args=[str(month), kind, opd.uid])
    return [gates.Reason("sp2d", _("SP2D OPD ini sudah terbit. Perubahan menjadi perhitungan selisih."), url)]


def _held(month: Month, kind: str, opd: Unit) -> Place:
    """The place, its parcel's row held to the end of the transaction; made when it is the first step.

    Nobody locks or reopens the month meanwhile.
    """
    closing.hold(month.first_day, month.end)
    parcel, _made = Parcel.objects.get_or_create(month=month.first_day, kind=kind, opd=opd)
    Parcel.objects.select_for_update().get(pk=parcel.pk)
    place = place_of(month, kind, opd)
    return replace(place, parcel=parcel)


def _write(place: Place, kind: str, actor: User, **values: Any) -> ParcelStep:
    if place.parcel is None:
        raise LookupError("a step is of a parcel")
    number = len(place.entries) + 1
    return ParcelStep.objects.create(parcel=place.parcel, number=number, kind=kind, by=actor, **values)


def _told(place: Place, entry: ParcelStep) -> dict[str, object]:
    return {
        "month": str(place.month),
        "kind": place.kind,
        "opd": place.opd.uid,
        "step": entry.kind,
        "letter": entry.letter_number,
        "letter_date": entry.letter_date,
        "amount": entry.amount,
    }
