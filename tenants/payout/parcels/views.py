"""The board of a month, one OPD's parcel, and the steps taken there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.accounts.second_factor import fresh_second_factor
from kernel.date_words import short_day_words
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page, require, user_may
from kernel.tenancy.context import current_region
from kernel.web import htmx
from tenants.employees.permissions import VIEW_EMPLOYEES
from tenants.organisation.models import Unit
from tenants.payout import gates
from tenants.payout.parcels import access, acting, steps
from tenants.payout.parcels.board import Place, opds_of, place_of, places, waiting_requests
from tenants.payout.parcels.forms import BoardForm, BulkForm, PatienceForm, ReasonForm, StepForm
from tenants.payout.parcels.patience import Wait, set_patience, waits_of
from tenants.payout.parcels.position_words import sentence
from tenants.payout.parcels.steps import Step
from tenants.payout.parcels.words import ACTION_WORDS, ENTRY_WORDS, HOLDER_WORDS, STEP_WORDS
from tenants.payout.payments.lists import due
from tenants.payout.permissions import (
    CHECK_CEILING,
    CHECK_OPD,
    OPEN_PARCEL,
    ORDER_PAYMENT,
    SEE_BOARD,
    SEE_OWN_OPD,
    SET_PATIENCE,
    TAKE_FILES,
)
from tenants.tpp.mending import issues_of
from tenants.tpp.models import MonthRun, RunIssue
from tenants.tpp.permissions import RUN

ROWS: Final = 25
SHOWN: Final = 25


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise NotFound("month") from error


def _kind(text: str) -> str:
    if text not in MonthRun.Kind.values:
        raise NotFound("kind")
    return text


@dataclass(frozen=True, slots=True)
class Line:
    """One OPD on the board, its steps as cells, and the words for where it is."""

    place: Place
    wait: Wait
    url: str
    cells: list[tuple[Any, str]]
    next_words: Any
    holder_words: Any


@require_safe
@page(SEE_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """All OPDs of a month and where each one's parcel is."""
    user = person(request)
    form = BoardForm(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    month = Month.of(chosen["bulan"]) if chosen.get("bulan") else _this_month().previous
    kind = chosen.get("jenis") or MonthRun.Kind.ORDINARY.value
    found = places(month, kind, opds_of(month, kind))
    waits = dict(zip((place.opd.pk for place in found), waits_of(found), strict=True))
    narrowed = [place for place in found if _fits(place, waits[place.opd.pk], chosen)]
    start = _start(request.GET.get("mulai", ""))
    shown = narrowed[start : start + ROWS]
    context = {
        "form": BoardForm(initial={"bulan": month.first_day, "jenis": kind, **chosen}),
        "month": month.first_day,
        "month_text": str(month),
        "kind": kind,
        "previous": f"?bulan={month.previous}&jenis={kind}",
        "next": f"?bulan={month.next}&jenis={kind}" if month < _this_month() else "",
        "lines": [_line(place, waits[place.opd.pk]) for place in shown],
        "columns": [(step, STEP_WORDS[step]) for step in steps.ORDER],
        "count": len(narrowed),
        "all": len(found),
        "first": start + 1,
        "last": start + len(shown),
        "before": max(0, start - ROWS) if start else None,
        "after": start + ROWS if start + ROWS < len(narrowed) else None,
        "late": sum(wait.is_late for wait in waits.values()),
        "paid": sum(place.position.next is None for place in found),
        "net": sum(place.sums.net for place in found),
        "bulk": [
            (step.value, ACTION_WORDS[step])
            for step in (Step.CHECKED, Step.CEILING)
            if user_may(user, acting.PERMISSIONS[step]) and any(place.is_over for place in shown)
        ],
        "is_narrowed": kind != MonthRun.Kind.ORDINARY or len(narrowed) < len(found),
        "may_files": user_may(user, ORDER_PAYMENT),
    }
    return htmx.answer(request, "tenants/payout/parcels/board.html", context, part="tenants/payout/parcels/_board.html")


def _this_month() -> Month:
    return Month.of(clock.today(current_region().time_zone))


def _start(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _fits(place: Place, wait: Wait, chosen: dict[str, Any]) -> bool:
    if chosen.get("tahap") and place.position.next != chosen["tahap"]:
        return False
    if chosen.get("pemegang") and place.position.holder != chosen["pemegang"]:
        return False
    return not chosen.get("terlambat") or wait.is_late


def _line(place: Place, wait: Wait) -> Line:
    cells = []
    for step in steps.ORDER:
        state = "done" if place.is_done(step) else "now" if place.position.next is step else "todo"
        if state == "todo" and step in (Step.FACTS, Step.APPROVALS) and Step.CLOSED not in place.taken:
            state = "stuck"
        cells.append((STEP_WORDS[step], state))
    upcoming = place.position.next
    return Line(
        place,
        wait,
        _url(place),
        cells,
        STEP_WORDS[upcoming] if upcoming else _("Selesai"),
        HOLDER_WORDS[place.position.holder],
    )


def _url(place: Place) -> str:
    return reverse("payout-parcel", args=[str(place.month), place.kind, place.opd.uid])


@require_safe
@page(SEE_OWN_OPD)
def own(request: HttpRequest) -> HttpResponse:
    """The newest month of the person's own OPD."""
    user = person(request)
    opd = access.own_opd(user)
    if opd is None:
        raise NotFound("opd")
    month = _this_month().previous
    return htmx.go(request, reverse("payout-parcel", args=[str(month), MonthRun.Kind.ORDINARY.value, opd.uid]))


@require_safe
@page(OPEN_PARCEL)
def parcel(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """One OPD's month: the way so far, what comes next, and exactly what is missing."""
    user = person(request)
    opd = access.opd_to_see(user, uid)
    return render(request, "tenants/payout/parcels/parcel.html", _context(user, _month(month), _kind(kind), opd))


def _context(user: User, month: Month, kind: str, opd: Unit) -> dict[str, Any]:
    place = place_of(month, kind, opd)
    upcoming = place.position.next
    undoable = acting.newest(place)
    mine = undoable is not None and place.taken[undoable].by_id == user.pk and acting.may_take(user, undoable, opd)
    sees_all = user_may(user, SEE_BOARD)
    return {
        "place": place,
        "opd": opd,
        "month": month.first_day,
        "month_text": str(month),
        "kind": kind,
        "kind_words": MonthRun.Kind(kind).label,
        "previous": reverse("payout-parcel", args=[str(month.previous), kind, opd.uid]),
        "next": reverse("payout-parcel", args=[str(month.next), kind, opd.uid]) if month < _this_month() else "",
        "sentence": sentence(place),
        "steps": _steps(place),
        "timeline": [(ENTRY_WORDS[entry.kind], entry) for entry in reversed(place.entries)],
        "next_step": upcoming,
        "next_words": ACTION_WORDS[upcoming] if upcoming else "",
        "holder_words": HOLDER_WORDS[place.position.holder],
        "wait": waits_of([place])[0],
        "missing": _missing(place, user),
        "gates": _gates(place) if sees_all or acting.may_take(user, Step.REQUESTED, opd) else (),
        "may_next": upcoming is not None and acting.may_take(user, upcoming, opd),
        "may_return": place.lock is None
        and Step.CLOSED in place.taken
        and (user_may(user, CHECK_OPD) or user_may(user, CHECK_CEILING)),
        "undo_words": STEP_WORDS[undoable] if mine and undoable else "",
        "lists": list(place.parcel.payment_lists.standing().order_by("number")) if place.parcel else [],
        "may_files": user_may(user, TAKE_FILES, opd=opd.uid),
        "may_order": user_may(user, ORDER_PAYMENT),
        "more_due": len(due(place.lock)) if place.lock and place.payments.rows and user_may(user, ORDER_PAYMENT) else 0,
        "may_board": sees_all,
    }


def _steps(place: Place) -> list[dict[str, Any]]:
    """For `components/steps.html`."""
    found = []
    for step in steps.ORDER:
        is_next = place.position.next is step
        note = ""
        entry = place.taken.get(step)
        if entry is not None:
            note = f"{entry.by}, {short_day_words(clock.local_date(entry.at, current_region().time_zone))}"
        elif step is Step.FACTS and place.errors:
            note = ngettext(
                "%(count)d pegawai belum dapat dihitung", "%(count)d pegawai belum dapat dihitung", place.errors
            ) % {"count": place.errors}
        elif step is Step.APPROVALS and place.waiting:
            note = ngettext("%(count)d menunggu keputusan", "%(count)d menunggu keputusan", place.waiting) % {
                "count": place.waiting
            }
        elif step is Step.LOCKED and place.lock is not None:
            note = _("%(count)d dari 3 tanda tangan") % {"count": place.signatures}
        elif step is Step.PAID and place.payments.rows:
            note = _("%(paid)d dari %(rows)d pegawai") % {"paid": place.payments.paid, "rows": place.payments.rows}
        state = "done" if place.is_done(step) else "now" if is_next else "todo"
        if step in (Step.FACTS, Step.APPROVALS) and state == "todo" and note:
            state = "stuck"
        found.append({"label": STEP_WORDS[step], "state": state, "note": note, "url": ""})
    return found


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: about whom, what, and where it is mended ("" when not by this person)."""

    subject: str
    text: str
    url: str


def _missing(place: Place, user: User) -> dict[str, Any]:
    """What keeps the facts and the approvals from being complete, in the person's words; the first of each."""
    lacks: list[Lack] = []
    waiting: list[Lack] = []
    if not place.is_over:
        lacks.append(Lack("", _("Bulan ini belum berakhir."), ""))
    elif place.run is None:
        may_run = user_may(user, RUN)
        lacks.append(Lack("", _("TPP bulan ini belum dihitung BKPSDM."), reverse("tpp-runs") if may_run else ""))
    if place.run is not None and place.errors:
        may_mend = user_may(user, VIEW_EMPLOYEES, opd=place.opd.uid)
        rows = RunIssue.objects.errors().filter(run=place.run, opd=place.opd).listed().select_related("opd")
        lacks += [
            Lack(issue.employee.name, issue.reason, issue.url if may_mend else "")
            for issue in issues_of(rows[:SHOWN], place.run)
        ]
    if place.waiting:
        requests = (
            waiting_requests(place.month, [place.opd.pk]).select_related("owner", "approver").order_by("reached_at")
        )
        waiting = [
            Lack(
                request.owner.name,
                _("%(title)s: menunggu %(who)s sejak %(day)s")
                % {
                    "title": request.title,
                    "who": request.approver.name if request.approver else request.role_code,
                    "day": f"{clock.local_date(request.reached_at, current_region().time_zone):%d-%m-%Y}",
                },
                "",
            )
            for request in requests.order_by("reached_at", "pk")[:SHOWN]
        ]
    return {
        "facts": lacks,
        "facts_more": max(0, place.errors - SHOWN),
        "approvals": waiting,
        "approvals_more": max(0, place.waiting - SHOWN),
    }


def _gates(place: Place) -> Sequence[gates.Reason]:
    """What stands against the ceiling or the lock besides that the steps to it are still to be taken."""
    upcoming = place.position.next
    if upcoming not in (Step.CEILING, Step.LOCKED) or place.lock is not None:
        return ()
    ahead = {acting.missing_code(step) for step in steps.ORDER[steps.ORDER.index(upcoming) :]}
    return [reason for reason in gates.reasons(place.month, place.kind, place.opd.pk) if reason.code not in ahead]


@require_http_methods(["GET", "HEAD", "POST"])
@page(OPEN_PARCEL)
@fresh_second_factor()
def take(request: HttpRequest, month: str, kind: str, uid: UUID, step: str) -> HttpResponse:
    """What the step does and asks for, and taking it."""
    user = person(request)
    opd = access.opd_to_see(user, uid)
    if step not in steps.RECORDED:
        raise NotFound("step")
    asked = Step(step)
    require(user, acting.PERMISSIONS[asked], opd=opd.uid)
    place = place_of(_month(month), _kind(kind), opd)
    initial: dict[str, Any] = {"tanggal": clock.today(current_region().time_zone)}
    if asked in steps.WITH_AMOUNT:
        initial["jumlah"] = acting.expected_amount(place, asked)
    form = StepForm(asked, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            acting.take_step(
                month=place.month,
                kind=kind,
                opd=opd,
                step=asked,
                actor=user,
                note=form.cleaned_data["alasan"],
                letter=form.letter(),
            )
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error(
                "alasan" if "alasan" in form.fields and error.code == "step_refused" else None, error.message()
            )
        else:
            messages.success(request, _("Tercatat: %(step)s.") % {"step": STEP_WORDS[asked]})
            return htmx.go(request, _url(place))
    context = {
        "place": place,
        "opd": opd,
        "month": place.month.first_day,
        "month_text": str(place.month),
        "kind": kind,
        "step": asked,
        "words": ACTION_WORDS[asked],
        "form": form,
        "missing": _missing(place, user) if asked is Step.CLOSED else None,
        "due": due(place.lock) if asked is Step.REQUESTED and place.lock else [],
        "refusal": acting.why_not(place, asked, note="-", letter=_any_letter(place, asked)),
        "back": _url(place),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/payout/parcels/step.html", context, status=status)


def _any_letter(place: Place, step: Step) -> acting.Letter | None:
    """A letter that fits, to ask what else stands against the step."""
    if step not in steps.WITH_LETTER:
        return None
    return acting.Letter("-", clock.today(current_region().time_zone), acting.expected_amount(place, step))


@require_http_methods(["GET", "HEAD", "POST"])
@page(OPEN_PARCEL)
def give_back(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """Return the month to the OPD, with the reason."""
    user = person(request)
    opd = access.opd_to_see(user, uid)
    if not user_may(user, CHECK_CEILING):
        require(user, CHECK_OPD)
    place = place_of(_month(month), _kind(kind), opd)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acting.return_parcel(month=place.month, kind=kind, opd=opd, reason=form.cleaned_data["alasan"], actor=user)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("alasan", error.message())
        else:
            messages.success(request, _("Dikembalikan ke OPD. OPD menutup bulannya lagi."))
            return htmx.go(request, _url(place))
    context = {"place": place, "opd": opd, "month": place.month.first_day, "form": form, "back": _url(place)}
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/payout/parcels/return.html", context, status=status)


@require_POST
@page(OPEN_PARCEL)
def undo(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """Take the own last step back."""
    user = person(request)
    opd = access.opd_to_see(user, uid)
    asked, known = _month(month), _kind(kind)
    try:
        acting.take_back(month=asked, kind=known, opd=opd, actor=user)
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    else:
        messages.success(request, _("Langkah dibatalkan."))
    return htmx.go(request, reverse("payout-parcel", args=[str(asked), known, opd.uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(SET_PATIENCE)
def deadlines(request: HttpRequest) -> HttpResponse:
    """For how many working days a parcel may lie before each step."""
    form = PatienceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        set_patience(days=form.days(), actor=person(request))
        messages.success(request, _("Batas waktu disimpan."))
        return htmx.go(request, reverse("payout-board"))
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/payout/parcels/deadlines.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE_BOARD)
@fresh_second_factor()
def bulk(request: HttpRequest, month: str, kind: str) -> HttpResponse:
    """The same step for many OPDs: what would become of each, and doing it."""
    user = person(request)
    asked, known = _month(month), _kind(kind)
    form = BulkForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        raise NotFound("step")
    step = Step(form.cleaned_data["langkah"])
    require(user, acting.PERMISSIONS[step])
    opds = sorted(form.cleaned_data["opd"], key=lambda opd: opd.code)
    if not opds:
        messages.error(request, _("Centang dulu OPD-nya."))
        return htmx.go(request, f"{reverse('payout-board')}?bulan={asked}&jenis={known}")
    if request.method == "POST":
        taken = acting.take_steps(month=asked, kind=known, opds=opds, step=step, actor=user)
        if taken.done:
            words = ngettext("%(step)s: %(count)d OPD.", "%(step)s: %(count)d OPD.", len(taken.done))
            messages.success(request, words % {"step": STEP_WORDS[step], "count": len(taken.done)})
        for left in taken.refused[:5]:
            messages.error(request, f"{left.opd.name}: {left.text}")
        return htmx.go(request, f"{reverse('payout-board')}?bulan={asked}&jenis={known}")
    found = [(place, acting.why_not(place, step)) for place in places(asked, known, opds)]
    context = {
        "month": asked.first_day,
        "month_text": str(asked),
        "kind": known,
        "step": step,
        "words": ACTION_WORDS[step],
        "ready": [place for place, refusal in found if refusal is None],
        "left": [(place, refusal.message()) for place, refusal in found if refusal is not None],
        "net": sum(place.sums.net for place, refusal in found if refusal is None),
    }
    return htmx.answer(request, "tenants/payout/parcels/bulk.html", context, part="tenants/payout/parcels/_bulk.html")
