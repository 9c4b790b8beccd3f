"""Writing a yearly plan: results, indicators and expectations, handed in to the superior, changed by a new version.

Locks are taken in one order: the employee, then the plan. Taking back locks the request first, as a decision does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.tenancy import here
from tenants.approvals.actions import submit, withdraw
from tenants.employees.models import Employee
from tenants.employees.posts import Post
from tenants.employees.querysets import posts_on, superior_of
from tenants.organisation.models import Position
from tenants.skp.access import DOCUMENT_KIND, lock_owner, lock_plan
from tenants.skp.arrangement import require_kept
from tenants.skp.behaviour import VALUES
from tenants.skp.errors import PlanRefused
from tenants.skp.models import Indicator, Plan, SkpSetting, WorkResult
from tenants.skp.rating_periods import RatingPeriod

CREATED = declare_action("skp.plan_created", "Rencana SKP dibuat")
CHANGED = declare_action("skp.plan_changed", "Rencana SKP diubah")
SUBMITTED = declare_action("skp.plan_submitted", "Rencana SKP diajukan")
WITHDRAWN = declare_action("skp.plan_withdrawn", "Rencana SKP ditarik")
DISCARDED = declare_action("skp.plan_discarded", "Draf rencana SKP dihapus")

MOST_RESULTS: Final = 20
MOST_INDICATORS: Final = 6


@dataclass(frozen=True, slots=True)
class IndicatorInput:
    """One IKI as entered. `key` None: a new one."""

    aspect: str
    statement: str
    target: str
    unit: str = ""
    period_target: Decimal | None = None
    less_is_better: bool = False
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class ResultInput:
    """One RHK as entered with its indicators; `derived_from` is the key of a result of the superior's plan."""

    kind: str
    statement: str
    indicators: Sequence[IndicatorInput]
    derived_from: UUID | None = None


@transaction.atomic
def create_plan(*, employee: Employee, position_uid: UUID, year: int, model: str, actor: User) -> Plan:
    """A first draft for a post that the person holds today, this year or next. Raises PlanRefused, KeptElsewhere."""
    owner = lock_owner(employee, actor)
    if year not in (here.today().year, here.today().year + 1):
        raise PlanRefused("year")
    _require_kept_here(year)
    post = next((post for post in own_posts(owner) if post.position_uid == position_uid), None)
    if post is None:
        raise PlanRefused("no_post")
    if post.position_kind == Position.Kind.JPT and model != Plan.Model.QUANTITATIVE:
        raise PlanRefused("model")
    if Plan.objects.filter(employee=owner, year=year, position_id=post.position_id).exists():
        raise PlanRefused("exists")
    plan = Plan.objects.create(employee=owner, year=year, position_id=post.position_id, model=model)
    record(CREATED, actor=actor, subject=plan, after=content(plan))
    return plan


@transaction.atomic
def start_new_version(*, employee: Employee, uid: UUID, actor: User) -> Plan:
    """A draft that says what the plan in force (or rejected) says, to be changed and handed in again. The one in force
    counts until the new one is approved. Asked twice, the open draft is given. Raises PlanRefused, NotFound."""
    owner = lock_owner(employee, actor)
    stands = lock_plan(owner, uid)
    of_post = Plan.objects.filter(employee=owner, year=stands.year, position=stands.position_id)
    known = of_post.open().first()
    if known is not None:
        return known
    _require_kept_here(stands.year)
    if not any(post.position_id == stands.position_id for post in own_posts(owner)):
        raise PlanRefused("no_post")
    newest = of_post.aggregate(Max("version"))["version__max"]
    plan = Plan.objects.create(
        employee=owner,
        year=stands.year,
        position_id=stands.position_id,
        model=stands.model,
        version=newest + 1,
        expectations=stands.expectations,
    )
    lines = Plan.objects.with_lines().get(pk=stands.pk).results.all()
    copies = WorkResult.objects.bulk_create(
        [
            WorkResult(
                plan=plan,
                key=line.key,
                number=line.number,
                kind=line.kind,
                statement=line.statement,
                derived_from_id=line.derived_from_id,
            )
            for line in lines
        ]
    )
    Indicator.objects.bulk_create(
        [
            Indicator(
                result=copy,
                key=indicator.key,
                number=indicator.number,
                aspect=indicator.aspect,
                statement=indicator.statement,
                target=indicator.target,
                unit=indicator.unit,
                period_target=indicator.period_target,
                less_is_better=indicator.less_is_better,
            )
            for line, copy in zip(lines, copies, strict=True)
            for indicator in line.indicators.all()
        ]
    )
    record(CREATED, actor=actor, subject=plan, after=content(plan))
    return plan


