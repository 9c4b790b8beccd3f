"""Alerts, events and detections as operators see them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from control.console.chips import SEVERITY_CHIPS
from control.console.watch.forms import DetectionForm, condition_words
from control.console.watch.words import group_words
from control.regions.models import Region
from control.watch.actions import change_detection, take_back
from control.watch.detecting import of_groups
from control.watch.models import Alert, Detection, SecurityEvent
from control.watch.permissions import CHANGE, SEE
from control.watch.previewing import preview
from control.watch.rules import DISTINCT, GROUPS, SUMS, Rule, read_rule
from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page, require, user_may
from kernel.watching.names import KINDS, Severity
from kernel.web import paging

PLATFORM: Final = "-"
MOST_DOWNLOADED: Final = 10_000
_MOST_BESIDE: Final = 15
_MOST_OF_AN_ALERT: Final = 100
# A runbook is one line for each step, or runs on with numbers.
_STEPS: Final = re.compile(r"\s*\n\s*|\s+(?=\d\. )")
_BESIDE: Final = timedelta(hours=1)


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    pages = (
        ("watch-alerts", _("Peringatan")),
        ("watch-events", _("Peristiwa")),
        ("watch-detections", _("Deteksi")),
    )
    return [{"url": reverse(name), "label": label, "is_current": name == current} for name, label in pages]


def _regions() -> list[tuple[str, str]]:
    return [(PLATFORM, _("Platform")), *Region.objects.order_by("name").values_list("code", "name")]


def _narrowed(found: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """By `wilayah` and `tingkat`, which both lists have."""
    region, level = request.GET.get("wilayah", ""), request.GET.get("tingkat", "")
    if region:
        found = found.filter(region="" if region == PLATFORM else region)
    if level in {item.value for item in Severity}:
        found = found.filter(severity__gte=Severity(level).rank)
    return found


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {
        "asked": request.GET,
        "regions": _regions(),
        "levels": [(level.value, level.label) for level in Severity],
    }


@require_safe
@page(SEE)
def alerts(request: HttpRequest) -> HttpResponse:
    """What the detections found, newest first; `simulasi=1` what those that are tried out would have found."""
    found = _narrowed(Alert.objects.select_related("detection"), request)
    found = found.filter(is_simulated=request.GET.get("simulasi") == "1")
    code = request.GET.get("deteksi", "")
    if code:
        found = found.filter(detection__code=code)
    shown = paging.page_of(found, order=("-created_at", "-id"), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {
        **_asked(request),
        "tabs": _tabs(request, "watch-alerts"),
        "page": shown,
        "rows": [{"alert": item, "chip": SEVERITY_CHIPS[item.severity], "group": group_words(item)} for item in shown],
        "detections": Detection.objects.values_list("code", "title"),
    }
    return render(request, "control/console/watch/alerts.html", context)


@require_safe
@page(SEE)
def alert(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One alert: what was seen, what to do, and its events."""
    found = Alert.objects.select_related("detection").filter(uid=uid).first()
    if found is None:
        raise NotFound("alert")
    rule = found.detection.rule
    events = SecurityEvent.objects.filter(
        of_groups(list(found.group), [tuple(found.group.values())]),
        name__in=rule.reads,
        # What made it graver came behind what brought it about.
        at__range=(found.first_at, max(found.last_at, found.first_at + rule.window)),
    )
    count = events.count()
    context = {
        "alert": found,
        "chip": SEVERITY_CHIPS[found.severity],
        "group": [(GROUPS.get(part, part), value) for part, value in found.group.items() if value and part != "region"],
        "steps": [step for step in _STEPS.split(found.detection.runbook) if step],
        "what": SUMS.get(rule.sum_of, ""),
        "events": _event_rows(events.order_by("at", "id")[:_MOST_OF_AN_ALERT]),
        "more": max(0, count - _MOST_OF_AN_ALERT),
    }
    return render(request, "control/console/watch/alert.html", context)


