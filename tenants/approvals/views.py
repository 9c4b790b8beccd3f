"""The approver's inbox, one request, own decisions, and the chains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotAllowed
from kernel.jobs.models import Job
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx, paging
from tenants.approvals import access, sweeping, undoing
from tenants.approvals import inbox as contents
from tenants.approvals.actions import Outcome, decide, recall
from tenants.approvals.forms import RecallForm, RefusalForm
from tenants.approvals.handlers import handlers
from tenants.approvals.inbox import Filters, entries_of
from tenants.approvals.inbox_rows import exception_rows, group_rows
from tenants.approvals.inbox_tabs import tabs
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.permissions import DECIDE
from tenants.approvals.sweeping import MOST_AT_ONCE, Seen, Swept
from tenants.approvals.undoing import UndoOffer

SWEEP: Final = "wajar"
# More than the people of the largest region hand in through one superior.
MOST_PASSED_UP: Final = 1_000_000
VERDICTS: Final = (Decision.Verdict.APPROVED, Decision.Verdict.RETURNED, Decision.Verdict.REJECTED, SWEEP)


@require_safe
@page(DECIDE)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the person: exceptions first, the ordinary ones ticked."""
    user = person(request)
    approved_at = request.GET.get("batalkan", "")
    undo = undoing.undo_offer(decided_at=_moment(approved_at), actor=user) if approved_at else None
    context = _inbox(request, user, _filters(request.GET), undo)
    return htmx.answer(request, "tenants/approvals/inbox.html", context, part="tenants/approvals/_inbox.html")


@require_POST
@page(DECIDE)
def decide_chosen(request: HttpRequest) -> HttpResponse:
    """Decide on the ticked ones, on the one whose button was pressed, or on what came up through one person.

    A refusal asks for the reason first. What two people, two windows or a change did meanwhile is said in the inbox,
    with the status that says it to a program as well.
    """
    user = person(request)
    try:
        return _decided(request, user)
    except DomainError as error:
        if error.status not in (403, 409, 412) or isinstance(error, NotAllowed):
            raise
        messages.warning(request, error.message())
        return _inbox_again(request, user, status=error.status)


@require_POST
@page(DECIDE)
def undo(request: HttpRequest) -> HttpResponse:
    """Undo what was approved in one go a moment ago."""
    user = person(request)
    undone = undoing.undo_approvals(decided_at=_moment(request.POST.get("saat", "")), actor=user)
    if undone.waiting:
        text = ngettext(
            "%(count)d persetujuan dibatalkan. Dokumennya menunggu keputusan Anda lagi.",
            "%(count)d persetujuan dibatalkan. Dokumennya menunggu keputusan Anda lagi.",
            len(undone.waiting),
        )
        messages.success(request, text % {"count": len(undone.waiting)})
    if undone.stays:
        text = ngettext(
            "%(count)d persetujuan tetap berlaku: sudah dibatalkan, sudah diputuskan lagi, atau bulannya dikunci.",
            "%(count)d persetujuan tetap berlaku: sudah dibatalkan, sudah diputuskan lagi, atau bulannya dikunci.",
            len(undone.stays),
        )
        messages.warning(request, text % {"count": len(undone.stays)})
    return _back_to_inbox(request, user)


