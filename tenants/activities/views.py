"""Own activities, those that one decides on, and the activities of an OPD."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.audit.models import AuditEvent
from kernel.audit.record import action_label
from kernel.ids import new_uid
from kernel.periods import Month, parse_day
from kernel.permissions import opd_scope, page
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from kernel.web.asked import month_asked
from tenants.activities import access, checks, proposals
from tenants.activities.actions import (
    delete_activity,
    hand_in,
    save_activity,
    set_favourite,
    submit_activities,
    withdraw_activity,
)
from tenants.activities.content import corrections_of
from tenants.activities.errors import ActivityRefused
from tenants.activities.forms import ActivityForm
from tenants.activities.lines import LINE_COLUMNS, days_of, drafts_of, state_chip
from tenants.activities.models import Activity, JobKind
from tenants.activities.months import totals_of
from tenants.activities.permissions import READ_UNIT, WRITE
from tenants.activities.targets import Target, labels, open_targets
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.permissions import DECIDE
from tenants.employees.access import own_employee
from tenants.employees.models import Employee
from tenants.employees.posts import Post

MOST_DRAFTS = 50
MOST_KINDS = 60
# Windows said on the first page; the form knows all of them.
MOST_DAYS = 4


@require_safe
@page(WRITE)
def own_list(request: HttpRequest) -> HttpResponse:
    """The person's month: sums, what is not handed in, and the list by day."""
    user = person(request)
    employee = own_employee(user)
    month = month_asked(request, here.this_month())
    today = here.today()
    own = Activity.objects.of(employee).select_related("job_kind").only(*LINE_COLUMNS).annotate(files=Count("evidence"))
    rows = paging.page_of(
        own.in_month(month).exclude(state=Activity.State.DRAFT),
        order=("-date", "-id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    drafts = own.filter(state=Activity.State.DRAFT).order_by("-date", "-pk")[:MOST_DRAFTS]
    returned = [activity.uid for activity in rows.rows if activity.state == Activity.State.RETURNED]
    reasons = Decision.objects.last_notes(access.DOCUMENT_KIND, returned) if returned else {}
    own_url = reverse("activities-list")
    context = {
        "month": month.first_day,
        "previous": f"{own_url}?bulan={month.previous}",
        "next": f"{own_url}?bulan={month.next}" if month < Month.of(today) else "",
        "totals": totals_of(employee, month),
        "page": rows,
        "days": days_of(rows.rows, reasons),
        "drafts": drafts_of(drafts),
        "owner": user.uid,
        "today": today,
    }
    return render(request, "tenants/activities/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """A new activity: first what kind, then the form with everything proposed."""
    user = person(request)
    employee = own_employee(user)
    if request.method == "POST":
        form = ActivityForm(request.POST, request.FILES, kinds=None)
        if form.is_valid() and _sent(request, form, employee, None):
            return htmx.go(request, _month_url(form.cleaned_data["date"]))
        return _refused(request, form, employee, None)
    at = checks.today_for(employee, ahead=True)
    day = _day(request, at)
    kinds = list(_in_force(day, at.post_on(day)))
    example = _example(request, employee, kinds)
    chosen = example.job_kind if example else next((k for k in kinds if str(k.uid) == request.GET.get("jenis")), None)
    if chosen is None:
        return render(request, "tenants/activities/choose.html", _choose_context(request, employee, at, day, kinds))
    current = next((kind for kind in kinds if kind.code == chosen.code), chosen)
    volume = example.volume if example else 1
    minutes = example.minutes if example else current.norm_minutes * volume
    form = ActivityForm(
        kinds=kinds,
        first_open=at.first_open,
        targets=open_targets(employee.pk, day),
        initial={
            "job_kind": current.uid,
            "description": example.description if example else _last_words(employee, current),
            "date": day,
            "starts_at": proposals.start_time(employee, day, minutes, at.post_on(day)),
            "volume": volume,
            "minutes": minutes,
            "target_uid": "" if example is None else example.target_uid,
            "client_key": new_uid(),
        },
    )
    return render(request, "tenants/activities/form.html", _form_context(form, at, user, None, day))


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITE)
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a draft or a returned activity."""
    user = person(request)
    employee = own_employee(user)
    activity = access.own_activity(employee, uid)
    if not activity.is_open:
        return htmx.go(request, reverse("activities-activity", args=[uid]))
    evidence = list(activity.evidence.select_related("file").order_by("pk"))
    if request.method == "POST":
        form = ActivityForm(request.POST, request.FILES, kinds=None, existing=evidence)
        if form.is_valid() and _sent(request, form, employee, activity):
            return htmx.go(request, reverse("activities-activity", args=[uid]))
        return _refused(request, form, employee, activity)
    at = checks.today_for(employee, ahead=True)
    kinds = [activity.job_kind, *_in_force(activity.date, at.post_on(activity.date))]
    zone = clock.zone(current_region().time_zone)
    form = ActivityForm(
        kinds=kinds,
        existing=evidence,
        targets=_targets_for(employee, activity.date, activity),
        initial={
            "job_kind": activity.job_kind.uid,
            "description": activity.description,
            "date": activity.date,
            "starts_at": activity.span.lower.astimezone(zone).time(),
            "volume": activity.volume,
            "minutes": activity.minutes,
            "letter_number": activity.letter_number,
            "disposition_number": activity.disposition_number,
            "part": activity.part,
            "target_uid": activity.target_uid or "",
        },
    )
    return render(request, "tenants/activities/form.html", _form_context(form, at, user, activity, activity.date))


@require_POST
@page(WRITE)
def favourite(request: HttpRequest) -> HttpResponse:
    """Star a kind of work, or take the star away."""
    user = person(request)
    starred = request.POST.get("bintang", "")
    code = starred or request.POST.get("lepas", "")
    set_favourite(employee=own_employee(user), code=code, starred=bool(starred), actor=user)
    messages.success(request, _("Ditambahkan ke favorit.") if starred else _("Dihapus dari favorit."))
    return redirect("activities-new")


@require_POST
@page(WRITE)
def submit(request: HttpRequest) -> HttpResponse:
    """Hand in the chosen drafts; what cannot be handed in is said with the reason."""
    employee = own_employee(person(request))
    try:
        uids = [UUID(text) for text in request.POST.getlist("pilih")[:MOST_DRAFTS]]
    except ValueError as error:
        raise BadRequest("not an activity") from error
    if not uids:
        messages.warning(request, _("Belum ada yang dipilih."))
        return redirect("activities-list")
    outcome = submit_activities(employee=employee, uids=uids, actor=person(request))
    if outcome.submitted:
        count = len(outcome.submitted)
        text = ngettext("%(count)d aktivitas diajukan.", "%(count)d aktivitas diajukan.", count)
        messages.success(request, text % {"count": count})
    for activity, problems in outcome.refused:
        messages.error(request, f"{activity.description}: {problems[0].text}")
    return redirect("activities-list")


@require_safe
@page(WRITE)
def own_activity(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One own activity with its evidence and everything that happened to it."""
    activity = access.own_activity(own_employee(person(request)), uid)
    return render(request, "tenants/activities/activity.html", _one(activity))


@require_safe
@page(DECIDE)
def review(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One activity for the person who decides on it, with all that it said before."""
    activity = access.activity_to_review(person(request), uid)
    return render(request, "tenants/activities/review.html", _one(activity))


@require_safe
@page(READ_UNIT)
def unit_activity(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One activity of somebody in an OPD that the person reads."""
    activity = access.activity_to_see(person(request), uid)
    return render(request, "tenants/activities/unit_activity.html", _one(activity))


@require_POST
@page(WRITE)
def take_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Withdraw what still waits."""
    user = person(request)
    withdraw_activity(employee=own_employee(user), uid=uid, actor=user)
    messages.success(request, _("Pengajuan ditarik. Aktivitas ini dapat diubah lagi."))
    return redirect("activities-activity", uid=uid)


@require_POST
@page(WRITE)
def delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Remove a draft."""
    user = person(request)
    delete_activity(employee=own_employee(user), uid=uid, actor=user)
    messages.success(request, _("Draf dihapus."))
    return redirect("activities-list")


@require_safe
@page(READ_UNIT)
def unit_list(request: HttpRequest) -> HttpResponse:
    """Activities of the people whom the person oversees, by month, state and name."""
    user = person(request)
    month = month_asked(request, here.this_month())
    searched = request.GET.get("cari", "").strip()
    state = request.GET.get("keadaan", "")
    people = Employee.objects.in_opds(opd_scope(user, READ_UNIT), here.today()).searched(searched)
    found = Activity.objects.in_month(month).exclude(state=Activity.State.DRAFT)
    if searched or opd_scope(user, READ_UNIT) is not None:
        found = found.filter(employee__in=people.values("pk"))
    if state in Activity.State.values:
        found = found.filter(state=state)
    rows = paging.page_of(
        found.select_related("job_kind", "employee"),
        order=("-date", "-id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "page": rows,
        "month": month,
        "searched": searched,
        "state": state,
        "states": [choice for choice in Activity.State.choices if choice[0] != "draft"],
        "chips": {value: state_chip(value) for value in Activity.State.values},
    }
    return render(request, "tenants/activities/unit.html", context)


def _sent(request: HttpRequest, form: ActivityForm, employee: Employee, activity: Activity | None) -> bool:
    """Keep the draft or hand it in, as the pressed button says; False when the form now shows why not."""
    uid = None if activity is None else activity.uid
    user = person(request)
    try:
        if request.POST.get("langkah") == "draf":
            save_activity(employee=employee, draft=form.entered(), actor=user, uid=uid)
            messages.success(request, _("Draf tersimpan."))
        else:
            sent = hand_in(employee=employee, draft=form.entered(), actor=user, uid=uid)
            messages.success(request, _("Aktivitas diajukan. Yang memutuskan akan melihatnya di kotak masuk."))
            if sent.remarks:
                text = _("Yang memutuskan melihat catatan: %(remarks)s. Bila keliru, tarik lalu perbaiki.")
                messages.warning(request, text % {"remarks": "; ".join(sent.remarks)})
    except ActivityRefused as error:
        form.show(error.problems)
        return False
    return True


def _refused(request: HttpRequest, form: ActivityForm, employee: Employee, activity: Activity | None) -> HttpResponse:
    """The form again with what was typed and what is wrong."""
    at = checks.today_for(employee, ahead=True)
    day = _date(request.POST.get("date", "")) or at.day
    form.offer(_offered(request, at, day))
    form.offer_targets(_targets_for(employee, day, activity))
    context = _form_context(form, at, person(request), activity, day)
    return render(request, "tenants/activities/form.html", context, status=422)


def _targets_for(employee: Employee, day: date, activity: Activity | None) -> list[Target]:
    """The open targets, and the one that the activity names already."""
    targets = list(open_targets(employee.pk, day))
    named = None if activity is None else activity.target_uid
    if named is not None and all(target.uid != named for target in targets):
        targets += [Target(uid, label) for uid, label in labels([named]).items()]
    return targets


def _choose_context(
    request: HttpRequest, employee: Employee, at: checks.Today, day: date, kinds: list[JobKind]
) -> dict[str, Any]:
    searched = request.GET.get("cari", "").strip()
    found = [kind for kind in kinds if _matches(kind, searched)]
    windows = proposals.windows_of(at)
    return {
        "choices": proposals.choices_for(employee, day, kinds),
        "kinds": found[:MOST_KINDS],
        "more": max(0, len(found) - MOST_KINDS),
        "searched": searched,
        "day": day,
        "today": at.day,
        "windows": windows[:MOST_DAYS],
        "owner": person(request).uid,
    }


def _form_context(
    form: ActivityForm, at: checks.Today, user: Any, activity: Activity | None, day: date
) -> dict[str, Any]:
    kinds = form.fields["job_kind"].queryset  # type: ignore[attr-defined]  # a ModelChoiceField
    reasons = {}
    came_back = activity is not None and activity.state == Activity.State.RETURNED
    if activity is not None and came_back:
        reasons = Decision.objects.last_notes(access.DOCUMENT_KIND, [activity.uid])
    # What came back was entered in time before: no window runs.
    windows = [] if came_back else proposals.windows_of(at)
    return {
        "form": form,
        "has_rule": at.rule is not None and not came_back,
        "windows": windows,
        "day": day,
        "kinds": kinds,
        "owner": user.uid,
        "activity": activity,
        "reason": reasons.get(activity.uid, "") if activity else "",
        "key": str(activity.uid) if activity else str(form["client_key"].value() or ""),
    }


def _one(activity: Activity) -> dict[str, Any]:
    requests = ApprovalRequest.objects.of_documents(access.DOCUMENT_KIND, [activity.uid])
    waiting = requests.waiting().select_related("approver").first()
    events = AuditEvent.objects.filter(subject_uid=activity.uid).order_by("-pk")[:50]
    decisions = Decision.objects.filter(request__in=requests).select_related("decided_by").order_by("-pk")
    steps: list[dict[str, Any]] = [
        {"at": event.at, "who": event.actor_name, "what": action_label(event.action), "note": event.note}
        for event in events
    ] + [
        {
            "at": decision.decided_at,
            "who": "" if decision.decided_by is None else decision.decided_by.display_name,
            "what": decision.get_verdict_display(),
            "note": decision.note,
        }
        for decision in decisions
    ]
    steps.sort(key=lambda step: step["at"], reverse=True)
    files = [row.file for row in activity.evidence.select_related("file").order_by("pk")]
    target = activity.target_uid
    return {
        "activity": activity,
        "chip": state_chip(activity.state),
        "files": files,
        "target": "" if target is None else labels([target]).get(target, ""),
        "waiting": waiting,
        "reason": next((d.note for d in decisions if d.note), "") if activity.state == Activity.State.RETURNED else "",
        "steps": steps,
        "corrections": corrections_of(activity, files) if activity.version > 1 else [],
    }


def _date(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _day(request: HttpRequest, at: checks.Today) -> date:
    day = _date(request.GET.get("tanggal", ""))
    return at.day if day is None or day > at.day else day


def _month_url(day: date) -> str:
    return f"{reverse('activities-list')}?bulan={Month.of(day)}"


def _in_force(day: date, post: Post | None) -> QuerySet[JobKind]:
    return JobKind.objects.in_force(day).for_post(post).order_by("name")


def _offered(request: HttpRequest, at: checks.Today, day: date) -> QuerySet[JobKind]:
    """What may be chosen on the posted day, and what was chosen."""
    offered = Q(pk__in=_in_force(day, at.post_on(day)).values("pk"))
    try:
        offered |= Q(uid=UUID(request.POST.get("job_kind", "")))
    except ValueError:
        # Nothing readable was chosen; the form says so.
        return JobKind.objects.filter(offered).order_by("name")
    return JobKind.objects.filter(offered).order_by("name")


def _example(request: HttpRequest, employee: Employee, kinds: list[JobKind]) -> Activity | None:
    """The own activity to repeat, when its kind may still be chosen."""
    try:
        uid = UUID(request.GET.get("ulang", ""))
    except ValueError:
        return None
    found = Activity.objects.of(employee).filter(uid=uid).select_related("job_kind").first()
    return found if found is not None and any(kind.code == found.job_kind.code for kind in kinds) else None


def _last_words(employee: Employee, kind: JobKind) -> str:
    """What the person wrote the last time for this kind, else its name."""
    last = Activity.objects.of(employee).filter(job_kind__code=kind.code).order_by("-date", "-pk").first()
    return last.description if last else kind.name


def _matches(kind: JobKind, searched: str) -> bool:
    words = searched.casefold().split()
    return all(word in kind.name.casefold() or kind.code.casefold().startswith(word) for word in words)
