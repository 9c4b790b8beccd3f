"""Renewing the secret words of attendance machines after an incident."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext_lazy as _

from kernel.accounts.credentials import Credential, Reach, declare
from tenants.machines.models import Machine
from tenants.machines.querysets import MachineQuerySet
from tenants.machines.receiving import digest_of


def _with_secret(reach: Reach) -> MachineQuerySet:
    machines = Machine.objects.filter(state=Machine.State.ACTIVE).exclude(secret_digest="")
    return machines if reach.opd is None else machines.filter(unit__opd__uid=reach.opd)


def _renew(reach: Reach) -> int:
    """A word that nobody knows takes the place of each: lines are kept aside until an operator gives a new address."""
    machines = list(_with_secret(reach).select_for_update(of=("self",)))
    for machine in machines:
        machine.secret_digest = digest_of(secrets.token_hex(32))
    Machine.objects.bulk_update(machines, ["secret_digest"])
    return len(machines)


declare(
    Credential(
        code="machines",
        label=_("Alamat rahasia mesin absen"),
        effect=_("Baris mesin disimpan untuk ditinjau sampai alamat rahasia yang baru diketik di mesin."),
        count=lambda reach: _with_secret(reach).count(),
        renew=_renew,
        order=40,
    )
)
