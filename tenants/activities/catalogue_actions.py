"""Changing one kind of work by hand; a whole catalogue comes by `catalogue_import`."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.activities.catalogue import Entry, Plan, lock_catalogue, plan
from tenants.activities.catalogue_import import write
from tenants.activities.errors import EntryRefused
from tenants.activities.models import Activity, JobKind
from tenants.activities.permissions import MANAGE_CATALOGUE

_NOTHING: Final[dict[int, str]] = {}


@transaction.atomic
def set_kind(*, entry: Entry, is_new: bool, actor: Actor) -> JobKind:
    """Add a kind of work, or lay down its next version; returns the newest version.

    A version that no activity uses yet is changed where it stands. Raises EntryRefused, NotFound, NotAllowed.
    """
    _may(actor)
    lock_catalogue()
    known = JobKind.objects.filter(code=entry.code).exists()
    if is_new and known:
        raise EntryRefused("code", _("Kode ini sudah ada di katalog. Pakai kode lain, atau ubah yang ada."))
    if not is_new and not known:
        raise NotFound("job_kind")
    planned = plan([entry])
    if planned.refused:
        raise EntryRefused("valid_from", planned.refused[0])
    write(planned, actor)
    return JobKind.objects.filter(code=entry.code).latest("valid_from")


@transaction.atomic
def end_kind(*, code: str, ends_on: date, actor: Actor) -> JobKind:
    """The newest version holds up to, but without, `ends_on`. Raises EntryRefused, NotFound, NotAllowed."""
    _may(actor)
    lock_catalogue()
    latest = JobKind.objects.filter(code=code).order_by("-valid_from").first()
    if latest is None:
        raise NotFound("job_kind")
    if ends_on <= latest.valid_from:
        raise EntryRefused("ends_on", _("Harus sesudah tanggal mulai versi ini."))
    if Activity.objects.filter(job_kind=latest, date__gte=ends_on).exclude(state="rejected").exists():
        raise EntryRefused("ends_on", _("Sudah ada aktivitas pada atau sesudah tanggal itu. Pilih tanggal sesudahnya."))
    latest.valid_to = ends_on
    write(Plan([], [], [latest], 0, _NOTHING), actor)
    return latest


def _may(actor: Actor) -> None:
    if isinstance(actor, User):
        require(actor, MANAGE_CATALOGUE)
