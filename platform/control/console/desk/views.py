"""The queue of incidents and one incident: what happened, what is to be done, who is told and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from control.console.chips import SEVERITY_CHIPS
from control.console.desk.events import alerts_of
from control.console.desk.forms import (
    AttachForm,
    BreachForm,
    MergeForm,
    NewIncidentForm,
    NoteForm,
    OwnerForm,
    RateForm,
    ReasonForm,
    ReportForm,
    SentForm,
    TaskForm,
    TaskWorkForm,
    source_of,
)
from control.console.watch.words import group_words
from control.containment.listing import of_incident
from control.containment.permissions import CONTAIN
from control.incidents import actions, fulfilling, leading
from control.incidents.clocks import Countdown, countdown, span_words
from control.incidents.drafting import proposed_recovery, zone_of
from control.incidents.figures import speed
from control.incidents.linking import linked_to
from control.incidents.models import Incident, Kind, Notice, Observable, Pack, Severity, Task
from control.incidents.permissions import READ, WORK
from control.incidents.sides import scans_of
from control.incidents.timeline import LATEST, entries_of, latest, together
from control.regions.models import Region
from control.signatures.permissions import CONFIRM
from control.watch.permissions import SEE
from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.permissions import page, user_may
from kernel.web import htmx, paging

State = Incident.State

STATE_CHIPS: Final = {"new": "bad", "handling": "wait", "contained": "info", "recovered": "ok", "closed": "plain"}
# What the button that moves an incident on says.
STEPS: Final = {
    "handling": gettext_lazy("Tangani"),
    "contained": gettext_lazy("Nyatakan terkendali"),
    "recovered": gettext_lazy("Nyatakan pulih"),
    "closed": gettext_lazy("Tutup insiden"),
}
# As what an observable can be searched for in all regions.
_MARKS: Final = {"print": "text", "digest": "digest", "domain": "domain"}
# By what security events are found.
_IN_EVENTS: Final = frozenset({"address", "network", "account"})
# What contains it in its region, and what fills the measure's form.
_MEASURES: Final = {
    "account": ("accounts_locked", "akun", gettext_lazy("Kunci akun")),
    "address": ("networks_blocked", "jaringan", gettext_lazy("Blokir jaringan")),
    "network": ("networks_blocked", "jaringan", gettext_lazy("Blokir jaringan")),
    "digest": ("files_quarantined", "sidik", gettext_lazy("Karantina berkas")),
}
_MOST_ALERTS: Final = 50
_TABS: Final = ("terbuka", "saya", "ditutup", "semua")


def _waiting() -> Prefetch[str]:
    return Prefetch(
        "notices",
        Notice.objects.filter(state=Notice.State.WAITING).select_related("clock").order_by("due_at"),
        to_attr="waiting",
    )


def _narrowed(found: QuerySet[Incident], request: HttpRequest) -> QuerySet[Incident]:
    kind, level, region = (request.GET.get(name, "") for name in ("jenis", "tingkat", "wilayah"))
    asked = request.GET.get("cari", "").strip()
    if kind in Kind.values:
        found = found.filter(kind=kind)
    if level.isdecimal() and int(level) in Severity.values:
        found = found.filter(severity__gte=int(level))
    if region:
        found = found.filter(regions__code=region)
    if asked:
        found = found.filter(
            Q(number__iexact=asked)
            | Q(title__icontains=asked)
            | Q(pk__in=Incident.objects.filter(observables__value=asked).values("pk"))
        )
    return found


@require_safe
@page(READ)
def queue(request: HttpRequest) -> HttpResponse:
    """Incidents, the worst first: open ones, one's own, closed ones; with the desk's speed above."""
    user, now = person(request), clock.now()
    tab = request.GET.get("keadaan", "terbuka")
    tab = tab if tab in _TABS else "terbuka"
    narrowed = {
        "terbuka": ~Q(state=State.CLOSED),
        "saya": ~Q(state=State.CLOSED) & Q(owner=user),
        "ditutup": Q(state=State.CLOSED),
        "semua": Q(),
    }
    counts = Incident.objects.aggregate(
        terbuka=Count("pk", filter=narrowed["terbuka"]), saya=Count("pk", filter=narrowed["saya"])
    )
    found = _narrowed(Incident.objects.filter(narrowed[tab]), request)
    shown = paging.page_of(
        found.select_related("owner", "region").prefetch_related("regions", _waiting()),
        order=("-id",) if tab == "ditutup" else ("-severity", "-id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    labels = {"terbuka": _("Terbuka"), "saya": _("Milik saya"), "ditutup": _("Ditutup"), "semua": _("Semua")}
    context = {
        "page": shown,
        "rows": [_row(incident, now) for incident in shown],
        "tabs": [
            {
                "label": labels[name],
                "url": f"?keadaan={name}",
                "is_current": name == tab,
                "count": counts.get(name, ""),
            }
            for name in _TABS
        ],
        "tab": tab,
        "kinds": Kind.choices,
        "severities": Severity.choices,
        "regions": Region.objects.order_by("name").values_list("code", "name"),
        "asked": {name: request.GET.get(name, "") for name in ("jenis", "tingkat", "wilayah", "cari")},
        "speed": _speed(),
        "may_work": user_may(user, WORK),
    }
    return render(request, "control/console/desk/queue.html", context)


def _row(incident: Incident, now: Any) -> dict[str, Any]:
    waiting: list[Notice] = incident.waiting  # type: ignore[attr-defined]
    return {
        "incident": incident,
        "severity_kind": SEVERITY_CHIPS[incident.severity],
        "state_kind": STATE_CHIPS[incident.state],
        "age": span_words(now - incident.detected_at),
        "clock": _left(waiting[0], now) if waiting else None,
        "clocks": len(waiting),
        "regions": list(incident.regions.all()),
    }


def _left(notice: Notice, now: Any) -> Countdown:
    return countdown(notice.starts_at, notice.due_at, now)


def _speed() -> list[tuple[str, str]]:
    measured = speed(clock.now())
    spans = [
        (_("Ditemukan"), measured.detect),
        (_("Mulai ditangani"), measured.acknowledge),
        (_("Terkendali"), measured.contain),
        (_("Pulih"), measured.recover),
    ]
    return [(label, "–" if span is None else span_words(span)) for label, span in spans]


@require_http_methods(["GET", "HEAD", "POST"])
@page(WORK)
def new(request: HttpRequest) -> HttpResponse:
    """Open an incident that a person reported."""
    form = NewIncidentForm(request.POST or None, initial={"region": request.GET.get("wilayah", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        found = said["detected_at"] or clock.now()
        made = actions.open_or_join(
            kind=Kind(said["kind"]),
            severity=Severity(said["severity"]).code,
            region=said["region"] or None,
            key="",
            title=said["title"],
            summary=said["summary"],
            at=said["began_at"] or found,
            detected_at=found,
            source=source_of(said["key"], said["title"]),
            actor=person(request),
        )
        messages.success(request, _("%(number)s dibuka.") % {"number": made.number})
        return htmx.go(request, reverse("desk-incident", args=[made.uid]))
    return render(request, "control/console/desk/new.html", {"form": form}, status=422 if form.errors else 200)


def operators() -> list[User]:
    """Who may be made responsible."""
    return list(User.objects.active().filter(role_grants__role__code="operator").distinct().order_by("display_name"))


@require_safe
@page(READ)
def incident(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One incident with everything that belongs to it."""
    return _page(request, actions.incident_of(uid))


