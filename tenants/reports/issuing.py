"""Issuing papers: number, code and digest of what a paper says; withdrawing one; remembering its copies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.papers.codes import new_code
from kernel.permissions import require
from kernel.tenancy import here
from tenants.organisation.models import Unit
from tenants.reports.errors import NotLockedYet, PaperRefused, SignersMissing
from tenants.reports.models import IssuedPaper, PaperCopy, Signer
from tenants.reports.papers.dressing import Dressing, dressing_of
from tenants.reports.papers.kinds import SLIP_CODE
from tenants.reports.papers.making import digest_of
from tenants.reports.papers.numbering import next_sequence, number_text
from tenants.reports.papers.opd_month import title_of
from tenants.reports.papers.plan import PlannedPaper
from tenants.reports.papers.standing import Standing
from tenants.reports.permissions import ISSUE_PAPERS, WITHDRAW_PAPERS
from tenants.tpp.models import Slip

ISSUED = declare_action("papers.issued", "Dokumen TPP diterbitkan")
REPLACED = declare_action("papers.replaced", "Dokumen TPP diganti")
WITHDRAWN = declare_action("papers.withdrawn", "Dokumen TPP ditarik")


def require_issuable(standing: Standing, dressing: Dressing, *, actor: User) -> None:
    """Check right, lock, and that everybody who signs is known.

    Raises NotAllowed, NotLockedYet, PaperRefused, SignersMissing.
    """
    opd_month = standing.opd_month
    require(actor, ISSUE_PAPERS, opd=opd_month.opd.uid)
    if opd_month.is_practice:
        raise PaperRefused("practice")
    if standing.lock is None:
        raise NotLockedYet(opd_month.month)
    roles = {role for paper in opd_month.plan.papers for role in paper.roles}
    missing = dressing.missing(sorted(roles))
    if missing:
        raise SignersMissing(", ".join(Signer.Role(role).label for role in missing))


@transaction.atomic
def issue_paper(*, standing: Standing, planned: PlannedPaper, part: str, actor: User) -> IssuedPaper:
    """The issued paper of this content: the one that is there, with its number, or a new one with the next number.

    A valid paper of the same month with other content is replaced by it. Raises as `require_issuable`.
    """
    opd_month = standing.opd_month
    day = here.today()
    dressing = dressing_of(opd_month.opd, day)
    require_issuable(standing, dressing, actor=actor)
    # One at a time for each OPD, so that the same content asked for twice is one paper.
    Unit.objects.select_for_update().get(pk=opd_month.opd.pk)
    digest = digest_of(opd_month, planned, part, dressing, day)
    papers = IssuedPaper.objects.of_opd_month(opd_month.month, opd_month.kind, opd_month.opd)
    former = papers.valid().filter(paper=planned.kind.code, part=part).first()
    if former is not None and former.digest == digest and former.lock_id == getattr(standing.lock, "pk", None):
        return former
    sequence = next_sequence(opd_month.opd, planned.kind.code, day.year)
    number = number_text(
        dressing.pattern(planned.kind.code),
        sequence,
        paper=planned.kind.short,
        opd=opd_month.opd.code,
        dated=day,
    )
    if former is not None:
        former.state = IssuedPaper.State.REPLACED
        former.save(update_fields=["state"])
    issued = IssuedPaper.objects.create(
        code=new_code(),
        paper=planned.kind.code,
        title=title_of(opd_month, planned),
        kind=opd_month.kind,
        month=opd_month.month.first_day,
        opd=opd_month.opd,
        part=part,
        run=opd_month.run,
        lock=standing.lock,
        digest=digest,
        number=number,
        sequence=sequence,
        year=day.year,
        dated=day,
        issued_by=actor,
    )
    record(ISSUED, actor=actor, subject=issued, after={"number": number, "part": part, "digest": digest})
    if former is not None:
        former.replaced_by = issued
        former.save(update_fields=["replaced_by"])
        record(REPLACED, actor=actor, subject=former, after={"by": number})
    return issued


@transaction.atomic
def withdraw_paper(*, paper: IssuedPaper, reason: str, actor: User) -> IssuedPaper:
    """Say of a paper that it does not count any more; its number stays used. Raises NotAllowed, PaperRefused."""
    require(actor, WITHDRAW_PAPERS, opd=paper.opd.uid)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise PaperRefused("no_reason")
    found = IssuedPaper.objects.select_for_update().get(pk=paper.pk)
    if found.state != IssuedPaper.State.VALID:
        raise PaperRefused("not_valid")
    found.state = IssuedPaper.State.WITHDRAWN
    found.withdrawn_because = reason
    found.save(update_fields=["state", "withdrawn_because"])
    record(WITHDRAWN, actor=actor, subject=found, note=reason)
    return found


def remember_copy(paper: IssuedPaper, kind: str, content: bytes) -> None:
    """Keep the sha256 of a file that was made of the paper, by which a copy is known again."""
    remember_copies([(paper, content)], kind)


def remember_copies(copies: Iterable[tuple[IssuedPaper, bytes]], kind: str) -> None:
    """Keep the sha256 of many files in one statement."""
    PaperCopy.objects.bulk_create(
        [PaperCopy(paper=paper, format=kind, sha256=hashlib.sha256(content).hexdigest()) for paper, content in copies],
        ignore_conflicts=True,
    )


@transaction.atomic
def paper_of_slip(slip: Slip, *, actor: Actor | None) -> IssuedPaper:
    """The slip as an issued paper without a number: the same one each time."""
    found = IssuedPaper.objects.filter(slip=slip).first()
    return found or papers_of_slips([slip], actor=actor)[slip.pk]


def papers_of_slips(slips: list[Slip], *, actor: Actor | None) -> dict[int, IssuedPaper]:
    """The issued paper of each slip, by the slip's key; those that are missing are written in one statement."""
    day = here.today()
    issuer = actor if isinstance(actor, User) else None
    known = {paper.slip_id: paper for paper in IssuedPaper.objects.filter(slip__in=slips)}
    IssuedPaper.objects.bulk_create(
        [
            IssuedPaper(
                code=new_code(),
                paper=SLIP_CODE,
                title="Slip TPP",
                kind=slip.run.kind,
                month=slip.run.month,
                opd_id=slip.opd_id,
                slip=slip,
                run=slip.run,
                digest=slip.digest,
                year=day.year,
                dated=day,
                issued_by=issuer,
            )
            for slip in slips
            if slip.pk not in known
        ],
        ignore_conflicts=True,
    )
    return {paper.slip_id or 0: paper for paper in IssuedPaper.objects.filter(slip__in=slips)}
