"""What is done in the inspectorate's workspace: examining, finding, answering, closing, correcting."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import require
from tenants.arrears import recoveries
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.errors import RecoveryBegun
from tenants.arrears.models import Recovery
from tenants.employees.models import Employee
from tenants.oversight.errors import (
    CorrectionChanged,
    CorrectionDecided,
    FindingClosed,
    NoDeductionForIt,
    OwnMonth,
    OwnProposal,
    SentBefore,
)
from tenants.oversight.models import Answer, Examination, Finding, ProposedCorrection, SampledPerson
from tenants.oversight.permissions import DECIDE, EXAMINE
from tenants.rules.engine import listed_codes
from tenants.rules.loading import rules_on

EXAMINED = declare_action("oversight.examined", "Bulan pegawai diperiksa")
FOUND = declare_action("oversight.finding_opened", "Temuan dibuat")
ANSWERED = declare_action("oversight.finding_answered", "Temuan dijawab")
CLOSED = declare_action("oversight.finding_closed", "Temuan diselesaikan")
PROPOSED = declare_action("oversight.correction_proposed", "Koreksi diusulkan")
ACCEPTED = declare_action("oversight.correction_accepted", "Usulan koreksi diterima")
REFUSED = declare_action("oversight.correction_refused", "Usulan koreksi ditolak")


@transaction.atomic
def mark_examined(*, sampled_uid: UUID, note: str, actor: User) -> Examination:
    """The person's month has been gone through; marking twice keeps the first. Raises NotFound and OwnMonth."""
    require(actor, EXAMINE)
    person = SampledPerson.objects.select_for_update(of=("self",)).filter(uid=sampled_uid).first()
    if person is None:
        raise NotFound("sampled_person")
    refuse_own_month(actor, person.employee)
    examination, is_new = Examination.objects.get_or_create(
        person=person, defaults={"note": note.strip(), "examined_by": actor}
    )
    if is_new:
        record(EXAMINED, actor=actor, subject=person, note=note.strip())
    return examination


@transaction.atomic
def open_finding(
    *,
    employee: Employee,
    month: Month,
    sampled: SampledPerson | None,
    subject: str,
    about: str,
    text: str,
    answer_due: date,
    client_key: UUID,
    actor: User,
) -> Finding:
    """Write a finding down; the same form sent twice is one finding. Raises OwnMonth, and SentBefore when a form that
    was sent comes again with something else in it."""
    require(actor, EXAMINE)
    refuse_own_month(actor, employee)
    finding, is_new = Finding.objects.get_or_create(
        client_key=client_key,
        defaults={
            "employee": employee,
            "month": month.first_day,
            "sampled": sampled,
            "subject": subject,
            "about": about.strip()[:300],
            "text": text.strip(),
            "answer_due": answer_due,
            "opened_by": actor,
        },
    )
    asked = (employee.pk, month.first_day, subject, about.strip()[:300], text.strip(), answer_due, actor.pk)
    if asked != (
        finding.employee_id,
        finding.month,
        finding.subject,
        finding.about,
        finding.text,
        finding.answer_due,
        finding.opened_by_id,
    ):
        raise SentBefore
    if is_new:
        record(
            FOUND,
            actor=actor,
            subject=finding,
            after={"employee": employee.uid, "month": str(month), "answer_due": answer_due},
            note=finding.text,
        )
    return finding


@transaction.atomic
def answer_finding(*, uid: UUID, text: str, actor: User) -> Answer:
    """The person concerned, or the operator of the OPD, answers. Raises NotFound for everybody else, FindingClosed."""
    finding = _lock(uid)
    if not Finding.objects.answerable_by(actor).filter(pk=finding.pk).exists():
        raise NotFound("finding")
    if finding.state == Finding.State.CLOSED:
        raise FindingClosed
    answer = Answer.objects.create(finding=finding, text=text.strip(), answered_by=actor)
    finding.state = Finding.State.ANSWERED
    finding.save(update_fields=["state"])
    record(ANSWERED, actor=actor, subject=finding, note=answer.text)
    return answer


@transaction.atomic
def close_finding(*, uid: UUID, conclusion: str, actor: User) -> Finding:
    """The inspectorate concludes; an answer is not needed once the day for it has passed. Raises FindingClosed."""
    require(actor, EXAMINE)
    finding = _lock(uid)
    refuse_own_month(actor, finding.employee)
    if finding.state == Finding.State.CLOSED:
        raise FindingClosed
    finding.state = Finding.State.CLOSED
    finding.conclusion = conclusion.strip()
    finding.closed_by = actor
    finding.closed_at = clock.now()
    finding.save(update_fields=["state", "conclusion", "closed_by", "closed_at"])
    record(CLOSED, actor=actor, subject=finding, note=finding.conclusion)
    return finding


