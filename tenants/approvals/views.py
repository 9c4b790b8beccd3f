"""The approver's inbox, one request, own decisions, and the chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from tenants.approvals import access
from tenants.approvals.actions import Outcome, decide, recall
from tenants.approvals.chains import make_chain
from tenants.approvals.forms import ChainForm, RecallForm, RefusalForm, StepFormSet
from tenants.approvals.handlers import Details, Handler, handler_for, handlers
from tenants.approvals.models import ApprovalRequest, Chain, Decision
from tenants.approvals.permissions import DECIDE, MANAGE_CHAINS

# A superior clears a day in one go, so the inbox shows more than other lists.
ROWS: Final = 100
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A request with what its document shows."""

    request: ApprovalRequest
    details: Details
    kind: str


def entries_of(requests: Sequence[ApprovalRequest]) -> list[Entry]:
    """The requests with their details; one call of each handler."""
    uids: dict[str, list[UUID]] = {}
    for request in requests:
        uids.setdefault(request.document_kind, []).append(request.document_uid)
    found = {kind: handler_for(kind).details(wanted) for kind, wanted in uids.items()}
    return [
        Entry(
            request,
            found[request.document_kind].get(request.document_uid, Details()),
            str(handler_for(request.document_kind).label),
        )
        for request in requests
    ]


