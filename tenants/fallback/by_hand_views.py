"""What the pages of sheets written by hand have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kernel.accounts.models import User
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.periods import Month
from tenants.calendars import closing
from tenants.fallback.by_hand import WAITING, WITHDRAWN, SheetByHand
from tenants.fallback.forms import WithdrawForm


def choices_of(
    sheet: SheetByHand, user: User, form: WithdrawForm, *, may_decide: bool, may_withdraw: bool
) -> dict[str, Any]:
    """What the person may do with the sheet now: let it count (`may_decide`), withdraw it (`form`, else None)."""
    month = Month.of(sheet.month)
    is_open = not closing.closed_months(month.first_day, month.end, opds=[sheet.opd_id])
    is_own = sheet.uploaded_by_id == user.pk
    return {
        "is_open": is_open,
        "is_own": is_own,
        "may_decide": is_open and may_decide and sheet.state == WAITING and not is_own,
        "form": form if is_open and may_withdraw and sheet.state != WITHDRAWN else None,
    }


def decide(
    request: HttpRequest, act: Callable[[], object], *, said: str, sheet: SheetByHand, page: str
) -> HttpResponse:
    """Do it and go back to the sheet's page, which says what came of it."""
    try:
        act()
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, said)
    return redirect(page, uid=sheet.uid)


def withdraw(
    request: HttpRequest,
    act: Callable[[str], object],
    *,
    said: str,
    sheet: SheetByHand,
    page: str,
    again: Callable[[WithdrawForm], HttpResponse],
) -> HttpResponse:
    """Take the sheet back for the reason that was given; `again` shows its page with what is wrong beside the field."""
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            act(form.cleaned_data["alasan"])
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, said)
            return redirect(page, uid=sheet.uid)
    return again(form)
