"""Packs are made in the background, with progress."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from control.incidents.actions import DESK, incident_of
from control.incidents.models import Pack
from control.incidents.packs.making import make_pack
from kernel.accounts.models import User
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.jobs.work import Progress

KIND: Final = "incidents.pack"
# A worker has no request that says whose addresses count.
_URLS: Final = "config.urls_operator"


@transaction.atomic
def start_pack(*, uid: UUID, kind: str, actor: User) -> Job:
    """Make this pack of the incident in the background. Raises NotFound, and ValueError for no kind of pack."""
    incident = incident_of(uid)
    label = Pack.Kind(kind).label
    return work.start(
        kind=KIND,
        title=_("%(kind)s %(number)s") % {"kind": label, "number": incident.number},
        actor=actor,
        parameters={"incident": str(incident.uid), "kind": kind},
    )


@work.work(KIND)
def _make(progress: Progress) -> None:
    asked = progress.job.parameters
    incident = incident_of(UUID(asked["incident"]))
    pack = make_pack(incident, asked["kind"], actor=progress.job.started_by or DESK, progress=progress)
    address = reverse("desk-pack", args=[incident.uid, pack.uid], urlconf=_URLS)
    progress.result(
        facts=[(_("Insiden"), incident.number), (_("SHA-256"), pack.sha256), (_("Berkas"), pack.file.name)],
        links=[
            {"text": _("Unduh paket"), "url": address},
            {"text": _("Kembali ke insiden"), "url": reverse("desk-incident", args=[incident.uid], urlconf=_URLS)},
        ],
    )
