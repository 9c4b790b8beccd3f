"""One OPD's month against its ceilings: what it costs, the ways out side by side, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page, require
from kernel.web import htmx
from tenants.budget.checking import CodeLine, Position, position
from tenants.budget.deciding import Choice, decide, options_for, outcome_of, undo_decision
from tenants.budget.errors import NotEnough
from tenants.budget.forms import DecideForm, GoOnForm, OptionForm, WithdrawForm
from tenants.budget.models import BudgetDecision
from tenants.budget.options import Effect, Outcome, Shortage
from tenants.budget.permissions import DECIDE, READ
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun

Option = BudgetDecision.Option
# People of the option that is looked at, on one page.
_ROWS = 25
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Card:
    """One way out with its effect; no `outcome` as long as it needs something first, or cannot be taken."""

    option: BudgetDecision.Option
    outcome: Outcome | None
    is_chosen: bool
    needs: str = ""

    @property
    def percent(self) -> Decimal | None:
        """The share that is paid, in percent."""
        share = None if self.outcome is None else self.outcome.share
        return None if share is None else share * 100

    @property
    def rooms(self) -> list[CodeLine]:
        """The codes that have something left to be moved."""
        lines = () if self.outcome is None else self.outcome.position.lines
        return [line for line in lines if line.left is not None and line.left > 0]


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def opd_month(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """The OPD's month; POST decides for the option that the page shows."""
    when, opd = _asked(month, kind, uid)
    found = position(when, kind, opd.pk)
    decision = BudgetDecision.objects.of(when, kind).filter(opd=opd).select_related("decided_by").first()
    context: dict[str, object] = {
        "month": when,
        "kind": MonthRun.Kind(kind),
        "opd": opd,
        "position": found,
        "decision": decision,
        "undo_form": WithdrawForm(),
        "earlier": BudgetDecision.objects.filter(opd=opd, month=when.first_day, kind=kind, undone_at__isnull=False)
        .select_related("decided_by", "undone_by")
        .order_by("-decided_at")[:20],
    }
    if decision is None and found.is_over:
        shown = _ways_out(request, found, opd)
    elif decision is None and found.cost is not None and found.missing:
        shown = _going_on(request, found, opd)
    elif request.method == "POST":
        require(person(request), DECIDE)
        messages.error(request, _("Tidak ada yang perlu diputuskan untuk OPD dan bulan ini."))
        return _here(request, found, opd)
    else:
        shown = {}
    if isinstance(shown, HttpResponse):
        return shown
    status = 422 if request.method == "POST" else 200
    context |= shown
    return render(request, "tenants/budget/month.html", context, status=status)


def _ways_out(request: HttpRequest, found: Position, opd: Unit) -> dict[str, object] | HttpResponse:
    """The ways out of a shortage with the one that is looked at, or where to go once it is decided."""
    shortage = Shortage(found)
    options = OptionForm(shortage.statuses(), shortage.by_nip(), _asked_options(request))
    choice = _choice(options, shortage)
    cards = _cards(choice, shortage, found.kind)
    chosen = next((card for card in cards if card.is_chosen), None)
    if request.method == "POST":
        form: GoOnForm = DecideForm(request.POST)
        if _is_decided(request, found, opd, form, choice):
            messages.success(request, _("Keputusan tercatat. Hitung ulang OPD ini supaya berlaku pada slip."))
            return _here(request, found, opd)
    else:
        outcome = None if chosen is None else chosen.outcome
        form = DecideForm(initial={"dampak": "" if outcome is None else str(outcome.net_after)})
    return {"options": options, "cards": cards, "chosen": chosen, "form": form, **_people(request, chosen)}


def _going_on(request: HttpRequest, found: Position, opd: Unit) -> dict[str, object] | HttpResponse:
    """The form to go on without a recorded ceiling, or where to go once that is decided."""
    choice = Choice(Option.UNRECORDED)
    if request.method == "POST":
        form = GoOnForm(request.POST)
        if _is_decided(request, found, opd, form, choice):
            messages.success(request, _("Keputusan tercatat. Bulan ini dapat dilanjutkan."))
            return _here(request, found, opd)
    else:
        form = GoOnForm(initial={"dampak": str(outcome_of(choice, Shortage(found)).net_after)})
    return {"go_on_form": form}