@transaction.atomic
def propose_correction(*, finding_uid: UUID, amount: Decimal, reason: str, actor: User) -> ProposedCorrection:
    """Rupiah to be taken back on a later run; history stays as it is. Raises FindingClosed, OwnMonth, CorrectionDecided
    where the finding has a proposal that was decided already; an undecided one is replaced."""
    require(actor, EXAMINE)
    finding = _lock(finding_uid)
    refuse_own_month(actor, finding.employee)
    if finding.state == Finding.State.CLOSED:
        raise FindingClosed
    known = ProposedCorrection.objects.select_for_update().filter(finding=finding).first()
    if known is not None and known.state != ProposedCorrection.State.PROPOSED:
        raise CorrectionDecided
    before = None if known is None else {"amount": known.amount, "reason": known.reason}
    correction, _ = ProposedCorrection.objects.update_or_create(
        finding=finding,
        defaults={"amount": amount, "reason": reason.strip(), "proposed_by": actor, "proposed_at": clock.now()},
    )
    record(
        PROPOSED,
        actor=actor,
        subject=correction,
        before=before,
        after={"finding": finding.uid, "amount": amount},
        note=correction.reason,
    )
    return correction


@transaction.atomic
def decide_correction(
    *, uid: UUID, accept: bool, note: str, actor: User, seen: datetime | None = None
) -> ProposedCorrection:
    """The personnel agency accepts, so that the first open month's run takes it, or refuses.

    What was accepted can still be refused until a paid slip has taken something of it. A sum larger than the month
    bears is taken in parts (`tenants.arrears.recoveries`). `seen` is when the proposal that the person looked at was
    made. Raises NotFound, CorrectionDecided, CorrectionChanged, OwnProposal, OwnMonth, and NoDeductionForIt when that
    month's rules have no list for corrections.
    """
    require(actor, DECIDE)
    correction = (
        ProposedCorrection.objects.select_for_update(of=("self",))
        .select_related("finding__employee")
        .filter(uid=uid)
        .first()
    )
    if correction is None:
        raise NotFound("correction")
    if correction.state != ProposedCorrection.State.PROPOSED and (accept or not may_still_be_refused(correction)):
        raise CorrectionDecided
    if seen is not None and seen != correction.proposed_at:
        raise CorrectionChanged
    if correction.proposed_by_id == actor.pk:
        raise OwnProposal
    refuse_own_month(actor, correction.finding.employee)
    before = {"state": correction.state, "taken_in": correction.taken_in}
    correction.taken_in = None
    if accept:
        month = recoveries.first_open_month(correction.finding.employee_id)
        rules = rules_on(month.first_day)
        if rules is None or RECOVERY_CODE not in listed_codes(rules):
            raise NoDeductionForIt(month, RECOVERY_CODE)
        correction.taken_in = month.first_day
        recoveries.open_recovery(
            employee_id=correction.finding.employee_id,
            amount=correction.amount,
            of_months=(Month.of(correction.finding.month), Month.of(correction.finding.month)),
            source=Recovery.Source.FINDING,
            source_uid=correction.uid,
            from_month=month,
        )
    else:
        _withdraw(correction)
    correction.state = ProposedCorrection.State.ACCEPTED if accept else ProposedCorrection.State.REFUSED
    correction.decided_by = actor
    correction.decided_at = clock.now()
    correction.decision_note = note.strip()
    correction.save(update_fields=["state", "taken_in", "decided_by", "decided_at", "decision_note"])
    record(
        ACCEPTED if accept else REFUSED,
        actor=actor,
        subject=correction,
        before=before,
        after={"amount": correction.amount, "taken_in": correction.taken_in},
        note=correction.decision_note,
    )
    return correction


def may_still_be_refused(correction: ProposedCorrection) -> bool:
    """Whether it was accepted and no paid slip has taken anything of it since."""
    if correction.state != ProposedCorrection.State.ACCEPTED:
        return False
    return not recoveries.is_begun(Recovery.Source.FINDING, correction.uid)


def _withdraw(correction: ProposedCorrection) -> None:
    try:
        recoveries.withdraw(source=Recovery.Source.FINDING, source_uid=correction.uid)
    except RecoveryBegun as error:
        # A month was locked with it since the page was shown.
        raise CorrectionDecided from error


def refuse_own_month(actor: User, employee: Employee) -> None:
    """Nobody examines, corrects or concludes on their own month. Raises OwnMonth."""
    if employee.user_id == actor.pk:
        raise OwnMonth


def _lock(uid: UUID) -> Finding:
    finding = Finding.objects.select_for_update(of=("self",)).select_related("employee").filter(uid=uid).first()
    if finding is None:
        raise NotFound("finding")
    return finding
