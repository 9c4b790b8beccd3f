"""Objecting, answering a return, taking back, and saying what follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.actions import store_file
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.appeals.access import DOCUMENT_KIND, PURPOSE
from tenants.appeals.deadlines import last_day_for
from tenants.appeals.errors import (
    AlreadyAppealed,
    AppealDecided,
    AppealTooLate,
    NotAppealable,
    OwnAppeal,
    RemedyRefused,
    SentBefore,
)
from tenants.appeals.models import Appeal
from tenants.appeals.permissions import FILE, REMEDY
from tenants.approvals.actions import changing, submit
from tenants.approvals.actions import withdraw as withdraw_requests
from tenants.arrears.locked import is_locked
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on
from tenants.rules.loading import loaded
from tenants.tpp.explaining import readable
from tenants.tpp.models import Slip

FILED = declare_action("appeals.filed", "Keberatan diajukan")
REVISED = declare_action("appeals.revised", "Keberatan diajukan kembali")
WITHDRAWN = declare_action("appeals.withdrawn", "Keberatan ditarik")
REMEDIED = declare_action("appeals.remedy_set", "Hasil keberatan ditentukan")


@transaction.atomic
def file_appeal(
    *, slip_uid: UUID, order: int, text: str, upload: File[bytes] | None, client_key: UUID, actor: User
) -> Appeal:
    """Object to a line of the own slip; the same form sent twice is one appeal.

    Raises NotFound for a slip of somebody else, NotAppealable, AppealTooLate, AlreadyAppealed, SentBefore, FileRefused,
    and what `approvals.actions.submit` raises.
    """
    require(actor, FILE)
    slip = (
        Slip.objects.as_it_stands()
        .select_related("run__rule_set", "employee", "opd")
        .filter(uid=slip_uid, employee__user=actor)
        .first()
    )
    if slip is None:
        raise NotFound("slip")
    text = text.strip()
    known = Appeal.objects.filter(client_key=client_key).first()
    line = slip.lines.filter(order=order).first()
    if line is None:
        raise NotAppealable("line")
    if known is not None:
        return _same(known, slip, line.node_id, text)
    refuse_closed(slip)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                employee=slip.employee,
                slip=slip,
                month=slip.run.month,
                kind=slip.run.kind,
                opd=slip.opd,
                node_id=line.node_id,
                line_label=line.label,
                line_shown=readable(line, loaded(slip.run.rule_set)).shown[:100],
                clause=line.clause_reference,
                text=text,
                file=None if upload is None else store_file(upload=upload, purpose=PURPOSE, owner=actor),
                client_key=client_key,
            )
    except IntegrityError as error:
        # The same form twice at once is one appeal; from two tabs it is a second one for the line.
        known = Appeal.objects.filter(client_key=client_key).first()
        if known is not None:
            return _same(known, slip, line.node_id, text)
        raise AlreadyAppealed from error
    _send(appeal, actor)
    after = {"slip": slip.uid, "month": f"{appeal.month:%Y-%m}", "line": appeal.node_id}
    record(FILED, actor=actor, subject=appeal, after=after, note=text)
    return appeal


def _same(known: Appeal, slip: Slip, node_id: str, text: str) -> Appeal:
    """The appeal that the form made before. Raises SentBefore when the form says something else now."""
    if (known.slip_id, known.node_id, known.text) != (slip.pk, node_id, text):
        raise SentBefore
    return known


def refuse_closed(slip: Slip) -> date | None:
    """Raise why nobody can object to this slip now; else the last day for it, None while nothing ends it.

    The slip comes from `SlipQuerySet.as_it_stands`.
    """
    if slip.is_practice:
        raise NotAppealable("practice")
    if not slip.is_counting:
        raise NotAppealable("replaced")
    last = last_day_for(slip)
    if last is not None and _today() > last:
        raise AppealTooLate(last)
    return last


@transaction.atomic
def revise_appeal(*, uid: UUID, text: str, upload: File[bytes] | None, actor: User) -> Appeal:
    """Hand a returned appeal in again, with other words or another file. Raises NotFound, AppealDecided, FileRefused.

    The last day does not count any more: it was handed in in time.
    """
    require(actor, FILE)
    appeal = _own(uid, actor)
    if appeal.state != Appeal.State.RETURNED:
        raise AppealDecided
    appeal.text = text.strip()
    if upload is not None:
        appeal.file = store_file(upload=upload, purpose=PURPOSE, owner=actor)
    appeal.state = Appeal.State.SUBMITTED
    appeal.version += 1
    appeal.decided_at = None
    appeal.save(update_fields=["text", "file", "state", "version", "decided_at"])
    _send(appeal, actor)
    record(REVISED, actor=actor, subject=appeal, note=appeal.text)
    return appeal


@transaction.atomic
def withdraw_appeal(*, uid: UUID, actor: User) -> Appeal:
    """Take the own appeal back while it is open. Raises NotFound, AppealDecided."""
    require(actor, FILE)
    owner = Employee.objects.filter(user=actor).first()
    if owner is None:
        raise NotFound("appeal")
    # The request before the document, as a decision takes them.
    withdraw_requests(document_kind=DOCUMENT_KIND, document_uids=[uid], owner=owner, actor=actor)
    appeal = _own(uid, actor)
    if not appeal.is_open:
        raise AppealDecided
    appeal.state = Appeal.State.WITHDRAWN
    appeal.decided_at = clock.now()
    appeal.save(update_fields=["state", "decided_at"])
    record(WITHDRAWN, actor=actor, subject=appeal)
    return appeal


@transaction.atomic
def set_remedy(*, uid: UUID, seen: int, remedy: str, amount: Decimal | None, note: str, actor: User) -> Appeal:
    """Say what follows when it is granted: a sum, or that the facts were mended. Another one replaces it.

    A sum needs a month that is locked: before, the facts are mended and the month is computed again. `seen` is the
    version that the official saw. Raises NotAllowed, NotFound, OwnAppeal, AppealDecided, RemedyRefused.
    """
    require(actor, REMEDY)
    with changing(document_kind=DOCUMENT_KIND, document_uid=uid):
        appeal = Appeal.objects.select_related("employee").select_for_update(of=("self",)).filter(uid=uid).first()
        if appeal is None:
            raise NotFound("appeal")
        if appeal.employee.user_id == actor.pk:
            raise OwnAppeal
        if appeal.state != Appeal.State.SUBMITTED or appeal.version != seen:
            raise AppealDecided
        if remedy == Appeal.Remedy.AMOUNT and not amount:
            raise RemedyRefused("amount")
        if remedy != Appeal.Remedy.AMOUNT and amount is not None:
            raise RemedyRefused("no_amount")
        if amount is not None and not is_locked(appeal.employee_id, Month.of(appeal.month), appeal.kind):
            raise RemedyRefused("open")
        before = {"remedy": appeal.remedy, "amount": appeal.amount}
        appeal.remedy, appeal.amount, appeal.remedy_note = remedy, amount, note.strip()
        appeal.remedied_by, appeal.remedied_at = actor, clock.now()
        appeal.version += 1
        appeal.save(update_fields=["remedy", "amount", "remedy_note", "remedied_by", "remedied_at", "version"])
        record(
            REMEDIED,
            actor=actor,
            subject=appeal,
            before=before,
            after={"remedy": remedy, "amount": amount},
            note=appeal.remedy_note,
        )
        return appeal


def _send(appeal: Appeal, actor: User) -> None:
    submit(
        document_kind=DOCUMENT_KIND,
        document_uid=appeal.uid,
        owner=appeal.employee,
        title=f"{appeal.month:%Y-%m}: {appeal.line_label}"[:300],
        on=_day_of_posts(appeal),
        actor=actor,
    )


def _day_of_posts(appeal: Appeal) -> date:
    """Whose posts decide: those of today, or of the slip's reference date for who is no longer in its OPD."""
    today = _today()
    posts = posts_on([appeal.employee_id], today).get(appeal.employee_id)
    own = None if posts is None else posts.definitive
    return today if own is not None and own.opd_id == appeal.opd_id else appeal.slip.run.reference_date


def _own(uid: UUID, actor: User) -> Appeal:
    appeal = (
        Appeal.objects.select_related("employee", "slip__run")
        .select_for_update(of=("self",))
        .filter(uid=uid, employee__user=actor)
        .first()
    )
    if appeal is None:
        raise NotFound("appeal")
    return appeal


def _today() -> date:
    return clock.today(current_region().time_zone)