def _is_decided(request: HttpRequest, found: Position, opd: Unit, form: GoOnForm, choice: Choice | None) -> bool:
    """Whether the posted form decided for the choice; what stands against it is told on the form."""
    user = person(request)
    require(user, DECIDE)
    if not form.is_valid() or choice is None:
        return False
    values = form.cleaned_data
    try:
        decide(
            month=found.month,
            kind=found.kind,
            opd=opd,
            choice=choice,
            seen=values["dampak"],
            reason=values["alasan"],
            letter_number=values["surat"],
            actor=user,
        )
    except DomainError as error:
        form.add_error(None, error.message())
        return False
    return True


def _here(request: HttpRequest, found: Position, opd: Unit) -> HttpResponse:
    return htmx.go(request, reverse("budget-month", args=[str(found.month), found.kind, opd.uid]))


@require_POST
@page(DECIDE)
def undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The decision no longer counts."""
    decision = BudgetDecision.objects.select_related("opd").filter(uid=uid).first()
    if decision is None:
        raise NotFound("decision")
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Keputusan belum dibatalkan: tulis alasannya."))
    else:
        try:
            undo_decision(uid=uid, why=form.cleaned_data["alasan"], actor=person(request))
        except DomainError as error:
            if error.status != 409:
                raise
            messages.error(request, error.message())
        else:
            messages.success(
                request,
                _("Keputusan dibatalkan.")
                if decision.option == Option.UNRECORDED
                else _("Keputusan dibatalkan. Hitung ulang OPD ini supaya slip penuh lagi."),
            )
    where = [str(Month.of(decision.month)), decision.kind, decision.opd.uid]
    return htmx.go(request, reverse("budget-month", args=where))


def _asked(month: str, kind: str, uid: UUID) -> tuple[Month, Unit]:
    try:
        when = Month.parse(month)
    except ValueError as error:
        raise NotFound("month") from error
    opd = Unit.objects.opds().filter(uid=uid).first()
    if opd is None or kind not in MonthRun.Kind.values:
        raise NotFound("opd")
    return when, opd


def _asked_options(request: HttpRequest) -> QueryDict:
    """The option that is looked at stands in the address, also when the decision is sent."""
    return request.GET


def _choice(form: OptionForm, shortage: Shortage) -> Choice | None:
    """What the address asks to look at; None where it names nothing that can be read."""
    if not form.is_valid() or not form.cleaned_data["pilihan"]:
        return None
    values = form.cleaned_data
    match values["pilihan"]:
        case Option.HOLD:
            people = values["nip"] | shortage.with_status(values["status"])
            return Choice(Option.HOLD, people=people)
        case Option.PARTIAL:
            share = form.share()
            return Choice(Option.PARTIAL, share if share is not None and share < 1 else _HALF)
        case option:
            return Choice(option)


def _cards(choice: Choice | None, shortage: Shortage, kind: str) -> list[Card]:
    cards = []
    for option in options_for(kind):
        is_chosen = choice is not None and choice.option == option
        looked_at = (
            choice if choice is not None and is_chosen else Choice(option, _HALF if option == Option.PARTIAL else None)
        )
        try:
            cards.append(Card(option, outcome_of(looked_at, shortage), is_chosen))
        except NotEnough:
            cards.append(Card(option, None, is_chosen, _needs(option)))
    return cards


def _needs(option: str) -> str:
    if option == Option.HOLD:
        return _("Pilih dulu siapa yang ditahan.")
    return _("Tidak ada sisa pagu untuk dibagi.")


def _people(request: HttpRequest, chosen: Card | None) -> Mapping[str, object]:
    """The people of the chosen option whose pay changes, first those who lose most; one page of them."""
    if chosen is None or chosen.outcome is None:
        return {}
    text = request.GET.get("hal", "1")
    number = int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else 1
    changed: list[Effect] = sorted((e for e in chosen.outcome.effects if e.change), key=lambda e: (e.change, e.name))
    start = (number - 1) * _ROWS
    return {
        "people": changed[start : start + _ROWS],
        "number": number,
        "previous_number": number - 1 if number > 1 else None,
        "next_number": number + 1 if start + _ROWS < len(changed) else None,
    }
