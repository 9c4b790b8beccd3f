"""Renewing the trust in phones after an incident."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.credentials import Credential, Reach, declare
from tenants.punches.models import PhoneKey
from tenants.punches.querysets import PhoneKeyQuerySet


def _phones(reach: Reach) -> PhoneKeyQuerySet:
    active = PhoneKey.objects.filter(kind=PhoneKey.Kind.PHONE, state=PhoneKey.State.ACTIVE)
    return active if reach.users is None else active.filter(employee__user_id__in=reach.users)


def _renew(reach: Reach) -> int:
    """The phones wait for the OPD's operator again, as a new phone does: they work meanwhile, in grade B for a day.

    A key cannot leave its phone, so what is in doubt is whose phone it is, and that somebody has to look at.
    """
    return _phones(reach).update(
        state=PhoneKey.State.PENDING, registered_at=clock.now(), confirmed_by=None, confirmed_at=None
    )


declare(
    Credential(
        code="phones",
        label=_("HP terdaftar"),
        effect=_("Operator OPD mengonfirmasi setiap HP lagi. Absen tetap diterima, sehari penuh tanpa ditinjau."),
        count=lambda reach: _phones(reach).count(),
        renew=_renew,
        order=30,
    )
)
