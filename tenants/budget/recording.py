"""Officials of finance record ceilings and the region's account codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.budget.errors import CeilingKnown
from tenants.budget.models import BudgetAccount, BudgetCeiling
from tenants.budget.permissions import RECORD

RECORDED = declare_action("budget.ceilings_recorded", "Pagu anggaran dicatat")
WITHDRAWN = declare_action("budget.ceiling_withdrawn", "Pagu anggaran ditarik")
MAPPED = declare_action("budget.account_mapped", "Kode rekening dipetakan")


@dataclass(frozen=True, slots=True)
class Paper:
    """The DPA or DPPA that sets the ceilings, and from which day on they count."""

    document: str
    number: str
    dated: date
    valid_from: date


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What one OPD may spend on one code in the year, rupiah."""

    opd_id: int
    account_code: str
    amount: Decimal


@transaction.atomic
def record_ceilings(*, ceilings: Sequence[Ceiling], paper: Paper, source: str, actor: Actor) -> int:
    """Write the ceilings of the paper's year, in one statement; returns how many. Raises CeilingKnown."""
    if isinstance(actor, User):
        require(actor, RECORD)
    rows = [
        BudgetCeiling(
            opd_id=ceiling.opd_id,
            year=paper.valid_from.year,
            account_code=ceiling.account_code,
            amount=ceiling.amount,
            document=paper.document,
            document_number=paper.number.strip(),
            document_date=paper.dated,
            valid_from=paper.valid_from,
            recorded_by=actor if isinstance(actor, User) else None,
        )
        for ceiling in ceilings
    ]
    try:
        with transaction.atomic():
            BudgetCeiling.objects.bulk_create(rows)
    except IntegrityError as error:
        if "ceiling_once_per_start" not in str(error):
            raise
        raise CeilingKnown from error
    total = sum((ceiling.amount for ceiling in ceilings), Decimal(0))
    after = {"paper": paper.number, "from": paper.valid_from, "count": len(rows), "total": total, "source": source}
    record(RECORDED, actor=actor, after=after)
    return len(rows)


@transaction.atomic
def withdraw_ceiling(*, uid: UUID, why: str, actor: User) -> BudgetCeiling:
    """The row was recorded wrongly; the one before it counts again. Raises NotFound."""
    require(actor, RECORD)
    row = BudgetCeiling.objects.standing().select_for_update().filter(uid=uid).first()
    if row is None:
        raise NotFound("ceiling")
    row.withdrawn_by, row.withdrawn_at = actor, clock.now()
    row.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(WITHDRAWN, actor=actor, subject=row, before={"amount": row.amount, "code": row.account_code}, note=why)
    return row


@transaction.atomic
def map_account(*, part: str, group: str, account_code: str, actor: User) -> BudgetAccount:
    """From now on the code pays the part. What is locked keeps its cost; where it is counted follows the mapping."""
    require(actor, RECORD)
    before = BudgetAccount.objects.select_for_update().filter(part=part, group=group).first()
    row, _is_new = BudgetAccount.objects.update_or_create(
        part=part,
        group=group,
        defaults={"account_code": account_code, "recorded_by": actor, "recorded_at": clock.now()},
    )
    was = None if before is None else before.account_code
    record(MAPPED, actor=actor, subject=row, before={"code": was}, after={"code": account_code})
    return row