def _page(request: HttpRequest, found: Incident, status: int = 200, **in_use: forms.BaseForm) -> HttpResponse:
    return render(request, "control/console/desk/incident.html", _context(request, found, in_use), status=status)


def _context(request: HttpRequest, found: Incident, in_use: dict[str, forms.BaseForm]) -> dict[str, Any]:
    now = clock.now()
    may_work = user_may(request.user, WORK)
    people = operators() if may_work else []
    to = leading.FORWARD.get(found.state)
    back = leading.BACK.get(found.state) if found.merged_into_id is None else None
    tasks = list(found.tasks.select_related("owner").order_by("is_lessons", "due_at", "id"))
    impositions = of_incident(found.uid)
    regions = list(found.regions.order_by("name"))
    timeline = latest(found, impositions)
    forms_: dict[str, forms.BaseForm] = {}
    if may_work and found.is_open:
        forms_ = {
            "rate_form": RateForm(initial={"severity": found.severity}),
            "owner_form": OwnerForm(people=people, initial={"owner": found.owner.uid if found.owner else None}),
            "false_form": ReasonForm(auto_id="palsu_%s"),
            "breach_form": BreachForm(initial={"known_at": now}),
            "no_breach_form": ReasonForm(auto_id="cabut_%s"),
            "merge_form": MergeForm(auto_id="gabung_%s"),
            "attach_form": AttachForm(),
            "task_form": TaskForm(auto_id="tugas_%s"),
            "report_form": ReportForm(
                instance=found,
                auto_id="laporan_%s",
                initial={"recovery": found.recovery or proposed_recovery(timeline.rows, zone_of(regions))},
            ),
        }
    if may_work:
        forms_ |= {"note_form": NoteForm(auto_id="catatan_%s"), "back_form": ReasonForm(auto_id="kembali_%s")}
    return {
        "incident": found,
        "severity_kind": SEVERITY_CHIPS[found.severity],
        "state_kind": STATE_CHIPS[found.state],
        "regions": regions,
        "next": {"to": to, "label": STEPS[to]} if to else None,
        "back": State(back).label if back else None,
        "steps": _steps(found),
        "timeline": timeline,
        "tasks": [_task(task, found, people, now, in_use if may_work else None) for task in tasks],
        "tasks_left": sum(1 for task in tasks if not task.is_settled),
        "notices": [_notice(notice, now, in_use) for notice in found.notices.select_related("clock", "proof")],
        "evidence": list(found.evidence.all()),
        "custody": list(found.custody.select_related("evidence", "pack").order_by("-id")[:50]),
        "observables": [
            {"row": row, "ways": _ways_on(request, found, row)}
            for row in found.observables.order_by("kind", "value")[:100]
        ],
        "alerts": _alerts(found) if user_may(request.user, SEE) else [],
        "linked": linked_to(found),
        "merged": list(found.merged.order_by("id")),
        "impositions": impositions,
        "sides": scans_of(found),
        "packs": list(found.packs.all()),
        "pack_kinds": Pack.Kind.choices,
        "may_work": may_work,
        "may_change": may_work and found.is_open,
        **forms_,
        **in_use,
    }