@require_safe
@page(DECIDE)
def one_request(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One document with its evidence and what was decided on it so far."""
    user = person(request)
    found = access.request_to_see(user, uid)
    return render(request, "tenants/approvals/request.html", _one(found, user, RecallForm()))


@require_POST
@page(DECIDE)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back one's own approval."""
    user = person(request)
    found = access.request_to_see(user, uid)
    form = RecallForm(request.POST)
    if not form.is_valid():
        return render(request, "tenants/approvals/request.html", _one(found, user, form), status=422)
    recall(request_uids=[found.uid], note=form.cleaned_data["note"], actor=user)
    messages.success(request, _("Persetujuan ditarik. Dokumen kembali ke pegawai dengan alasan Anda."))
    return redirect("approvals-request", uid=found.uid)


@require_safe
@page(DECIDE)
def history(request: HttpRequest) -> HttpResponse:
    """The person's own decisions and those taken in the person's stead, the newest first."""
    decisions = Decision.objects.seen_by(person(request)).select_related("request__owner", "decided_by", "on_behalf_of")
    rows = paging.page_of(decisions, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/approvals/history.html", {"page": rows, "tabs": tabs("riwayat")})


def _decided(request: HttpRequest, user: User) -> HttpResponse:
    """Do what the pressed button means."""
    if pressed := request.POST.get("naik"):
        return _passed_up(request, user, pressed)
    seen, verdict, is_single = _chosen(request.POST)
    if not seen:
        messages.warning(request, _("Belum ada yang dipilih."))
        return _back_to_inbox(request, user)
    if verdict in (Decision.Verdict.APPROVED, SWEEP):
        if is_single:
            ((uid, how),) = seen.items()
            swept = sweeping.approve_one(uid=uid, seen=how, actor=user)
        else:
            swept = sweeping.approve_ordinary(seen=seen, actor=user)
        _say(request, swept.outcome, Decision.Verdict.APPROVED)
        _say_odd(request, swept)
        return _back_to_inbox(request, user, undo=swept.undo)
    form = RefusalForm(request.POST) if "verdict" in request.POST else RefusalForm()
    if form.is_valid():
        verdict = form.cleaned_data["verdict"]
        versions = {uid: how.version for uid, how in seen.items() if how.version}
        outcome = decide(
            request_uids=list(seen),
            verdict=verdict,
            note=form.words(),
            seen=versions,
            stages={uid: how.stage for uid, how in seen.items() if how.stage},
            actor=user,
        )
        _say(request, outcome, verdict)
        return _back_to_inbox(request, user)
    waiting = ApprovalRequest.objects.waiting().for_approver(user).filter(uid__in=seen)
    entries = entries_of(list(waiting.select_related("owner", "approver").order_by("pk")), user)
    context = {"form": form, "entries": entries, "filters": _filters(request.POST)}
    answer = htmx.invalid if form.is_bound else htmx.answer
    return answer(request, "tenants/approvals/return.html", context, part="tenants/approvals/_return.html")


def _passed_up(request: HttpRequest, user: User, pressed: str) -> HttpResponse:
    """The ordinary ones of one row of sums, as many as the row said and none that came later."""
    sender, _colon, count = pressed.partition(":")
    try:
        sender_uid, number = UUID(sender), int(count)
    except ValueError as error:
        raise BadRequest("not a row") from error
    if not 0 < number <= MOST_PASSED_UP:
        raise BadRequest("not a row")
    done = sweeping.approve_passed_up(
        sender_uid=sender_uid,
        kind=_filters(request.POST).kind,
        until=_moment(request.POST.get("sampai", "")),
        count=number,
        actor=user,
    )
    if isinstance(done, Job):
        messages.info(request, _("Sedang disetujui. Hasilnya muncul di halaman ini."))
        return htmx.go(request, reverse("jobs-job", args=[done.uid]))
    _say(request, done.outcome, Decision.Verdict.APPROVED)
    _say_odd(request, done)
    return _back_to_inbox(request, user, undo=done.undo)


def _filters(values: Mapping[str, Any]) -> Filters:
    sender = values.get("dari", "")
    try:
        return Filters(
            values.get("jenis", ""), " ".join(values.get("cari", "").split())[:100], UUID(sender) if sender else None
        )
    except ValueError as error:
        raise BadRequest("not a person") from error


def _inbox(request: HttpRequest, user: User, filters: Filters, undo: UndoOffer | None = None) -> dict[str, Any]:
    # Taken before anything is read: what comes later was not on the page.
    until = clock.now()
    waiting = contents.waiting_for(user)
    sums = contents.sums_of(waiting)
    is_first_look = not (filters.kind or filters.words or filters.sender)
    rows = contents.page_of(waiting, filters, request.GET.get(paging.PARAMETER, ""))
    entries = entries_of(rows.rows, user)
    plain = [entry for entry in entries if not entry.request.is_exception]
    today = here.today()
    exceptions = [entry for entry in entries if entry.request.is_exception]
    groups = contents.groups_of(plain)
    return {
        "page": rows,
        "exceptions": exceptions,
        "exception_rows": exception_rows(exceptions) if exceptions else "",
        "plain": plain,
        "groups": groups,
        "group_rows": group_rows(groups),
        "filters": filters,
        "sender": None if filters.sender is None else sums.senders.get(filters.sender),
        "senders": sums.in_order if is_first_look and rows.is_first else [],
        "until": until,
        "undo": undo,
        "kinds": [
            {"handler": known, "count": sums.kinds[known.code]} for known in handlers() if known.code in sums.kinds
        ],
        "may_narrow": not is_first_look or len(sums.kinds) > 1 or sums.exceptions + sums.ordinary > 10,
        "waiting_total": sums.total,
        "tabs": tabs("kotak", sums.total),
        "deadlines": [] if sums.total else contents.deadlines(today),
        "returned": contents.returned_to(user) if is_first_look else [],
        "today": today,
    }


def _one(found: ApprovalRequest, user: User, form: RecallForm) -> dict[str, Any]:
    decisions = list(found.decisions.select_related("decided_by", "on_behalf_of").order_by("pk"))
    taken_back = {(d.level, d.turn) for d in decisions if d.verdict == Decision.Verdict.RECALLED}
    approved_by_me = any(
        d.decided_by_id == user.pk
        and d.level == found.level
        and d.verdict == Decision.Verdict.APPROVED
        and (d.level, d.turn) not in taken_back
        for d in decisions
    )
    return {
        "entry": entries_of([found], user)[0],
        "decisions": decisions,
        "may_decide": access.may_decide(user, found),
        "may_recall": approved_by_me
        and found.state == ApprovalRequest.State.APPROVED
        and access.is_approver(user, found),
        "form": form,
    }


def _chosen(posted: Any) -> tuple[dict[UUID, Seen], str, bool]:
    """The documents as the page showed them, what the pressed button means, and whether it was one row's."""
    verdict = posted.get("putusan", Decision.Verdict.RETURNED)
    texts = posted.getlist("pilih")
    if one := posted.get("setujui"):
        verdict, texts = Decision.Verdict.APPROVED, [one]
    elif one := posted.get("kembalikan"):
        verdict, texts = Decision.Verdict.RETURNED, [one]
    if verdict not in VERDICTS:
        raise BadRequest("not a verdict")
    if len(texts) > MOST_AT_ONCE:
        raise BadRequest("too many at once")
    shown = dict(text.partition("=")[::2] for text in posted.getlist("lihat"))
    try:
        chosen = {UUID(text): _seen(shown.get(text), is_single=bool(one)) for text in texts}
    except ValueError as error:
        raise BadRequest("not a document") from error
    return chosen, verdict, bool(one)


def _seen(told: str | None, *, is_single: bool) -> Seen:
    # A button for one document that says nothing of how it stood was pressed on the document's own page.
    if not told:
        return Seen(is_single, "")
    version, _at, stage = told[1:].partition("@")
    return Seen(told[0] == "1", version, stage)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("not a moment") from error
    if moment.tzinfo is None:
        raise BadRequest("not a moment")
    return moment


def _say(request: HttpRequest, outcome: Outcome, verdict: str) -> None:
    count = len(outcome.decided)
    if verdict == Decision.Verdict.APPROVED:
        text = ngettext("%(count)d dokumen disetujui.", "%(count)d dokumen disetujui.", count)
    elif verdict == Decision.Verdict.RETURNED:
        text = ngettext("%(count)d dokumen dikembalikan.", "%(count)d dokumen dikembalikan.", count)
    else:
        text = ngettext("%(count)d dokumen ditolak.", "%(count)d dokumen ditolak.", count)
    if count:
        messages.success(request, text % {"count": count})
    for requests, words in (
        (outcome.repeated, _repeated),
        (outcome.taken, _taken),
        (outcome.stale, _stale),
        (outcome.moved, _moved),
    ):
        if requests:
            messages.info(request, words(len(requests)) % {"count": len(requests)})


def _repeated(count: int) -> str:
    return ngettext(
        "%(count)d dokumen sudah Anda putuskan sebelumnya.", "%(count)d dokumen sudah Anda putuskan sebelumnya.", count
    )


def _taken(count: int) -> str:
    return ngettext(
        "%(count)d dokumen sudah diputuskan orang lain atau ditarik pemiliknya, dan tidak berubah.",
        "%(count)d dokumen sudah diputuskan orang lain atau ditarik pemiliknya, dan tidak berubah.",
        count,
    )


def _stale(count: int) -> str:
    return ngettext(
        "%(count)d dokumen sudah diubah sesudah Anda membukanya. Lihat isinya lagi.",
        "%(count)d dokumen sudah diubah sesudah Anda membukanya. Lihat isinya lagi.",
        count,
    )


def _moved(count: int) -> str:
    return ngettext(
        "%(count)d dokumen diteruskan kepada pejabat yang sekarang.",
        "%(count)d dokumen diteruskan kepada pejabat yang sekarang.",
        count,
    )


def _say_odd(request: HttpRequest, swept: Swept) -> None:
    if swept.odd:
        text = ngettext(
            "%(count)d dokumen perlu dilihat, jadi tidak ikut disetujui.",
            "%(count)d dokumen perlu dilihat, jadi tidak ikut disetujui.",
            len(swept.odd),
        )
        messages.warning(request, text % {"count": len(swept.odd)})


def _inbox_again(request: HttpRequest, user: User, *, undo: UndoOffer | None = None, status: int = 200) -> HttpResponse:
    context = _inbox(request, user, _filters(request.POST), undo)
    part = "tenants/approvals/_inbox.html"
    return htmx.answer(request, "tenants/approvals/inbox.html", context, part=part, status=status)


def _back_to_inbox(request: HttpRequest, user: User, *, undo: UndoOffer | None = None) -> HttpResponse:
    if htmx.wants_part(request):
        return _inbox_again(request, user, undo=undo)
    kept = {name: request.POST[name] for name in ("jenis", "cari", "dari") if request.POST.get(name)}
    if undo is not None:
        kept["batalkan"] = undo.decided_at.isoformat()
    return redirect(reverse("approvals-inbox") + (f"?{urlencode(kept)}" if kept else ""))
