"""What becomes of a phone's key: registered, confirmed, ended, taken back.

Keys say how far a punch is trusted; none of this changes a punch that was taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.watching import Severity, account_print, clients, emit, names
from tenants.employees.models import Employee
from tenants.punches import access
from tenants.punches.errors import KeyRefused
from tenants.punches.models import PhoneKey
from tenants.punches.signatures import point_of

REGISTERED = declare_action("punches.phone_registered", "HP didaftarkan")
CONFIRMED = declare_action("punches.phone_confirmed", "HP dikonfirmasi")
ENDED = declare_action("punches.phone_ended", "HP tidak dipakai lagi")
RESTORED = declare_action("punches.phone_restored", "HP dipakai kembali")

# Who empties the browser's storage gets a new key each time; of those that wait the oldest goes.
MOST_WAITING: Final = 5


@transaction.atomic
def register_phone(*, employee: Employee, jwk: Mapping[str, Any], name: str, actor: User) -> PhoneKey:
    """Take the public key of the person's phone; the same key again gives the phone that it is.

    The first phone ever is active at once, a further one waits for the operator. Raises KeyRefused for what is no
    public key on P-256, and for another person's key.
    """
    try:
        point = point_of(jwk)
    except ValueError as error:
        raise KeyRefused("unreadable") from error
    # Two phones that come at the same moment are not both the first.
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    known = PhoneKey.objects.filter(public_key=point).first()
    if known is not None:
        if known.employee_id != employee.pk:
            # One phone for two people, or a copied key. Told once in a while: the page tries again by itself.
            if clients.is_first(("device key", actor.pk, point)):
                what = "device key"
                emit(names.AUTHN_TOKEN_REUSE, severity=Severity.MEDIUM, subject=account_print(actor.login), what=what)
            raise KeyRefused("taken")
        return known
    phones = PhoneKey.objects.phones_of([employee.pk])
    is_first = not phones.exists()
    key = PhoneKey.objects.create(
        employee=employee,
        public_key=point,
        name=" ".join(name.replace("\0", "").split())[:80],
        state=PhoneKey.State.ACTIVE if is_first else PhoneKey.State.PENDING,
    )
    for waiting in phones.filter(state=PhoneKey.State.PENDING)[MOST_WAITING:]:
        _end(waiting, PhoneKey.End.REPLACED, actor)
    record(REGISTERED, actor=actor, subject=key, after={"name": key.name, "state": key.state})
    return key


@transaction.atomic
def confirm_phone(*, uid: UUID, keeps_others: bool, actor: User) -> PhoneKey:
    """The operator knows whose phone this is: it is active from now on.

    The person's other phones are replaced by it unless `keeps_others`; what they signed until now counts as before.
    Raises NotFound, KeyRefused (own phone, or one that does not wait).
    """
    key = access.phone_to_decide(actor, uid)
    if key.state != PhoneKey.State.PENDING:
        raise KeyRefused("decided")
    if not keeps_others:
        others = PhoneKey.objects.phones_of([key.employee_id or 0]).in_use().exclude(pk=key.pk)
        for other in others.select_for_update():
            _end(other, PhoneKey.End.REPLACED, actor)
    key.state, key.confirmed_by, key.confirmed_at = PhoneKey.State.ACTIVE, actor, clock.now()
    key.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    record(CONFIRMED, actor=actor, subject=key, after={"name": key.name, "keeps_others": keeps_others})
    return key


@transaction.atomic
def reject_phone(*, uid: UUID, actor: User) -> PhoneKey:
    """The operator does not know this phone; its punches are looked at. Raises NotFound, KeyRefused."""
    key = access.phone_to_decide(actor, uid)
    if key.state != PhoneKey.State.PENDING:
        raise KeyRefused("decided")
    _end(key, PhoneKey.End.REJECTED, actor)
    return key


@transaction.atomic
def report_lost(*, uid: UUID, actor: User) -> PhoneKey:
    """The phone is out of its owner's hands: whatever it signs from now on is looked at. Raises NotFound, KeyRefused.

    By the owner or by an operator in charge.
    """
    key = access.phone_to_end(actor, uid)
    if key.state == PhoneKey.State.ENDED:
        raise KeyRefused("decided")
    _end(key, PhoneKey.End.LOST, actor)
    return key


@transaction.atomic
def restore_phone(*, uid: UUID, actor: User) -> PhoneKey:
    """An ended phone is back (found, or ended by mistake): it is active again. Raises NotFound, KeyRefused."""
    key = access.phone_to_decide(actor, uid)
    if key.state != PhoneKey.State.ENDED:
        raise KeyRefused("decided")
    before = {"end": key.end}
    key.state, key.end, key.ended_at, key.ended_by = PhoneKey.State.ACTIVE, "", None, None
    key.confirmed_by, key.confirmed_at = actor, clock.now()
    key.save(update_fields=["state", "end", "ended_at", "ended_by", "confirmed_by", "confirmed_at"])
    record(RESTORED, actor=actor, subject=key, before=before, after={"name": key.name})
    return key


def _end(key: PhoneKey, end: PhoneKey.End, actor: User) -> None:
    key.state, key.end, key.ended_by, key.ended_at = PhoneKey.State.ENDED, end, actor, clock.now()
    key.save(update_fields=["state", "end", "ended_by", "ended_at"])
    record(ENDED, actor=actor, subject=key, after={"name": key.name, "end": end})
