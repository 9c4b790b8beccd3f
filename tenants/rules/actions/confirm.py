"""The region stands for a national table, or takes that back."""

from __future__ import annotations

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.rules.engine import national
from tenants.rules.engine.national import NationalTable
from tenants.rules.errors import AlreadyConfirmed, TableChanged
from tenants.rules.models import TableConfirmation
from tenants.rules.permissions import CONFIRM

CONFIRMED = declare_action("rules.table_confirmed", "Tabel nasional dikonfirmasi")
WITHDRAWN = declare_action("rules.table_confirmation_withdrawn", "Konfirmasi tabel nasional ditarik")


@transaction.atomic
def confirm_table(*, reference: str, seen: str, compared_with: str, actor: User) -> TableConfirmation:
    """The person compared every figure of the table with the regulation named in `compared_with`.

    `seen` is the digest of what the page showed. Raises NotFound, TableChanged (the figures are others by now) and
    AlreadyConfirmed.
    """
    require(actor, CONFIRM)
    table = found_table(reference)
    if seen != table.digest:
        raise TableChanged(reference)
    confirmation, is_new = TableConfirmation.objects.get_or_create(
        reference=table.reference,
        digest=table.digest,
        withdrawn_at=None,
        defaults={"compared_with": compared_with[:200], "confirmed_by": actor},
    )
    if not is_new:
        raise AlreadyConfirmed(reference)
    after = {"table": table.reference, "digest": table.digest, "compared_with": confirmation.compared_with}
    record(CONFIRMED, actor=actor, subject=confirmation, after=after)
    return confirmation


@transaction.atomic
def withdraw_confirmation(*, reference: str, why: str, actor: User) -> TableConfirmation:
    """The table counts as unconfirmed again; rules that are published with it stay. Raises NotFound."""
    require(actor, CONFIRM)
    table = found_table(reference)
    confirmation = (
        TableConfirmation.objects.select_for_update()
        .filter(reference=table.reference, digest=table.digest, withdrawn_at__isnull=True)
        .first()
    )
    if confirmation is None:
        raise NotFound("confirmation")
    confirmation.withdrawn_by, confirmation.withdrawn_at, confirmation.withdrawn_why = actor, clock.now(), why[:200]
    confirmation.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    record(WITHDRAWN, actor=actor, subject=confirmation, after={"table": table.reference}, note=why)
    return confirmation


def found_table(reference: str) -> NationalTable:
    """The table by its reference. Raises NotFound."""
    try:
        return national.table(reference)
    except LookupError as error:
        raise NotFound("national table") from error
