"""Handing documents in, deciding on them, taking them back.

Locks are taken in one order: requests by key, then (in the handler) the documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.among import among_keys
from kernel.audit.record import Deed, declare_action, record_many
from kernel.errors import DomainError, NotFound
from kernel.permissions import require
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from tenants.approvals import delays, rerouting
from tenants.approvals.access import Authority, authority_of, lock_requests
from tenants.approvals.approvers import Applicant
from tenants.approvals.errors import (
    AlreadyDecided,
    AlreadyWaiting,
    ChangedSinceSeen,
    NoChain,
    NoLongerYours,
    NotRecallable,
    OwnDocument,
    ReasonRequired,
)
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest, Chain, Decision, DecisionDelay
from tenants.approvals.permissions import DECIDE
from tenants.approvals.routing import (
    PLACE_FIELDS,
    Placed,
    Router,
    applicant_for,
    applicant_of,
    place_of,
    steps_in_force,
    steps_of,
    users_who_signed,
    way,
)
from tenants.employees.models import Employee

SUBMITTED = declare_action("approvals.submitted", "Dokumen diajukan")
APPROVED = declare_action("approvals.approved", "Dokumen disetujui")
RETURNED = declare_action("approvals.returned", "Dokumen dikembalikan")
REJECTED = declare_action("approvals.rejected", "Dokumen ditolak")
RECALLED = declare_action("approvals.recalled", "Persetujuan ditarik kembali")
WITHDRAWN = declare_action("approvals.withdrawn", "Pengajuan ditarik")
REMARKED = declare_action("approvals.remarked", "Catatan pemeriksaan ditambahkan")

_DEEDS: Final = {"approved": APPROVED, "returned": RETURNED, "rejected": REJECTED}
_ENDS: Final = {
    "returned": ApprovalRequest.State.RETURNED,
    "rejected": ApprovalRequest.State.REJECTED,
}
_MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Submission:
    """One document to hand in.

    `owner` is None for a document of the region. `on` chooses the chain and the posts; `day` is the day that the
    document is about, `on` when left out. `remarks` are reasons to look closer, `measure` is what a step's
    `measure_from` is compared with.
    """

    document_uid: UUID
    owner: Employee | None
    title: str
    on: date
    remarks: Sequence[str] = ()
    measure: Decimal | int | None = None
    day: date | None = None


@dataclass(slots=True)
class Outcome:
    """What became of each document.

    `decided` just now. Unchanged are: `repeated`, which the same person has decided before; `taken`, which somebody
    else has decided or the owner has taken back; `stale`, which were changed after the person saw them; `moved`, which
    went to who stands in the person's former post now; `odd`, which are exceptions and were to be decided as ordinary.
    """

    decided: list[ApprovalRequest] = field(default_factory=list)
    repeated: list[ApprovalRequest] = field(default_factory=list)
    taken: list[ApprovalRequest] = field(default_factory=list)
    stale: list[ApprovalRequest] = field(default_factory=list)
    moved: list[ApprovalRequest] = field(default_factory=list)
    odd: list[ApprovalRequest] = field(default_factory=list)
    # The moment of the decision, None when nothing was decided.
    at: datetime | None = None

    @property
    def unchanged(self) -> list[ApprovalRequest]:
        return [*self.repeated, *self.taken, *self.stale, *self.moved]


def submit(
    *,
    document_kind: str,
    document_uid: UUID,
    owner: Employee | None,
    title: str,
    on: date,
    remarks: Sequence[str] = (),
    measure: Decimal | int | None = None,
    day: date | None = None,
    actor: Actor,
) -> ApprovalRequest:
    """Send one document on its way. Raises NoChain, AlreadyWaiting."""
    return submit_many(
        document_kind=document_kind,
        submissions=[Submission(document_uid, owner, title, on, remarks, measure, day)],
        actor=actor,
    )[0]


@transaction.atomic
def submit_many(*, document_kind: str, submissions: Sequence[Submission], actor: Actor) -> list[ApprovalRequest]:
    """Send documents on their way, each to the first level of the chain in force on its day for its owner's position.

    The number of statements grows with the number of different days, not of documents. Raises NoChain, AlreadyWaiting.
    """
    document = handler_for(document_kind)
    versions = document.version([item.document_uid for item in submissions])
    rows: list[ApprovalRequest] = []
    passed: list[Placed] = []
    for day, items in _by_day(submissions).items():
        chains = Chain.objects.all_in_force(document_kind, day)
        if not chains:
            raise NoChain(document_kind, day)
        applicants = [applicant_for(item.owner, actor) for item in items]
        router = Router.on(day, applicants, steps_in_force(chains))
        rule = document.deadline_rule(day)
        for item, applicant in zip(items, applicants, strict=True):
            chain = _chain_for(chains, router, applicant)
            if chain is None:
                raise NoChain(document_kind, day)
            row = ApprovalRequest(
                document_kind=document_kind,
                document_uid=item.document_uid,
                document_version=versions.get(item.document_uid, "")[:64],
                title=item.title[:300],
                owner=item.owner,
                owner_user_id=applicant.user_id,
                chain=chain,
                remarks=list(item.remarks),
                is_exception=bool(item.remarks),
                measure=item.measure,
                submitted_at=clock.now(),
                on=item.day or item.on,
                rule_due_on=None if rule is None else router.deadlines.day + timedelta(days=rule.days),
                after_rule="" if rule is None else rule.after,
            )
            passed.append(router.place(row, applicant, list(chain.steps.all())))
            rows.append(row)
    try:
        with transaction.atomic():
            ApprovalRequest.objects.bulk_create(rows)
    except IntegrityError as error:
        if "approval_one_waiting_per_document" not in str(error):
            raise
        raise AlreadyWaiting from error
    deeds = [Deed(row, after=way(row, placed.passed)) for row, placed in zip(rows, passed, strict=True)]
    record_many(SUBMITTED, actor=actor, deeds=deeds)
    return rows


def decide(
    *,
    request_uids: Collection[UUID],
    verdict: str,
    note: str = "",
    seen: Mapping[UUID, str] | None = None,
    ordinary: Collection[UUID] = (),
    stages: Mapping[UUID, str] | None = None,
    actor: User,
) -> Outcome:
    """Approve, return or reject documents that wait for this person; any number, in a constant number of statements.

    `seen` says for each request which version of its document the person looked at (`document_version`), `ordinary`
    which are decided only while they are no exceptions (else they stay, in `Outcome.odd`), `stages` at which level and
    turn the page showed them (`ApprovalRequest.stage`): needed of who has signed the document before. Each level is
    decided once: a repeated click finds its documents in `repeated`. The decision counts as well for the levels that
    follow at once and are the same person's (`Router.place`), one row for each. When nothing could be decided for
    another reason it is raised: ChangedSinceSeen, AlreadyDecided by somebody else, NoLongerYours (the documents are
    then rerouted); when some were decided, `Outcome` tells of the rest. The handler of each kind is called once with
    all documents that reached their end, in the same transaction. Raises ReasonRequired, NotFound (also for what waits
    for somebody else), OwnDocument.
    """
    require(actor, DECIDE)
    note = note.strip()
    if verdict not in _DEEDS:
        raise ValueError(f"not a verdict: {verdict!r}")
    if verdict != Decision.Verdict.APPROVED and not note:
        raise ReasonRequired
    # The rerouting of what is no longer theirs is kept, so the refusal is raised behind the transaction.
    page = _Page(seen or {}, frozenset(ordinary), stages or {})
    outcome = _decide(request_uids, verdict, note, page, actor)
    refusal = _refusal(outcome)
    if refusal is not None:
        raise refusal
    return outcome


@dataclass(frozen=True, slots=True)
class _Page:
    """What the person saw: versions, which were ordinary, and stages."""

    seen: Mapping[UUID, str]
    ordinary: AbstractSet[UUID]
    stages: Mapping[UUID, str]


@transaction.atomic
def _decide(request_uids: Collection[UUID], verdict: str, note: str, page: _Page, actor: User) -> Outcome:
    requests = lock_requests(request_uids)
    authority = authority_of(actor)
    outcome = _sorted_out(requests, page, authority)
    open_ = outcome.decided
    if outcome.moved:
        waiting = [r for r in outcome.moved if r.state == ApprovalRequest.State.WAITING and authority.decides(r)]
        rerouting.reroute(waiting, actor=System("approvals.rerouting"))
    if not open_:
        return outcome
    day = here.today()
    outcome.at = moment = clock.now()
    givers = {request.pk: authority.on_behalf_of(request) for request in open_}
    decisions = [_approval(request, verdict, actor, givers[request.pk], moment, note) for request in open_]
    delays.close(open_, DecisionDelay.Outcome.DECIDED, day)
    before = {request.pk: way(request) for request in open_}
    passed: dict[int, Placed] = {}
    if verdict == Decision.Verdict.APPROVED:
        finished, passed = advance(open_, signer=authority)
        end = ApprovalRequest.State.APPROVED
    else:
        finished = open_
        end = _ENDS[verdict]
    for request in open_:
        for level, one in passed[request.pk].counted.items() if request.pk in passed else ():
            also = _approval(request, verdict, actor, one.on_behalf_of, moment, note)
            also.level = level
            decisions.append(also)
    Decision.objects.bulk_create(decisions)
    finish(finished, end)
    for kind, group in by_kind(finished).items():
        document = handler_for(kind)
        if verdict == Decision.Verdict.APPROVED:
            document.on_approved(group, actor=actor, at=moment)
        elif verdict == Decision.Verdict.RETURNED:
            document.on_returned(group, actor=actor, at=moment, note=note)
        else:
            document.on_rejected(group, actor=actor, at=moment, note=note)
    holders = Employee.objects.in_bulk({d.on_behalf_of_id for d in decisions if d.on_behalf_of_id is not None})
    record_many(
        _DEEDS[verdict],
        actor=actor,
        deeds=[
            Deed(
                request,
                before=before[request.pk],
                after=_after(request, passed.get(request.pk), holders)
                | _for_whom(holders.get(givers[request.pk] or 0)),
                note=note,
            )
            for request in open_
        ],
    )
    return outcome


@transaction.atomic
def withdraw(
    *, document_kind: str, document_uids: Collection[UUID], owner: Employee | None, actor: Actor
) -> list[ApprovalRequest]:
    """The owner takes back what still waits; returns those. What has been decided meanwhile stays decided.

    `owner` None: documents of the region, by the user who handed them in.
    """
    waiting = (
        ApprovalRequest.objects.select_for_update(of=("self",)).of_documents(document_kind, document_uids).waiting()
    )
    if owner is not None:
        waiting = waiting.filter(owner=owner)
    else:
        waiting = waiting.filter(owner__isnull=True, owner_user=actor if isinstance(actor, User) else None)
    rows = list(waiting.order_by("pk"))
    delays.close(rows, DecisionDelay.Outcome.WITHDRAWN, here.today())
    finish(rows, ApprovalRequest.State.WITHDRAWN)
    record_many(WITHDRAWN, actor=actor, deeds=[Deed(row) for row in rows])
    return rows


@contextmanager
def changing(*, document_kind: str, document_uid: UUID) -> Iterator[None]:
    """Around somebody else's entry into a document that waits, inside a transaction: its request is held meanwhile, and
    who decides afterwards must have seen the document as it is then.
    """
    waiting = ApprovalRequest.objects.select_for_update(of=("self",)).of_documents(document_kind, [document_uid])
    request = waiting.waiting().first()
    yield
    if request is not None:
        request.document_version = handler_for(document_kind).version([document_uid]).get(document_uid, "")[:64]
        request.save(update_fields=["document_version"])


@transaction.atomic
def recall(*, request_uids: Collection[UUID], note: str, actor: User) -> list[ApprovalRequest]:
    """Take back one's own final approvals: the documents go back to their owners with the reason.

    The first decision stays; a second row says that it was recalled. The handler refuses where the effect is final (a
    closed month). Raises ReasonRequired, NotFound, NotRecallable.
    """
    require(actor, DECIDE)
    note = note.strip()
    if not note:
        raise ReasonRequired
    requests = lock_requests(request_uids)
    given: dict[tuple[int, int], Decision] = {
        (decision.request_id, decision.level): decision
        for decision in Decision.objects.by(actor).standing().filter(request__in=requests)
        if decision.verdict == Decision.Verdict.APPROVED
    }
    signed = set(Decision.objects.by(actor).filter(request__in=requests).values_list("request_id", flat=True))
    authority = authority_of(actor)
    for request in requests:
        if request.pk not in signed:
            raise NotFound("approval_request")
        if request.state != ApprovalRequest.State.APPROVED or (request.pk, request.level) not in given:
            raise NotRecallable
        # A delegation or role that has ended takes nothing back any more.
        if not authority.decides(request):
            raise NotRecallable
    moment = clock.now()
    strokes = {request.pk: given[request.pk, request.level].decided_at for request in requests}
    # One decision may have counted for several levels.
    withdrawn = [one for one in given.values() if one.decided_at == strokes[one.request_id]]
    write_recalled(withdrawn, note=note, at=moment)
    finish(requests, ApprovalRequest.State.RETURNED)
    for kind, group in by_kind(requests).items():
        handler_for(kind).on_recalled(group, actor=actor, at=moment, note=note)
    record_many(RECALLED, actor=actor, deeds=[Deed(request, note=note) for request in requests])
    return requests


def write_recalled(decisions: Iterable[Decision], *, note: str, at: datetime) -> None:
    """One row `recalled` for each of these; they themselves stay as they are."""
    Decision.objects.bulk_create(
        [
            Decision(
                request_id=decision.request_id,
                level=decision.level,
                turn=decision.turn,
                verdict=Decision.Verdict.RECALLED,
                decided_by_id=decision.decided_by_id,
                on_behalf_of_id=decision.on_behalf_of_id,
                owner_user_id=decision.owner_user_id,
                note=note,
                decided_at=at,
            )
            for decision in decisions
        ]
    )


@transaction.atomic
def add_remarks(*, document_kind: str, remarks: Mapping[UUID, Sequence[str]], actor: Actor) -> list[ApprovalRequest]:
    """Add reasons to look closer to documents that wait, by document uid; returns the requests that got new ones.

    A remark that is there already is not added again; a document that was decided meanwhile is left alone.
    """
    waiting = (
        ApprovalRequest.objects.select_for_update(of=("self",))
        .of_documents(document_kind, list(remarks))
        .waiting()
        .order_by("pk")
    )
    changed = []
    for request in waiting:
        new = [text for text in dict.fromkeys(remarks[request.document_uid]) if text not in request.remarks]
        if new:
            request.remarks = [*request.remarks, *new]
            request.is_exception = True
            changed.append((request, new))
    rows = [request for request, _new in changed]
    ApprovalRequest.objects.bulk_update(rows, ["remarks", "is_exception"], batch_size=500)
    record_many(REMARKED, actor=actor, deeds=[Deed(request, after={"remarks": new}) for request, new in changed])
    return rows


def finish(requests: Sequence[ApprovalRequest], state: str) -> None:
    """Write the end of these requests."""
    ApprovalRequest.objects.filter(among_keys("pk", [request.pk for request in requests])).update(
        state=state, acts_after=None
    )
    for request in requests:
        request.state = state
        request.acts_after = None


def advance(
    requests: Sequence[ApprovalRequest], signer: Authority | None = None
) -> tuple[list[ApprovalRequest], dict[int, Placed]]:
    """Move requests whose level is done to their next one, and write it. `signer` has just approved that level.

    Gives those at their end, and for each request which levels were passed over.
    """
    if not requests:
        return [], {}
    day = here.today()
    steps = steps_of({request.chain_id for request in requests})
    finished: list[ApprovalRequest] = []
    moved: list[ApprovalRequest] = []
    placed: dict[int, Placed] = {}
    last = {chain: found[-1].level for chain, found in steps.items()}
    going_on = [request for request in requests if request.level < last[request.chain_id]]
    signed = users_who_signed(going_on) if going_on else {}
    now = set() if signer is None else {signer.user.pk}
    applicants = {request.pk: applicant_of(request) for request in going_on}
    router = Router.on(day, applicants.values(), [step for found in steps.values() for step in found])
    for request in requests:
        if request.pk not in applicants:
            finished.append(request)
            continue
        stood = place_of(request)
        placed[request.pk] = router.place(
            request,
            applicants[request.pk],
            steps[request.chain_id],
            above=request.level,
            signer=signer,
            signed=signed[request.pk] | now,
        )
        if placed[request.pk].found:
            request.stood = stood
            moved.append(request)
        else:
            finished.append(request)
    ApprovalRequest.objects.bulk_update(moved, [*PLACE_FIELDS, "stood"], batch_size=500)
    return finished, placed


def by_kind(requests: Iterable[ApprovalRequest]) -> dict[str, list[ApprovalRequest]]:
    kinds: dict[str, list[ApprovalRequest]] = {}
    for request in requests:
        kinds.setdefault(request.document_kind, []).append(request)
    return kinds


def _sorted_out(requests: Sequence[ApprovalRequest], page: _Page, authority: Authority) -> Outcome:
    """Which of these the actor may decide (in `decided`), and why not the others. Raises for what is none of theirs."""
    actor, own = authority.user, authority.employee_id
    keys = [request.pk for request in requests]
    of_actor = Decision.objects.by(actor).filter(among_keys("request", keys))
    signed = set(of_actor.values_list("request_id", flat=True))
    standing = signed and set(of_actor.standing().values_list("request_id", flat=True))
    once_more = _once_more([request for request in requests if request.pk in standing], actor)
    gone = {request.pk for request in rerouting.left(requests, here.today())}
    now = _versions_now([request for request in requests if request.uid in page.seen])
    again = _handed_in_again(requests)
    outcome = Outcome()
    for request in requests:
        if _owner_user(request) == actor.pk:
            raise OwnDocument
        is_waiting = request.state == ApprovalRequest.State.WAITING
        is_theirs = authority.decides(request)
        # Who has signed before signs again at a later level, or after an undoing, when the page showed just that.
        has_seen_stage = request.pk not in signed or page.stages.get(request.uid) == request.stage
        if request.pk in standing and not (is_theirs and has_seen_stage and request.pk in once_more):
            outcome.repeated.append(request)
        elif not is_theirs:
            if not _was_theirs(request, authority, own):
                raise NotFound("approval_request")
            (outcome.stale if request.why != ApprovalRequest.Why.MOVED else outcome.moved).append(request)
        elif request.state == ApprovalRequest.State.WITHDRAWN and request.document_uid in again:
            outcome.stale.append(request)
        elif not is_waiting:
            outcome.taken.append(request)
        elif request.pk in gone:
            outcome.moved.append(request)
        elif request.is_exception and request.uid in page.ordinary:
            outcome.odd.append(request)
        elif not has_seen_stage or (
            request.uid in page.seen and page.seen[request.uid] != now.get(request.document_uid, "")
        ):
            outcome.stale.append(request)
        else:
            outcome.decided.append(request)
    return outcome


def _once_more(signed: Sequence[ApprovalRequest], actor: User) -> set[int]:
    """Which of these, that the person has signed, wait for a further signature of the same person: named there, or as
    the holder of a role which nobody else can use."""
    waiting = [request for request in signed if request.state == ApprovalRequest.State.WAITING]
    by_role = [request.pk for request in waiting if request.approver_id is None]
    found = {request.pk for request in waiting if request.approver_id is not None}
    if by_role:
        found |= set(
            ApprovalRequest.objects.for_approver(actor).filter(among_keys("pk", by_role)).values_list("pk", flat=True)
        )
    return found


def _was_theirs(request: ApprovalRequest, authority: Authority, own: int | None) -> bool:
    """Whether the request stood with the actor and went on to a successor, or back because an approval was undone."""
    if own is not None and request.came_from_id == own and request.why == ApprovalRequest.Why.MOVED:
        return True
    if not request.turn or request.stood is None or request.stood["level"] <= request.level:
        return False
    approver, opd = request.stood["approver"], request.stood["opd"]
    if approver is None:
        return authority.holds_role(request.stood["role"], None if opd is None else UUID(opd))
    return approver == own or authority.stands_in_for(approver, request.document_kind)


def _versions_now(requests: Sequence[ApprovalRequest]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for kind, group in by_kind(requests).items():
        found |= handler_for(kind).version([request.document_uid for request in group])
    return found


def _handed_in_again(requests: Sequence[ApprovalRequest]) -> set[UUID]:
    """Documents of withdrawn requests that wait again."""
    withdrawn = [r for r in requests if r.state == ApprovalRequest.State.WITHDRAWN]
    if not withdrawn:
        return set()
    waiting = ApprovalRequest.objects.waiting().filter(document_uid__in=[r.document_uid for r in withdrawn])
    return set(waiting.values_list("document_uid", flat=True))


def _refusal(outcome: Outcome) -> DomainError | None:
    """What is raised when nothing was decided, and not because the same person had done it before."""
    if outcome.decided or outcome.repeated:
        return None
    if outcome.stale:
        return ChangedSinceSeen()
    if outcome.moved:
        return NoLongerYours()
    return AlreadyDecided(_told(outcome.taken)) if outcome.taken else None


def _told(requests: Sequence[ApprovalRequest]) -> tuple[str, ...]:
    """Where these stand now and by whom, one sentence each; of many only the first."""
    shown = requests[:_MOST_TOLD]
    last: dict[int, Decision] = {}
    for decision in Decision.objects.filter(request__in=shown).select_related("decided_by").order_by("pk"):
        last[decision.request_id] = decision
    zone = clock.zone(current_region().time_zone)
    sentences = []
    for request in shown:
        decision_now = last.get(request.pk)
        is_withdrawn = request.state == ApprovalRequest.State.WITHDRAWN
        if is_withdrawn or decision_now is None or decision_now.decided_by is None:
            sentences.append(
                _("“%(title)s”: %(state)s.") % {"title": request.title, "state": request.get_state_display().lower()}
            )
            continue
        sentences.append(
            _("“%(title)s” sudah %(verdict)s oleh %(name)s pada %(when)s.")
            % {
                "title": request.title,
                "verdict": _verdict(decision_now, request).lower(),
                "name": decision_now.decided_by.display_name,
                "when": date_format(decision_now.decided_at.astimezone(zone), "j F Y, H.i"),
            }
        )
    if len(requests) > len(shown):
        sentences.append(_("Begitu pula %(count)d dokumen lain.") % {"count": len(requests) - len(shown)})
    return tuple(sentences)


def _verdict(decision: Decision, request: ApprovalRequest) -> str:
    """What was done to the document: taking an approval back has returned it."""
    if decision.verdict == Decision.Verdict.RECALLED:
        return request.get_state_display()
    return decision.get_verdict_display()


def _owner_user(request: ApprovalRequest) -> int | None:
    """Whose document it is, as a user; an owner who got an account later counts as well."""
    if request.owner is not None and request.owner.user_id is not None:
        return request.owner.user_id
    return request.owner_user_id


def _approval(
    request: ApprovalRequest, verdict: str, actor: User, giver: int | None, moment: datetime, note: str
) -> Decision:
    return Decision(
        request=request,
        level=request.level,
        turn=request.turn,
        verdict=verdict,
        decided_by=actor,
        on_behalf_of_id=giver,
        owner_user_id=_owner_user(request),
        note=note,
        decided_at=moment,
    )


def _after(request: ApprovalRequest, placed: Placed | None, holders: Mapping[int, Employee]) -> dict[str, object]:
    """Where it stands, and for whom the decision counted at which further level, for the audit log."""
    told = way(request, None if placed is None else placed.passed)
    if placed is not None and placed.counted:
        told["counted"] = {
            str(level): {"why": one.why} | _for_whom(holders.get(one.on_behalf_of or 0))
            for level, one in placed.counted.items()
        }
    return told


def _for_whom(holder: Employee | None) -> dict[str, object]:
    return {} if holder is None else {"on_behalf_of": {"nip": holder.nip, "name": holder.name}}


def _chain_for(chains: Mapping[str, Chain], router: Router, applicant: Applicant) -> Chain | None:
    """The chain of the owner's kind of position, else the general one."""
    if any(chains):
        special = chains.get(router.standing.position_kind(applicant))
        if special is not None:
            return special
    return chains.get("")


def _by_day(submissions: Iterable[Submission]) -> dict[date, list[Submission]]:
    days: dict[date, list[Submission]] = {}
    for item in submissions:
        days.setdefault(item.on, []).append(item)
    return days
