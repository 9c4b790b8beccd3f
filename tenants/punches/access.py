"""Whose phones a person may see and decide about."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import user_may
from tenants.calendars.work_date import running_day
from tenants.employees.access import people_in_scope
from tenants.punches.errors import KeyRefused
from tenants.punches.models import PhoneKey
from tenants.punches.permissions import PHONES
from tenants.punches.querysets import PhoneKeyQuerySet


def phones_in_charge(user: User) -> PhoneKeyQuerySet:
    """The phones of the people for whom this operator is in charge."""
    people = people_in_scope(user, PHONES, running_day()).values("pk")
    return PhoneKey.objects.filter(kind=PhoneKey.Kind.PHONE, employee__in=people)


def phone_to_decide(user: User, uid: UUID) -> PhoneKey:
    """The phone, locked, of somebody in charge. Raises NotFound, and KeyRefused for the operator's own."""
    key = _locked(uid)
    if not phones_in_charge(user).filter(pk=key.pk).exists():
        raise NotFound("phone")
    if key.employee is not None and key.employee.user_id == user.pk:
        raise KeyRefused("own")
    return key


def phone_to_end(user: User, uid: UUID) -> PhoneKey:
    """The phone, locked: own, or of somebody in charge. Raises NotFound."""
    key = _locked(uid)
    is_own = key.employee is not None and key.employee.user_id == user.pk
    if is_own or (user_may(user, PHONES) and phones_in_charge(user).filter(pk=key.pk).exists()):
        return key
    raise NotFound("phone")


def _locked(uid: UUID) -> PhoneKey:
    keys = PhoneKey.objects.select_for_update(of=("self",)).select_related("employee")
    found = keys.filter(uid=uid, kind=PhoneKey.Kind.PHONE).first()
    if found is None:
        raise NotFound("phone")
    return found