@transaction.atomic
def save_result(
    *, employee: Employee, plan_uid: UUID, entry: ResultInput, actor: User, key: UUID | None = None
) -> WorkResult:
    """Add a result to an open plan, or change the one with this key. Raises PlanRefused, NotFound."""
    plan = _open_plan(employee, plan_uid, actor)
    before = content(plan)
    if not entry.indicators:
        raise PlanRefused("no_indicator")
    origin = None
    if entry.derived_from is not None:
        origin = next((line for line in superior_results(employee, plan.year) if line.key == entry.derived_from), None)
        if origin is None and key is not None:
            origin = WorkResult.objects.filter(plan=plan, key=key, derived_from__key=entry.derived_from).first()
            origin = None if origin is None else origin.derived_from
        if origin is None:
            raise PlanRefused("superior")
    if key is None:
        count = plan.results.count()
        if count >= MOST_RESULTS:
            raise PlanRefused("too_many")
        last = plan.results.aggregate(Max("number"))["number__max"] or 0
        result = WorkResult(plan=plan, number=last + 1)
    else:
        result = result_of(plan, key)
    result.kind, result.statement, result.derived_from = entry.kind, entry.statement, origin
    result.save()
    known = {indicator.key for indicator in result.indicators.all()}
    result.indicators.all().delete()
    Indicator.objects.bulk_create(
        [
            Indicator(
                result=result,
                key=line.key if line.key in known else new_uid(),
                number=number,
                aspect=line.aspect,
                statement=line.statement,
                target=line.target,
                unit=line.unit,
                period_target=line.period_target,
                less_is_better=line.less_is_better,
            )
            for number, line in enumerate(entry.indicators[:MOST_INDICATORS], 1)
        ]
    )
    record(CHANGED, actor=actor, subject=plan, before=before, after=content(plan))
    return result


@transaction.atomic
def remove_result(*, employee: Employee, plan_uid: UUID, key: UUID, actor: User) -> None:
    """Take a result out of an open plan. Raises PlanRefused, NotFound."""
    plan = _open_plan(employee, plan_uid, actor)
    before = content(plan)
    result_of(plan, key).delete()
    record(CHANGED, actor=actor, subject=plan, before=before, after=content(plan))


@transaction.atomic
def save_expectations(*, employee: Employee, plan_uid: UUID, expectations: Mapping[str, str], actor: User) -> Plan:
    """What the leader expects of each BerAKHLAK value, as agreed in the dialogue. Raises PlanRefused, NotFound."""
    plan = _open_plan(employee, plan_uid, actor)
    before = content(plan)
    plan.expectations = {code: expectations.get(code, "").strip()[:300] for code in VALUES}
    plan.save(update_fields=["expectations"])
    record(CHANGED, actor=actor, subject=plan, before=before, after=content(plan))
    return plan


@transaction.atomic
def submit_plan(*, employee: Employee, uid: UUID, actor: User) -> Plan:
    """Hand it in to the direct superior; a plan that waits already is left alone.

    Raises PlanRefused with what is missing, NotFound, NoChain.
    """
    owner = lock_owner(employee, actor)
    plan = lock_plan(owner, uid)
    if plan.state == Plan.State.SUBMITTED:
        return plan
    if not plan.is_open:
        raise PlanRefused("not_open")
    _require_kept_here(plan.year)
    missing = missing_in(Plan.objects.with_lines().get(pk=plan.pk))
    if missing:
        raise PlanRefused(missing[0])
    came_back = plan.state == Plan.State.RETURNED
    title = _("SKP %(year)d, %(position)s") % {"year": plan.year, "position": plan.position.title}
    if plan.version > 1:
        title = _("%(title)s, versi %(version)d") % {"title": title, "version": plan.version}
    # A year's plan is read by who approves it: it is never among the ordinary ones that go in bulk.
    remarks = [_("Rencana setahun: baca sebelum menyetujui")]
    if came_back:
        remarks.append(_("Sudah pernah dikembalikan"))
    submit(
        document_kind=DOCUMENT_KIND,
        document_uid=plan.uid,
        owner=owner,
        title=title,
        on=here.today(),
        remarks=remarks,
        actor=actor,
    )
    plan.state = Plan.State.SUBMITTED
    plan.submitted_at = clock.now()
    plan.save(update_fields=["state", "submitted_at"])
    record(SUBMITTED, actor=actor, subject=plan, after=content(plan))
    return plan


