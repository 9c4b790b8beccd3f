"""What leaves the desk: evidence, packs, and the incident as JSON."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from control.incidents.actions import incident_of
from control.incidents.handing_out import evidence_to_take, pack_to_take
from control.incidents.models import Pack
from control.incidents.packs.jobs import start_pack
from control.incidents.packs.state import snapshot
from control.incidents.packs.tables import as_json as plain
from control.incidents.packs.tables import json_bytes
from control.incidents.permissions import READ, WORK
from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.files.handing import as_attachment
from kernel.permissions import page
from kernel.web import htmx


@require_safe
@page(READ)
def evidence_file(request: HttpRequest, uid: UUID, evidence: UUID) -> FileResponse:
    """A piece of evidence as a download, whatever it is."""
    return as_attachment(evidence_to_take(uid=uid, evidence=evidence, actor=person(request)))


@require_safe
@page(READ)
def pack_file(request: HttpRequest, uid: UUID, pack: UUID) -> FileResponse:
    """A pack as a download."""
    return as_attachment(pack_to_take(uid=uid, pack=pack, actor=person(request)))


@require_POST
@page(WORK)
def make(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a pack in the background and show how far it is."""
    kind = request.POST.get("kind", "")
    if kind not in Pack.Kind.values:
        raise NotFound("kind of pack")
    job = start_pack(uid=uid, kind=kind, actor=person(request))
    return htmx.go(request, reverse("jobs-job", args=[job.uid]))


@require_safe
@page(READ)
def as_json(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The incident for another system."""
    incident = incident_of(uid)
    answer = HttpResponse(json_bytes(plain(snapshot(incident))), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{incident.number}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