def _alerts(found: Incident) -> list[dict[str, Any]]:
    """What the detections saw of it, the newest fifty."""
    return [
        {"alert": alert, "chip": SEVERITY_CHIPS[alert.severity], "group": group_words(alert)}
        for alert in alerts_of(found).reverse()[:_MOST_ALERTS]
    ]


def _ways_on(request: HttpRequest, found: Incident, row: Observable) -> list[dict[str, str]]:
    """Where an observable leads: its events, the search in all regions, the measure against it in its region."""
    ways = []

    def lead(label: str, address: str, **asked: object) -> None:
        ways.append({"label": label, "url": f"{address}?{urlencode(asked)}"})

    region = found.region
    if row.kind in _IN_EVENTS and user_may(request.user, SEE):
        lead(_("Lihat peristiwanya"), reverse("watch-events"), cari=row.value)
    if row.kind in _MARKS and user_may(request.user, CONFIRM):
        where = {"wilayah": region.code} if region else {}
        asked = {"incident": found.uid, **where, "jenis": _MARKS[row.kind], "tanda": row.value}
        lead(_("Cari di semua wilayah"), reverse("signatures"), **asked)
    if row.kind in _MEASURES and found.is_open and region and user_may(request.user, CONTAIN):
        measure, field, label = _MEASURES[row.kind]
        address = reverse("containment-impose", args=[region.code, measure])
        lead(str(label), address, **{"incident": found.uid, field: row.value})
    return ways


def _steps(found: Incident) -> list[tuple[str, Any]]:
    """When each thing happened, as far as it has."""
    return [
        (_("Mulai terjadi"), found.began_at),
        (_("Ditemukan"), found.detected_at),
        (_("Mulai ditangani"), found.acknowledged_at),
        (_("Terkendali"), found.contained_at),
        (_("Pulih"), found.recovered_at),
        (_("Ditutup"), found.closed_at),
    ]


def _task(
    task: Task, found: Incident, people: list[User], now: Any, in_use: dict[str, forms.BaseForm] | None
) -> dict[str, Any]:
    form: forms.BaseForm | None = None
    if in_use is not None and found.is_open:
        form = in_use.pop(f"task-{task.uid}", None) or TaskWorkForm(
            people=people,
            initial={"state": task.state, "owner": task.owner.uid if task.owner else None},
            auto_id=f"tugas-{task.uid}-%s",
        )
    return {
        "task": task,
        "form": form,
        "left": None if task.is_settled or task.due_at is None else countdown(found.opened_at, task.due_at, now),
    }


def _notice(notice: Notice, now: Any, in_use: dict[str, forms.BaseForm]) -> dict[str, Any]:
    return {
        "notice": notice,
        "left": _left(notice, now) if notice.state == Notice.State.WAITING else None,
        "sent_form": in_use.pop(f"sent-{notice.uid}", None)
        or SentForm(initial={"sent_at": now}, auto_id=f"kirim-{notice.uid}-%s"),
        "waive_form": in_use.pop(f"waive-{notice.uid}", None) or ReasonForm(auto_id=f"lepas-{notice.uid}-%s"),
    }


