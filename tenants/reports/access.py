"""Whose papers a person may see."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope, user_may
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet
from tenants.reports.models import IssuedPaper
from tenants.reports.papers.plan import KIND_WORDS
from tenants.reports.permissions import PAPER_SETTINGS, READ_PAPERS


def readable_opds(user: User) -> UnitQuerySet:
    """The OPDs whose papers the person may see, by code."""
    return Unit.objects.active().opds().in_opds(opd_scope(user, READ_PAPERS)).order_by("code")


def readable_opd(user: User, uid: UUID) -> Unit:
    """The OPD, for who may see its papers. Raises NotFound for a stranger as for an unknown uid."""
    opd = Unit.objects.opds().filter(uid=uid).first()
    if opd is None or not user_may(user, READ_PAPERS, opd=opd.uid):
        raise NotFound("opd")
    return opd


def readable_paper(user: User, uid: UUID) -> IssuedPaper:
    """The issued paper of an OPD that the person may see; slips are reached by their own page. Raises NotFound."""
    papers = IssuedPaper.objects.select_related("opd", "run__rule_set", "lock").filter(slip__isnull=True)
    paper = papers.filter(uid=uid).first()
    if paper is None or not user_may(user, READ_PAPERS, opd=paper.opd.uid):
        raise NotFound("paper")
    return paper


def unit_to_set(user: User, text: str) -> Unit | None:
    """The unit whose settings are asked for; None is the region, for who may set the whole region's.

    Raises NotFound.
    """
    if not text:
        if opd_scope(user, PAPER_SETTINGS) is not None:
            raise NotFound("unit")
        return None
    try:
        unit = Unit.objects.active().select_related("opd").filter(uid=UUID(text)).first()
    except ValueError as error:
        raise NotFound("unit") from error
    if unit is None or unit.opd is None or not user_may(user, PAPER_SETTINGS, opd=unit.opd.uid):
        raise NotFound("unit")
    return unit


def kind_asked(text: str) -> str:
    """The kind of run of an address. Raises NotFound."""
    if text not in KIND_WORDS:
        raise NotFound("kind")
    return text
