"""What sheets written by hand have in common: they wait, a second person lets them count, they are withdrawn."""

from __future__ import annotations

from typing import ClassVar, Final, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Max, QuerySet
from typing_extensions import override

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.ids import Addressed
from kernel.periods import Month
from kernel.tenancy.fence import Fenced
from kernel.turns import take_turns
from tenants.calendars import closing

WAITING: Final = "waiting"
WITHDRAWN: Final = "withdrawn"

S = TypeVar("S", bound="SheetByHand")


class SheetByHand(Addressed, Fenced):
    """Facts of an OPD's people in one month that were written by hand, with who brought them in and who decided.

    Each kind of sheet says in which state it counts, and what its titles begin with.
    """

    COUNTING: ClassVar[str]
    PREFIX: ClassVar[str]

    month = models.DateField()
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    # The job that read it: taken up again, it makes no second sheet.
    job_uid = models.UUIDField(unique=True)
    # Counted within the month: "AM-2026-10-003".
    number = models.IntegerField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False)
    # sha256 of the rows in an order of their own.
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    people = models.IntegerField()
    # Waiting, counting, withdrawn: each kind has its own word for the second.
    state = models.CharField(max_length=10, default=WAITING)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    uploaded_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What pages and papers call it."""
        return f"{self.PREFIX}-{self.month:%Y-%m}-{self.number:03}"


def take_turns_with_sheets() -> None:
    """Until the transaction ends nobody else keeps a sheet in this region: each has its own number."""
    take_turns("fallback.sheets")


def next_number(sheets: QuerySet[S], month: Month) -> int:
    """The number of the month's next sheet. Call it behind `take_turns_with_sheets`."""
    newest = sheets.filter(month=month.first_day).aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def locked(sheets: QuerySet[S], uid: UUID, noun: str) -> S:
    """The sheet, for its decision. Raises NotFound with the noun."""
    sheet = sheets.select_for_update(of=("self",)).filter(uid=uid).first()
    if sheet is None:
        raise NotFound(noun)
    return sheet


def let_count(sheet: SheetByHand, actor: User, *, own: type[DomainError], decided: type[DomainError]) -> bool:
    """The sheet counts from here on; False when it does already.

    Raises `decided` for a withdrawn one, `own` where the actor brought it in, MonthClosed.
    """
    if sheet.state == sheet.COUNTING:
        return False
    if sheet.state != WAITING:
        raise decided
    if sheet.uploaded_by_id == actor.pk:
        raise own
    _decide(sheet, sheet.COUNTING, actor)
    return True


def take_back(sheet: SheetByHand, actor: User, *, decided: type[DomainError]) -> str:
    """The sheet counts no more; gives the state that it had. Raises `decided` for a withdrawn one, MonthClosed."""
    if sheet.state == WITHDRAWN:
        raise decided
    before = sheet.state
    _decide(sheet, WITHDRAWN, actor)
    return before


def _decide(sheet: SheetByHand, state: str, actor: User) -> None:
    month = Month.of(sheet.month)
    closing.require_open(month.first_day, month.end, opds=[sheet.opd_id])
    sheet.state, sheet.decided_by, sheet.decided_at = state, actor, clock.now()
    sheet.save(update_fields=["state", "decided_by", "decided_at"])