def _done(
    request: HttpRequest,
    uid: UUID,
    name: str,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    words: str,
    place: str = "",
) -> HttpResponse:
    """Act on a valid form and go back to the page; or the page again with what is wrong beside its field."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, words)
            return htmx.go(request, f"{reverse('desk-incident', args=[uid])}{place}")
    return _page(request, actions.incident_of(uid), 422, **{name: form})


class _NothingToFill(forms.Form):
    """A button alone."""


@require_POST
@page(WORK)
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The next state."""
    to = request.POST.get("to", "")
    return _done(
        request,
        uid,
        "move_form",
        _NothingToFill(request.POST),
        lambda _values: leading.move_on(uid=uid, to=to if to in State.values else "new", actor=person(request)),
        _("Keadaan insiden diubah."),
    )


@require_POST
@page(WORK)
def back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Undo the last step, or open it again."""
    return _done(
        request,
        uid,
        "back_form",
        ReasonForm(request.POST, auto_id="kembali_%s"),
        lambda values: leading.step_back(uid=uid, reason=values["reason"], actor=person(request)),
        _("Langkah terakhir dikembalikan."),
    )


@require_POST
@page(WORK)
def false_alarm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Nothing happened."""
    return _done(
        request,
        uid,
        "false_form",
        ReasonForm(request.POST, auto_id="palsu_%s"),
        lambda values: leading.close_as_false_alarm(uid=uid, reason=values["reason"], actor=person(request)),
        _("Ditutup sebagai alarm palsu. Dapat dibuka lagi."),
    )


