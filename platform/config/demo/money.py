"""The demo's money around its lock: ceilings, signers, the pre-audit, three signatures, one paid OPD, an objection.

Played once for a finished month, through the actions that the pages call; what a visitor has done speaks first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction

from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.appeals.actions import file_appeal
from tenants.appeals.models import Appeal
from tenants.budget.costs import costs_of_year
from tenants.budget.models import BudgetCeiling
from tenants.budget.recording import Ceiling, Paper, record_ceilings
from tenants.organisation.models import Unit
from tenants.payout import gates
from tenants.payout.models import PaymentList
from tenants.payout.parcels.acting import Letter, expected_amount, take_step
from tenants.payout.parcels.board import place_of
from tenants.payout.parcels.steps import AFTER_LOCK, Step
from tenants.payout.payments.lists import mark_paid
from tenants.payout.signing import sign_locks
from tenants.preaudit import actions as preaudit
from tenants.preaudit.looking import look_at_opd
from tenants.preaudit.models import Hit
from tenants.reports.models import PaperSettings, Signer
from tenants.reports.paper_settings import LetterheadInput, SignerInput, appoint_signer, set_letterhead
from tenants.tpp.models import MonthLock, MonthRun, Slip

KIND: Final = MonthRun.Kind.ORDINARY
# A year's ceiling in months of the computed one: twelve, and something in hand.
CEILING_MONTHS: Final = 14
_NUMBERS: Final = {Step.REQUESTED: "SPP-001", Step.SPM: "SPM-001", Step.SP2D: "SP2D-001"}
_SIGNERS: Final = (
    (Signer.Role.HEAD, "Kepala perangkat daerah (contoh)"),
    (Signer.Role.STAFF_AFFAIRS, "Kasubag kepegawaian (contoh)"),
    (Signer.Role.TREASURER, "Bendahara pengeluaran (contoh)"),
    (Signer.Role.EXAMINER, "Petugas pemeriksa (contoh)"),
)


@transaction.atomic
def dress_papers(region_name: str, place: str, since: date, admin: User) -> None:
    """A letterhead, and who signs in each role."""
    if PaperSettings.objects.exists():
        return
    head = LetterheadInput(f"PEMERINTAH {region_name.upper()}", address="Alamat contoh", place=place)
    set_letterhead(unit=None, letterhead=head, logo=None, actor=admin)
    for number, (role, name) in enumerate(_SIGNERS, 1):
        signer = SignerInput(int(role), name, f"19800101200501100{number}", "Pembina (IV/a)", role.label, since)
        appoint_signer(unit=None, signer=signer, actor=admin)


@transaction.atomic
def set_ceilings(month: Month, treasurer: User) -> None:
    """What every OPD may spend on each code in the year: enough, and none where somebody has recorded one."""
    if BudgetCeiling.objects.exists():
        return
    ceilings = [
        Ceiling(cost.opd_id, code, (amount * CEILING_MONTHS).quantize(Decimal(1)))
        for cost in costs_of_year(month.year)
        if cost.run.month == month.first_day
        for code, amount in cost.costs.items()
        if code
    ]
    begins = date(month.year, 1, 1)
    record_ceilings(ceilings=ceilings, paper=Paper("dpa", "contoh/1", begins, begins), source="contoh", actor=treasurer)


def let_hits_through(month: Month, looked: Sequence[Unit], freed: Sequence[Unit], admin: User, inspector: User) -> None:
    """Look at these OPDs; in some the inspectorate lets through what stops a lock. Accounts stay to be mended."""
    for opd in looked:
        look_at_opd(month=month, kind=KIND, opd=opd, actor=admin)
        if opd not in freed:
            continue
        found = Hit.objects.of(month, KIND).filter(opd=opd).open()
        uids = list(found.exclude(check_code__startswith="account_").values_list("uid", flat=True))
        if uids:
            preaudit.waive(uids=uids, reason="Sudah dilihat; data contoh.", document_number="", actor=inspector)


def sign(month: Month, signers: dict[str, User]) -> None:
    """Each of these people signs every lock of the month for the office."""
    locks = list(MonthLock.objects.standing().of(month, KIND).values_list("uid", flat=True))
    for office, signer in signers.items():
        sign_locks(locks=locks, office=office, actor=signer)


def pay_one(month: Month, treasurer_of_opd: User, treasurer: User, today: date) -> None:
    """The first OPD against which nothing speaks goes all the way to its people's accounts."""
    for opd in Unit.objects.opds().order_by("code"):
        if place_of(month, KIND, opd).is_signed and not gates.reasons(month, KIND, opd.pk):
            _pay(month, opd, treasurer_of_opd, treasurer, today)
            return


@transaction.atomic
def _pay(month: Month, opd: Unit, treasurer_of_opd: User, treasurer: User, today: date) -> None:
    if PaymentList.objects.exists():
        return
    for step in AFTER_LOCK:
        actor = treasurer if step is Step.SP2D else treasurer_of_opd
        amount = expected_amount(place_of(month, KIND, opd), step)
        letter = Letter(f"{_NUMBERS[step]}/{opd.code}", today, amount)
        take_step(month=month, kind=KIND, opd=opd, step=step, letter=letter, actor=actor)
    made = PaymentList.objects.get(parcel__opd=opd)
    mark_paid(list_uid=made.uid, note="Rekening koran contoh", actor=treasurer)


def object_to_a_line(month: Month, owner: User) -> None:
    """The person objects to the first line that takes something, or to the first of all."""
    slip = Slip.objects.of_counting_runs().filter(employee__user=owner, run__month=month.first_day).first()
    if slip is None or Appeal.objects.exists():
        return
    line = slip.lines.filter(effect__lt=0).order_by("order").first() or slip.lines.order_by("order").first()
    if line is None:
        return
    try:
        file_appeal(
            slip_uid=slip.uid,
            order=line.order,
            text="Hari itu saya bertugas di luar; suratnya menyusul.",
            upload=None,
            client_key=new_uid(),
            actor=owner,
        )
    except DomainError:
        # The days for it are over, or the slip does not count any more.
        return
