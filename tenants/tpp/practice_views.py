"""The page of practice: every OPD with its standing, and the steps to being paid."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from tenants.organisation.models import Unit
from tenants.tpp import permissions, practice
from tenants.tpp.forms import OpdsForm
from tenants.tpp.models import GoLive, Practice


@dataclass(frozen=True, slots=True)
class Row:
    """An OPD on the page: `state` is paid, signed, proposed, practice, later or waiting."""

    opd: Unit
    state: str
    practice: Practice | None
    go_live: GoLive | None
    may_sign: bool
    is_ticked: bool

    def is_practising(self, today: date) -> bool:
        """Whether it practises now; a proposal does not end that, only its date."""
        return self.state != "paid" and self.practice is not None and self.practice.from_month <= today

    @property
    def can_be_proposed(self) -> bool:
        return self.go_live is None


@require_safe
@page(permissions.READ_ALL)
def practice_page(request: HttpRequest) -> HttpResponse:
    """All OPDs with their standing, by code."""
    return render(request, "tenants/tpp/practice.html", _context(request))


def _context(request: HttpRequest, ticked: Collection[str] = ()) -> dict[str, Any]:
    user = person(request)
    today = here.today()
    practices = {row.opd_id: row for row in Practice.objects.all()}
    go_lives = {row.opd_id: row for row in GoLive.objects.standing().select_related("proposed_by", "signed_by", "opd")}
    rows = [
        _row(
            opd,
            practices.get(opd.pk),
            go_lives.get(opd.pk),
            user_pk=user.pk,
            today=today,
            is_ticked=str(opd.uid) in ticked,
        )
        for opd in Unit.objects.opds().filter(is_active=True).order_by("code")
    ]
    first = min((row.from_month for row in practices.values()), default=None)
    return {
        "rows": rows,
        "is_piloting": bool(practices),
        "first": first,
        "month_text": str(Month.of(today)),
        "counts": {
            "practice": sum(1 for row in rows if row.is_practising(today)),
            "paid": sum(1 for row in rows if row.state == "paid"),
            "waiting": sum(1 for row in rows if row.state != "paid" and not row.is_practising(today)),
        },
        "proposals": [row for row in rows if row.state in ("proposed", "signed")],
    }


def _row(
    opd: Unit,
    practice_row: Practice | None,
    go_live: GoLive | None,
    *,
    user_pk: int,
    today: date,
    is_ticked: bool,
) -> Row:
    in_force = go_live is not None and go_live.is_signed and go_live.month <= today
    if in_force:
        state = "paid"
    elif go_live is not None:
        state = "signed" if go_live.is_signed else "proposed"
    elif practice_row is not None:
        state = "practice" if practice_row.from_month <= today else "later"
    else:
        state = "waiting"
    return Row(
        opd=opd,
        state=state,
        practice=practice_row,
        go_live=go_live,
        may_sign=go_live is not None and not go_live.is_signed and go_live.proposed_by_id != user_pk,
        is_ticked=is_ticked,
    )


@require_POST
@page(permissions.PILOT)
def choose(request: HttpRequest) -> HttpResponse:
    """The ticked OPDs begin to practise."""

    def done(count: int) -> str:
        return ngettext("%(count)s OPD mulai latihan.", "%(count)s OPD mulai latihan.", count) % {"count": count}

    return _with_opds(request, practice.choose_pilots, done)


@require_POST
@page(permissions.PILOT)
def propose(request: HttpRequest) -> HttpResponse:
    """The ticked OPDs shall be paid: the first signature."""

    def done(count: int) -> str:
        return ngettext(
            "%(count)s OPD diusulkan mulai dibayar. Sekarang perlu tanda tangan orang kedua.",
            "%(count)s OPD diusulkan mulai dibayar. Sekarang perlu tanda tangan orang kedua.",
            count,
        ) % {"count": count}

    return _with_opds(request, practice.propose_go_live, done)


@require_POST
@page(permissions.PILOT_SIGN)
def sign(request: HttpRequest) -> HttpResponse:
    """The second signature under the ticked proposals."""

    def done(count: int) -> str:
        return ngettext(
            "%(count)s OPD ditandatangani. Mulai bulannya, slipnya dibayar.",
            "%(count)s OPD ditandatangani. Mulai bulannya, slipnya dibayar.",
            count,
        ) % {"count": count}

    return _with_proposals(request, practice.sign_go_live, done)


@require_POST
@page(permissions.PILOT)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the ticked proposals back."""

    def done(count: int) -> str:
        return ngettext("%(count)s usul dicabut.", "%(count)s usul dicabut.", count) % {"count": count}

    return _with_proposals(request, practice.withdraw_go_live, done)


def _with_opds(
    request: HttpRequest, action: Callable[..., Collection[Any]], done: Callable[[int], str]
) -> HttpResponse:
    form = OpdsForm(request.POST)
    if not form.is_valid():
        words = [str(message) for errors in form.errors.values() for message in errors]
        return _refused(request, " ".join(words))
    return _do(request, lambda: action(opds=form.opds(), month=form.month(), actor=person(request)), done)


def _with_proposals(
    request: HttpRequest, action: Callable[..., Collection[Any]], done: Callable[[int], str]
) -> HttpResponse:
    uids = []
    for text in request.POST.getlist("usul"):
        try:
            uids.append(UUID(text))
        except ValueError:
            continue
    return _do(request, lambda: action(uids=uids, actor=person(request)), done)


def _do(request: HttpRequest, act: Callable[[], Collection[Any]], done: Callable[[int], str]) -> HttpResponse:
    try:
        rows = act()
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        return _refused(request, error.message())
    messages.success(request, done(len(rows)))
    return htmx.go(request, reverse("tpp-practice"))


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    """The page again, with the reason and what was ticked."""
    context = _context(request, request.POST.getlist("opd")) | {"refusal": reason}
    if "bulan" in request.POST:
        context["month_text"] = request.POST["bulan"]
    return render(request, "tenants/tpp/practice.html", context, status=422)