def _event_rows(events: Any) -> list[dict[str, Any]]:
    return [{"event": event, "chip": SEVERITY_CHIPS[event.severity]} for event in events]


def _asked_events(request: HttpRequest) -> QuerySet[SecurityEvent]:
    found = _narrowed(SecurityEvent.objects.all(), request)
    name, text = request.GET.get("jenis", ""), request.GET.get("cari", "").strip()
    if name in KINDS:
        found = found.filter(name=name)
    if text:
        asked = Q(subject=text) | Q(ip=text) | Q(request_id=text) | Q(agent=text)
        try:
            uid = UUID(text)
        except ValueError:
            pass
        else:
            asked |= Q(person=uid) | Q(uid=uid)
        found = found.filter(asked)
    return found


@require_safe
@page(SEE)
def events(request: HttpRequest) -> HttpResponse:
    """All events, newest first, by kind, severity, region, and one account, address or request."""
    shown = paging.page_of(_asked_events(request), order=("-at", "-id"), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {
        **_asked(request),
        "tabs": _tabs(request, "watch-events"),
        "page": shown,
        "rows": _event_rows(shown),
        "kinds": sorted(((kind.name, str(kind.label)) for kind in KINDS.values()), key=lambda item: item[1]),
        "query": request.GET.urlencode(),
    }
    return render(request, "control/console/watch/events.html", context)


@require_safe
@page(SEE)
def event(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One event with all that is known, and what else happened around it."""
    found = SecurityEvent.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("event")
    near = SecurityEvent.objects.filter(
        region=found.region, at__range=(found.at - _BESIDE, found.at + _BESIDE)
    ).exclude(pk=found.pk)
    same = [
        (_("Permintaan yang sama"), "request_id"),
        (_("Pengguna yang sama, satu jam sebelum dan sesudah"), "person"),
        (_("Alamat yang sama, satu jam sebelum dan sesudah"), "ip"),
        (_("Objek yang sama, satu jam sebelum dan sesudah"), "subject"),
    ]
    context = {
        "event": found,
        "chip": SEVERITY_CHIPS[found.severity],
        "facts": sorted((key, _fact(value)) for key, value in found.facts.items()),
        "beside": [
            (label, _event_rows(near.filter(**{part: value}).order_by("at", "id")[:_MOST_BESIDE]))
            for label, part in same
            if (value := getattr(found, part))
        ],
    }
    return render(request, "control/console/watch/event.html", context)


def _fact(value: Any) -> str:
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@require_safe
@page(SEE)
def download(request: HttpRequest) -> HttpResponse:
    """The events that the filter shows, newest first, at most ten thousand, as JSON lines for another monitoring."""
    rows = _asked_events(request).order_by("-at", "-id")[:MOST_DOWNLOADED]
    response = HttpResponse("".join(_lines(rows)), content_type="application/x-ndjson")
    name = f"peristiwa-{clock.now():%Y%m%d-%H%M}.jsonl"
    response.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


def _lines(rows: Any) -> Iterator[str]:
    for row in rows:
        level = row.level
        line = {
            "uid": str(row.uid),
            "at": row.at.isoformat(),
            "event": row.name,
            "severity": level.value,
            "level": level.wazuh_level,
            "region": row.region or None,
            "person": str(row.person) if row.person else None,
            "subject": row.subject or None,
            "ip": row.ip or None,
            "agent": row.agent or None,
            "agent_family": row.agent_family or None,
            "request_id": row.request_id or None,
            "route": row.route or None,
            "facts": row.facts,
        }
        yield json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=True) + "\n"


@require_safe
@page(SEE)
def detections(request: HttpRequest) -> HttpResponse:
    """All detections with how often they fired in the last seven days."""
    since = clock.now() - timedelta(days=7)
    found = Detection.objects.annotate(fired=Count("alerts", filter=Q(alerts__created_at__gte=since))).order_by("title")
    context = {
        "tabs": _tabs(request, "watch-detections"),
        "rows": [
            {
                "detection": item,
                "words": rule_words(item.rule),
                "level": item.rule.severity.label,
                "chip": SEVERITY_CHIPS[item.rule.severity.rank],
            }
            for item in found
        ],
    }
    return render(request, "control/console/watch/detections.html", context)


def _time_words(window: timedelta) -> str:
    """The window in the largest unit in which it is a whole number above one."""
    minutes = int(window.total_seconds()) // 60
    if minutes % 1440 == 0 and minutes > 1440:
        return ngettext("%(count)d hari", "%(count)d hari", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0 and minutes > 60:
        return ngettext("%(count)d jam", "%(count)d jam", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d menit", "%(count)d menit", minutes) % {"count": minutes}


def rule_words(rule: Rule) -> str:
    """What a rule looks for, in a sentence."""
    time = _time_words(rule.window)
    if rule.is_sequence:
        steps = [" / ".join(str(KINDS[name].label) for name in step.names) for step in rule.steps]
        return _("Berturut-turut dalam %(time)s: %(steps)s") % {
            "time": time,
            "steps": _(", lalu ").join(steps),
        }
    parts = [", ".join(str(KINDS[name].label) for name in rule.steps[0].names)]
    parts.append(_("paling sedikit %(count)d dalam %(time)s") % {"count": rule.count, "time": time})
    if rule.distinct:
        parts.append(_("%(count)d %(what)s berbeda") % {"count": rule.distinct, "what": DISTINCT[rule.distinct_of]})
    if rule.ratio:
        parts.append(_("%(percent)d %% atau lebih gagal") % {"percent": rule.ratio})
    if rule.sum:
        parts.append(_("%(count)d %(what)s atau lebih") % {"count": rule.sum, "what": SUMS[rule.sum_of]})
    if rule.usual_times:
        parts.append(_("di atas %(times)d kali kebiasaan") % {"times": rule.usual_times})
    if rule.outside_hours:
        parts.append(_("di luar jam kantor"))
    return "; ".join(parts)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def detection(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One detection: what it looks for, how often it would have fired, another wording, its versions."""
    found = Detection.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("detection")
    may_change = user_may(request.user, CHANGE)
    form = DetectionForm(request.POST if request.method == "POST" else None, detection=found)
    if request.method == "POST":
        if "pratinjau" in request.POST:
            # Looking asks for no reason.
            form.fields["reason"].required = False
        else:
            require(request.user, CHANGE)
        if form.is_valid() and "pratinjau" not in request.POST:
            try:
                change_detection(
                    uid=uid,
                    version=form.cleaned_data["version"],
                    title=form.cleaned_data["title"],
                    status=form.cleaned_data["status"],
                    content=form.content(),
                    runbook=form.cleaned_data["runbook"],
                    reason=form.cleaned_data["reason"],
                    actor=person(request),
                )
            except DomainError as error:
                form.add_error(None, error.message())
            else:
                messages.success(request, _("Deteksi disimpan. Versi sebelumnya dapat dikembalikan di bawah."))
                return redirect("watch-detection", uid=uid)
    wanted = read_rule(form.content()) if form.is_bound and form.is_valid() else None
    context = {
        "detection": found,
        "words": rule_words(found.rule),
        "escalations": [(condition_words(item), item.severity.label) for item in found.rule.escalations],
        "form": form,
        "may_change": may_change,
        "now": preview(found.rule),
        "wanted": None if wanted is None else preview(wanted),
        "versions": found.versions.all()[:20],
    }
    status = 422 if form.errors else 200
    return render(request, "control/console/watch/detection.html", context, status=status)


@require_POST
@page(CHANGE)
def take_detection_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put the former wording in force again."""
    try:
        found = take_back(uid=uid, actor=person(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Versi %(version)d berlaku, dengan isi yang lama.") % {"version": found.version})
    return redirect("watch-detection", uid=uid)
