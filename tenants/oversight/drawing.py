"""Drawing a sample in the background and freezing it."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.money import decimal_text
from kernel.periods import Month
from kernel.permissions import require
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.oversight.errors import NobodyToDraw
from tenants.oversight.models import Sample, SampledPerson
from tenants.oversight.permissions import EXAMINE
from tenants.oversight.risk import Signals, reasons, score
from tenants.oversight.sampling import Drawn, draw
from tenants.oversight.signals import signals_of, statements
from tenants.rules.engine import canonical_json

DRAW_WORK: Final = "oversight.draw"
DRAWN = declare_action("oversight.sample_drawn", "Sampel pemeriksaan diambil")


@transaction.atomic
def start_drawing(*, month: Month, opd: Unit | None, percent: Decimal, riskiest: int, seed: str, actor: User) -> Job:
    """Draw a sample of the month's people in the background. Raises NobodyToDraw."""
    require(actor, EXAMINE)
    if not _population(month, opd):
        raise NobodyToDraw
    return work.start(
        kind=DRAW_WORK,
        title=_("Sampel pemeriksaan %(month)s") % {"month": month},
        actor=actor,
        parameters={
            "month": str(month),
            "opd": None if opd is None else str(opd.uid),
            "percent": decimal_text(percent),
            "riskiest": riskiest,
            "seed": seed,
        },
    )


@work.work(DRAW_WORK)
def draw_sample(progress: work.Progress) -> None:
    """Count the signals, draw, and write sample and people in one transaction; a job draws once, however often it is
    taken up."""
    wanted = progress.job.parameters
    frozen = Sample.objects.filter(job_uid=progress.job.uid).first()
    if frozen is not None:
        _tell(progress, frozen)
        return
    month = Month.parse(wanted["month"])
    opd = None if wanted["opd"] is None else Unit.objects.get(uid=UUID(wanted["opd"]))
    steps = statements() + 1
    signals = signals_of(month, lambda done: progress.advance(done, steps, _("Menghitung tanda risiko")))
    people = _population(month, opd)
    seen = {nip: signals.get(pk, Signals()) for nip, pk in people.items()}
    drawn = draw(
        people,
        {nip: score(found) for nip, found in seen.items()},
        percent=Decimal(wanted["percent"]),
        riskiest=wanted["riskiest"],
        seed=wanted["seed"],
    )
    drawer = progress.job.started_by
    if drawer is None:
        raise LookupError("a sample is drawn by somebody")
    # What was frozen cannot be taken back any more, so this is the last moment to stop.
    progress.advance(steps, steps)
    _tell(progress, _freeze(progress.job.uid, month, opd, wanted, drawn, people, seen, drawer))


def _tell(progress: work.Progress, sample: Sample) -> None:
    progress.result(
        facts=[[_("Pegawai"), sample.population], [_("Terpilih"), sample.people.count()]],
        url=reverse("oversight-sample", args=[sample.uid]),
    )


@transaction.atomic
def _freeze(
    job_uid: UUID,
    month: Month,
    opd: Unit | None,
    wanted: dict[str, object],
    drawn: list[Drawn],
    people: dict[str, int],
    seen: dict[str, Signals],
    drawer: User,
) -> Sample:
    content = {
        "month": str(month),
        "opd": wanted["opd"],
        "percent": wanted["percent"],
        "riskiest": wanted["riskiest"],
        "seed": wanted["seed"],
        "population": len(people),
        "people": [[one.nip, one.why, _reason_rows(seen[one.nip])] for one in drawn],
    }
    sample, is_new = Sample.objects.get_or_create(
        job_uid=job_uid,
        defaults={
            "month": month.first_day,
            "opd": opd,
            "percent": Decimal(str(wanted["percent"])),
            "riskiest": int(str(wanted["riskiest"])),
            "seed": str(wanted["seed"]),
            "population": len(people),
            "digest": sha256(canonical_json(content).encode()).hexdigest(),
            "drawn_by": drawer,
        },
    )
    if not is_new:
        return sample
    SampledPerson.objects.bulk_create(
        SampledPerson(
            sample=sample,
            order=order,
            employee_id=people[one.nip],
            why=one.why,
            risk=one.risk,
            reasons=_reason_rows(seen[one.nip]),
        )
        for order, one in enumerate(drawn, 1)
    )
    record(
        DRAWN,
        actor=drawer,
        subject=sample,
        after={"people": len(drawn), "of": len(people), "seed": sample.seed, "digest": sample.digest},
    )
    return sample


def _reason_rows(signals: Signals) -> list[list[object]]:
    return [[name, count, decimal_text(points)] for name, count, points in reasons(signals)]


def _population(month: Month, opd: Unit | None) -> dict[str, int]:
    """NIP to key of everybody in service in the month, whose post on its last day is in the OPD. Of two people with one
    NIP the active one counts."""
    last = month.days()[-1]
    people = Employee.objects.in_service(month.first_day, month.end).in_opds(None if opd is None else [opd.uid], last)
    return dict(people.filter(Q(position_id__isnull=False)).order_by("is_active").values_list("nip", "pk"))