@require_POST
@page(WORK)
def severity(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another severity."""
    return _done(
        request,
        uid,
        "rate_form",
        RateForm(request.POST),
        lambda values: leading.rate(
            uid=uid, severity=values["severity"], reason=values["reason"], actor=person(request)
        ),
        _("Tingkat insiden diubah."),
    )


@require_POST
@page(WORK)
def owner(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Somebody else answers for it."""
    return _done(
        request,
        uid,
        "owner_form",
        OwnerForm(request.POST, people=operators()),
        lambda values: leading.assign(uid=uid, owner=values["owner"], actor=person(request)),
        _("Penanggung jawab ditetapkan."),
    )


@require_POST
@page(WORK)
def breach(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Personal data were revealed."""
    return _done(
        request,
        uid,
        "breach_form",
        BreachForm(request.POST),
        lambda values: leading.say_breach(uid=uid, known_at=values["known_at"], actor=person(request)),
        _("Dicatat. Tenggat pemberitahuan berjalan."),
        "#tenggat",
    )


@require_POST
@page(WORK)
def no_breach(request: HttpRequest, uid: UUID) -> HttpResponse:
    """They were not."""
    return _done(
        request,
        uid,
        "no_breach_form",
        ReasonForm(request.POST, auto_id="cabut_%s"),
        lambda values: leading.withdraw_breach(uid=uid, reason=values["reason"], actor=person(request)),
        _("Pernyataan dicabut."),
        "#tenggat",
    )


@require_POST
@page(WORK)
def merge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Close it into another incident."""
    return _done(
        request,
        uid,
        "merge_form",
        MergeForm(request.POST, auto_id="gabung_%s"),
        lambda values: leading.merge(uid=uid, into=values["into"], reason=values["reason"], actor=person(request)),
        _("Insiden digabungkan."),
    )


@require_POST
@page(WORK)
def note(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write on the timeline; on a closed incident too."""
    return _done(
        request,
        uid,
        "note_form",
        NoteForm(request.POST, auto_id="catatan_%s"),
        lambda values: actions.note(
            actions.incident_of(uid),
            values["text"],
            at=values["at"],
            key_event=values["is_key"],
            actor=person(request),
            source=source_of(values["key"], values["text"]),
        ),
        _("Tercatat pada linimasa."),
        "#linimasa",
    )


@require_safe
@page(READ)
def whole_timeline(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The whole timeline, the oldest first, page by page; with `penting=1` only the key events."""
    found = actions.incident_of(uid)
    only_key = request.GET.get("penting") == "1"
    entries = entries_of(found, only_key=only_key)
    shown = paging.page_of(entries, order=("at", "id"), cursor=request.GET.get(paging.PARAMETER, ""), size=LATEST)
    # A measure stands on the page whose entries it lies between.
    since = None
    if shown.rows and not shown.is_first:
        since = entries.filter(at__lt=shown.rows[0].at).reverse().values_list("at", flat=True).first()
    until = shown.rows[-1].at if shown.next else None
    rows = [
        row
        for row in together(shown.rows, of_incident(found.uid), found.number)
        if row.entry or ((since is None or row.at > since) and (until is None or row.at <= until))
    ]
    address = reverse("desk-timeline", args=[uid])
    context = {
        "incident": found,
        "page": shown,
        "rows": rows,
        "tabs": [
            {"label": _("Semua"), "url": address, "is_current": not only_key},
            {"label": _("Peristiwa penting"), "url": f"{address}?penting=1", "is_current": only_key},
        ],
        "may_work": user_may(request.user, WORK),
        "here": request.GET.urlencode(),
    }
    return render(request, "control/console/desk/timeline.html", context)


@require_POST
@page(WORK)
def key_event(request: HttpRequest, uid: UUID, entry: UUID) -> HttpResponse:
    """Flag an entry as a key event, or not; back to where it was pressed."""
    leading.mark_key_event(uid=uid, entry=entry, is_key=request.POST.get("on") == "1")
    address = reverse("desk-incident", args=[uid])
    if "here" in request.POST:
        address = f"{reverse('desk-timeline', args=[uid])}?{QueryDict(request.POST['here']).urlencode()}"
    return htmx.go(request, f"{address}#peristiwa-{entry}")


@require_POST
@page(WORK)
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The words of the reports."""
    # A form of its own instance: what the action locks and writes is read anew.
    form = ReportForm(request.POST, instance=Incident(), auto_id="laporan_%s")
    return _done(
        request,
        uid,
        "report_form",
        form,
        lambda values: leading.write_report(uid=uid, values=values, actor=person(request)),
        _("Isi laporan tersimpan."),
        "#laporan",
    )


@require_POST
@page(WORK)
def add_task(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another task."""
    return _done(
        request,
        uid,
        "task_form",
        TaskForm(request.POST, auto_id="tugas_%s"),
        lambda values: fulfilling.add_task(
            uid=uid, actor=person(request), source=source_of(values.pop("key"), values["title"]), **values
        ),
        _("Tugas ditambahkan."),
        "#tugas",
    )


@require_POST
@page(WORK)
def task(request: HttpRequest, uid: UUID, task: UUID) -> HttpResponse:
    """How far a task is."""
    return _done(
        request,
        uid,
        f"task-{task}",
        TaskWorkForm(request.POST, people=operators(), auto_id=f"tugas-{task}-%s"),
        lambda values: fulfilling.work_on_task(uid=uid, task=task, actor=person(request), **values),
        _("Tugas diperbarui."),
        "#tugas",
    )


@require_POST
@page(WORK)
def sent(request: HttpRequest, uid: UUID, notice: UUID) -> HttpResponse:
    """A notice was sent; this proves it."""

    def act(values: dict[str, Any]) -> object:
        proof = values["proof"]
        return fulfilling.send_notice(
            uid=uid,
            notice=notice,
            sent_at=values["sent_at"],
            receipt=values["receipt"],
            proof=None if proof is None else (proof.name, proof.read()),
            actor=person(request),
        )

    return _done(
        request,
        uid,
        f"sent-{notice}",
        SentForm(request.POST, request.FILES, auto_id=f"kirim-{notice}-%s"),
        act,
        _("Pengiriman tercatat."),
        "#tenggat",
    )


@require_POST
@page(WORK)
def waive(request: HttpRequest, uid: UUID, notice: UUID) -> HttpResponse:
    """Nobody needs to be told."""
    return _done(
        request,
        uid,
        f"waive-{notice}",
        ReasonForm(request.POST, auto_id=f"lepas-{notice}-%s"),
        lambda values: fulfilling.waive_notice(uid=uid, notice=notice, reason=values["reason"], actor=person(request)),
        _("Dinyatakan tidak perlu."),
        "#tenggat",
    )


@require_POST
@page(WORK)
def notice_again(request: HttpRequest, uid: UUID, notice: UUID) -> HttpResponse:
    """It must be sent after all."""
    return _done(
        request,
        uid,
        f"waive-{notice}",
        ReasonForm(request.POST, auto_id=f"lepas-{notice}-%s"),
        lambda values: fulfilling.reopen_notice(uid=uid, notice=notice, reason=values["reason"], actor=person(request)),
        _("Pemberitahuan dibuka lagi; tenggatnya tetap."),
        "#tenggat",
    )


@require_POST
@page(WORK)
def attach_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Register a file as evidence."""
    return _done(
        request,
        uid,
        "attach_form",
        AttachForm(request.POST, request.FILES),
        lambda values: fulfilling.attach_upload(
            uid=uid,
            name=values["file"].name,
            content=values["file"].read(),
            what=values["what"],
            actor=person(request),
        ),
        _("Bukti dilampirkan; sidiknya tercatat."),
        "#bukti",
    )