@transaction.atomic
def withdraw_plan(*, employee: Employee, uid: UUID, actor: User) -> Plan:
    """Take back what still waits; it is a draft again. Raises PlanRefused, NotFound."""
    waiting = withdraw(document_kind=DOCUMENT_KIND, document_uids=[uid], owner=employee, actor=actor)
    plan = lock_plan(lock_owner(employee, actor), uid)
    if not waiting or plan.state != Plan.State.SUBMITTED:
        raise PlanRefused("not_waiting")
    plan.state = Plan.State.DRAFT
    plan.submitted_at = None
    plan.save(update_fields=["state", "submitted_at"])
    record(WITHDRAWN, actor=actor, subject=plan)
    return plan


@transaction.atomic
def discard_plan(*, employee: Employee, uid: UUID, actor: User) -> None:
    """Remove an open draft or returned version; the audit log keeps what it said. Raises PlanRefused, NotFound."""
    plan = _open_plan(employee, uid, actor)
    record(DISCARDED, actor=actor, subject=plan, before=content(plan))
    plan.delete()


def missing_in(plan: Plan) -> list[str]:
    """Why the plan cannot be handed in yet, as reasons of PlanRefused; empty when it can."""
    results = list(plan.results.all())
    found = []
    if not results:
        found.append("empty")
    elif all(line.kind != WorkResult.Kind.MAIN for line in results):
        found.append("no_main")
    indicators = [indicator for line in results for indicator in line.indicators.all()]
    if any(not line.indicators.all() for line in results):
        found.append("no_indicator")
    if plan.model == Plan.Model.QUANTITATIVE and any(line.period_target is None for line in indicators):
        found.append("no_figure")
    if any(not plan.expectations.get(code) for code in VALUES):
        found.append("expectations")
    return found


def own_posts(employee: Employee) -> list[Post]:
    """The posts that the person holds today, the definitive one first."""
    posts = posts_on([employee.pk], here.today()).get(employee.pk)
    if posts is None:
        return []
    return [*([] if posts.definitive is None else [posts.definitive]), *posts.acting]


def superior_results(employee: Employee, year: int) -> list[WorkResult]:
    """The results of the plans in force of the superior of today: what one's own may be derived from."""
    superior = superior_of(employee, here.today())
    if superior is None:
        return []
    lines = WorkResult.objects.filter(plan__employee=superior, plan__year=year, plan__state=Plan.State.APPROVED)
    return list(lines.order_by("plan", "number"))


def result_of(plan: Plan, key: UUID) -> WorkResult:
    """The plan's result with this key. Raises NotFound."""
    found = plan.results.filter(key=key).first()
    if found is None:
        raise NotFound("work_result")
    return found


def content(plan: Plan) -> dict[str, Any]:
    """What the plan says, for the audit log."""
    lines = plan.results.order_by("number").prefetch_related("indicators")
    return {
        "year": plan.year,
        "version": plan.version,
        "model": plan.model,
        "expectations": plan.expectations,
        "results": [
            {
                "kind": line.kind,
                "statement": line.statement,
                "derived_from": line.derived_from_id,
                "indicators": [
                    f"{item.aspect}: {item.statement} = {item.target}; {item.period_target or '-'} {item.unit}".strip()
                    for item in line.indicators.all()
                ],
            }
            for line in lines
        ],
    }


def _open_plan(employee: Employee, uid: UUID, actor: User) -> Plan:
    plan = lock_plan(lock_owner(employee, actor), uid)
    if not plan.is_open:
        raise PlanRefused("not_open")
    return plan


def _require_kept_here(year: int) -> None:
    """Some part of the year that is not over is kept here. Raises KeptElsewhere."""
    day = max(here.today(), Month(year, 1).first_day)
    later = SkpSetting.objects.filter(source=SkpSetting.Source.HERE, valid_from__gt=day, valid_from__year=year)
    if not later.exists():
        require_kept(RatingPeriod.of(day, 1), SkpSetting.Source.HERE)