@require_safe
@page(DECIDE)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the person: exceptions first, the ordinary ones ticked."""
    context = _inbox(request, person(request))
    return htmx.answer(request, "tenants/approvals/inbox.html", context, part="tenants/approvals/_inbox.html")


@require_POST
@page(DECIDE)
def decide_chosen(request: HttpRequest) -> HttpResponse:
    """Decide on the ticked ones, or on the one whose button was pressed; a refusal asks for the reason first."""
    user = person(request)
    uids, verdict = _chosen(request)
    if not uids:
        messages.warning(request, _("Belum ada yang dipilih."))
        return _back_to_inbox(request, user)
    if verdict == Decision.Verdict.APPROVED:
        _say(request, decide(request_uids=uids, verdict=verdict, actor=user), verdict)
        return _back_to_inbox(request, user)
    form = RefusalForm(request.POST) if "verdict" in request.POST else RefusalForm()
    if form.is_valid():
        verdict = form.cleaned_data["verdict"]
        _say(request, decide(request_uids=uids, verdict=verdict, note=form.words(), actor=user), verdict)
        return _back_to_inbox(request, user)
    waiting = ApprovalRequest.objects.waiting().for_approver(user).filter(uid__in=uids).select_related("owner")
    context = {"form": form, "entries": entries_of(list(waiting.order_by("pk"))), "kind": request.POST.get("jenis", "")}
    answer = htmx.invalid if form.is_bound else htmx.answer
    return answer(request, "tenants/approvals/return.html", context, part="tenants/approvals/_return.html")


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
    """The person's own decisions, the newest first."""
    decisions = Decision.objects.by(person(request)).select_related("request__owner")
    rows = paging.page_of(decisions, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/approvals/history.html", {"page": rows, "tabs": _tabs("riwayat", None)})


@require_safe
@page(MANAGE_CHAINS)
def chains(request: HttpRequest) -> HttpResponse:
    """All chains by kind of document, the one in force marked."""
    today = clock.today(current_region().time_zone)
    versions: dict[str, list[Chain]] = {}
    for chain in Chain.objects.with_steps().order_by("document_kind", "-valid_from"):
        versions.setdefault(chain.document_kind, []).append(chain)
    kinds = [
        {
            "handler": known,
            "versions": versions.get(known.code, []),
            "current": next((c for c in versions.get(known.code, []) if c.valid_from <= today), None),
        }
        for known in handlers()
    ]
    return render(request, "tenants/approvals/chains.html", {"kinds": kinds, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CHAINS)
def new_chain(request: HttpRequest, kind: str) -> HttpResponse:
    """A new version of one kind's chain, from a day on."""
    known = _handler(kind)
    today = clock.today(current_region().time_zone)
    if request.method == "POST":
        form, steps = ChainForm(request.POST), StepFormSet(request.POST, prefix="tingkat")
        if form.is_valid() and steps.is_valid():
            levels = [step for step in (level.step() for level in steps) if step is not None]
            try:
                make_chain(document_kind=kind, steps=levels, actor=person(request), **form.cleaned_data)
            except DomainError as error:
                form.add_error("valid_from" if error.args[0] in ("past", "taken") else None, error.message())
            else:
                messages.success(request, _("Rantai baru tersimpan."))
                return redirect("approvals-chains")
        status = 422
    else:
        chain = Chain.objects.in_force(kind, today)
        levels_now = [] if chain is None else list(chain.steps.all())
        form = ChainForm(initial={"name": chain.name if chain else known.label, "valid_from": today})
        steps = StepFormSet(
            prefix="tingkat",
            initial=[
                {
                    "approver": s.approver,
                    "role_code": s.role_code,
                    "fallback": s.fallback,
                    "days_to_decide": s.days_to_decide,
                }
                for s in levels_now
            ],
        )
        steps.extra = 3 - len(levels_now)
        status = 200
    context = {"form": form, "steps": steps, "handler": known}
    return render(request, "tenants/approvals/chain_form.html", context, status=status)


def _handler(kind: str) -> Handler:
    try:
        return handler_for(kind)
    except LookupError as error:
        raise NotFound("chain") from error


def _inbox(request: HttpRequest, user: User) -> dict[str, Any]:
    kind = request.GET.get("jenis", "") if request.method == "GET" else request.POST.get("jenis", "")
    waiting = ApprovalRequest.objects.waiting().for_approver(user)
    counts = dict(waiting.values_list("document_kind").annotate(Count("pk")).order_by())
    rows = paging.page_of(
        waiting.of_kind(kind).select_related("owner"),
        order=("-is_exception", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
        size=ROWS,
    )
    entries = entries_of(rows.rows)
    today = clock.today(current_region().time_zone)
    return {
        "page": rows,
        "exceptions": [entry for entry in entries if entry.request.is_exception],
        "plain": [entry for entry in entries if not entry.request.is_exception],
        "kind": kind,
        "kinds": [{"handler": known, "count": counts.get(known.code, 0)} for known in handlers()],
        "kinds_waiting": len(counts),
        "waiting_total": sum(counts.values()),
        "tabs": _tabs("kotak", sum(counts.values())),
        "deadlines": [] if entries else [text for text in (known.next_deadline(today) for known in handlers()) if text],
        "returned": _returned(user),
        "today": today,
    }


def _returned(user: User) -> list[dict[str, Any]]:
    last = Decision.objects.filter(request=OuterRef("pk")).order_by("-pk").values("note")[:1]
    rows = ApprovalRequest.objects.returned_to(user).annotate(reason=Subquery(last)).order_by("-pk")[:20]
    return [{"entry": entry, "reason": getattr(entry.request, "reason", "")} for entry in entries_of(list(rows))]


def _one(found: ApprovalRequest, user: User, form: RecallForm) -> dict[str, Any]:
    decisions = list(found.decisions.select_related("decided_by").order_by("pk"))
    approved_by_me = any(
        d.decided_by_id == user.pk and d.level == found.level and d.verdict == Decision.Verdict.APPROVED
        for d in decisions
    )
    return {
        "entry": entries_of([found])[0],
        "decisions": decisions,
        "may_decide": found.state == ApprovalRequest.State.WAITING
        and access.is_approver(user, found)
        and all(d.decided_by_id != user.pk for d in decisions),
        "may_recall": approved_by_me and found.state == ApprovalRequest.State.APPROVED,
        "form": form,
    }


def _tabs(current: str, count: int | None) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Menunggu"),
            "url": reverse("approvals-inbox"),
            "is_current": current == "kotak",
            "count": "" if count is None else count,
        },
        {"label": _("Keputusan saya"), "url": reverse("approvals-history"), "is_current": current == "riwayat"},
    ]


def _chosen(request: HttpRequest) -> tuple[list[UUID], str]:
    """The documents and the verdict that the pressed button means."""
    verdict = request.POST.get("putusan", Decision.Verdict.RETURNED)
    texts = request.POST.getlist("pilih")
    if one := request.POST.get("setujui"):
        verdict, texts = Decision.Verdict.APPROVED, [one]
    elif one := request.POST.get("kembalikan"):
        verdict, texts = Decision.Verdict.RETURNED, [one]
    if verdict not in (Decision.Verdict.APPROVED, Decision.Verdict.RETURNED, Decision.Verdict.REJECTED):
        raise BadRequest("not a verdict")
    if len(texts) > MOST_AT_ONCE:
        raise BadRequest("too many at once")
    try:
        return list(dict.fromkeys(UUID(text) for text in texts)), verdict
    except ValueError as error:
        raise BadRequest("not a document") from error


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
    if outcome.unchanged:
        text = ngettext(
            "%(count)d dokumen sudah diputuskan sebelumnya dan tidak berubah.",
            "%(count)d dokumen sudah diputuskan sebelumnya dan tidak berubah.",
            len(outcome.unchanged),
        )
        messages.info(request, text % {"count": len(outcome.unchanged)})


def _back_to_inbox(request: HttpRequest, user: User) -> HttpResponse:
    if htmx.wants_part(request):
        part = "tenants/approvals/_inbox.html"
        return htmx.answer(request, "tenants/approvals/inbox.html", _inbox(request, user), part=part)
    kind = request.POST.get("jenis", "")
    return redirect(reverse("approvals-inbox") + (f"?jenis={kind}" if kind in {h.code for h in handlers()} else ""))
