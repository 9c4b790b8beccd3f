"""Having the checks made: now, without storing anything, or stored so that hits have a history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.preaudit.checks import Check, Found, all_checks
from tenants.preaudit.errors import NothingToCheck
from tenants.preaudit.models import Hit, Look, Waiver
from tenants.preaudit.permissions import CHECK
from tenants.preaudit.subject import Subject
from tenants.rules.engine import canonical_json
from tenants.tpp.models import MonthRun

LOOK_WORK: Final = "preaudit.look"
LOOKED = declare_action("preaudit.looked", "Pra-audit dijalankan")
BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check found now, with the mark by which the same thing is known again."""

    check: Check
    found: Found
    fingerprint: str


def look_at(subject: Subject, advance: Callable[[int, str], None] | None = None) -> list[Seen]:
    """Make every check. The statements do not grow with the people; `advance` is told before each check."""
    found: list[tuple[Check, Found]] = []
    for number, check in enumerate(all_checks()):
        if advance is not None:
            advance(number, str(check.title))
        found += [(check, one) for one in check.find(subject) if one.employee_id in subject.payees]
    uids = dict(Employee.objects.filter(pk__in={one.employee_id for _, one in found}).values_list("pk", "uid"))
    return [Seen(check, one, _fingerprint(check, one, uids[one.employee_id])) for check, one in found]


def open_now(run: MonthRun, opd_id: int) -> list[Seen]:
    """What speaks against paying the OPD at this moment and nobody has let through. Reads only."""
    seen = look_at(Subject.of(run, frozenset({opd_id})))
    if not seen:
        return []
    waived = set(
        Waiver.objects.standing()
        .filter(
            hit__month=run.month,
            hit__kind=run.kind,
            hit__opd=opd_id,
            hit__fingerprint__in=[one.fingerprint for one in seen],
        )
        .values_list("hit__fingerprint", flat=True)
    )
    return [one for one in seen if one.fingerprint not in waived]


@transaction.atomic
def start_look(*, month: Month, kind: str, actor: User) -> Job:
    """Have all OPDs of the month checked in the background. Raises NothingToCheck."""
    require(actor, CHECK)
    if not _runs(month, kind):
        raise NothingToCheck(month)
    return work.start(
        kind=LOOK_WORK,
        title=_("Pra-audit TPP %(month)s") % {"month": month_words(month)},
        actor=actor,
        parameters={"month": str(month), "kind": kind},
    )


@work.work(LOOK_WORK)
def work_look(progress: work.Progress) -> None:
    """Check the OPDs run by run, each in one transaction; doing it again changes nothing but the time."""
    wanted = progress.job.parameters
    month, kind = Month.parse(wanted["month"]), str(wanted["kind"])
    runs = _runs(month, kind)
    steps = len(runs) * sum(1 for _ in all_checks())
    done = people = hits = still_open = 0
    for run, opds in runs:

        def advance(number: int, title: str, before: int = done) -> None:
            progress.advance(before + number, steps, title)

        look = store_look(run, opds, actor=progress.job.started_by, advance=advance)
        done += sum(1 for _ in all_checks())
        people, hits, still_open = people + look.people, hits + look.hits, still_open + look.open_hits
    progress.advance(steps, steps)
    progress.result(
        facts=[[_("Pegawai"), people], [_("Temuan"), hits], [_("Belum selesai"), still_open]],
        url=f"{reverse('preaudit-month')}?bulan={month}&jenis={kind}",
    )


@transaction.atomic
def look_at_opd(*, month: Month, kind: str, opd: Unit, actor: User) -> Look:
    """Check one OPD here and now and store what was found. Raises NothingToCheck."""
    require(actor, CHECK)
    run = MonthRun.objects.counting(month, kind, opd.uid)
    if run is None:
        raise NothingToCheck(month)
    return store_look(run, frozenset({opd.pk}), actor=actor, opd=opd)


@transaction.atomic
def store_look(
    run: MonthRun,
    opd_ids: frozenset[int],
    *,
    actor: User | None,
    opd: Unit | None = None,
    advance: Callable[[int, str], None] | None = None,
) -> Look:
    """Make the checks and bring the stored hits of these OPDs up to what was found."""
    # Two looks at the same run come one after the other, so the newer one decides what is gone.
    MonthRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    now = clock.now()
    subject = Subject.of(run, opd_ids)
    seen = look_at(subject, advance)
    _store(subject, seen, now)
    stored = Hit.objects.filter(month=run.month, kind=run.kind, opd__in=opd_ids)
    stored.filter(gone_at__isnull=True, last_seen_at__lt=now).update(gone_at=now)
    look = Look.objects.create(
        run=run,
        opd=opd,
        people=len(subject.payees),
        hits=len(seen),
        open_hits=stored.open().count(),
        looked_by=actor,
        looked_at=now,
    )
    if actor is not None:
        after = {"opd": None if opd is None else opd.uid, "hits": look.hits, "open": look.open_hits}
        record(LOOKED, actor=actor, subject=run, after=after)
    return look


def _store(subject: Subject, seen: Iterable[Seen], now: datetime) -> None:
    rows: Iterator[Hit] = (
        Hit(
            month=subject.run.month,
            kind=subject.run.kind,
            opd_id=subject.payees[one.found.employee_id].opd_id,
            employee_id=one.found.employee_id,
            check_code=one.check.code,
            is_grave=one.check.is_grave,
            facts=dict(one.found.facts),
            fingerprint=one.fingerprint,
            slip_id=subject.payees[one.found.employee_id].slip_id,
            first_seen_at=now,
            last_seen_at=now,
        )
        for one in seen
    )
    Hit.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["month", "kind", "opd", "fingerprint"],
        update_fields=["last_seen_at", "gone_at", "is_grave", "slip"],
    )


def _fingerprint(check: Check, found: Found, employee: UUID) -> str:
    content = {"check": check.code, "employee": str(employee), "facts": dict(found.facts)}
    return sha256(canonical_json(content).encode()).hexdigest()


def _runs(month: Month, kind: str) -> list[tuple[MonthRun, frozenset[int]]]:
    """The runs that count for the month, each with the OPDs that it counts for."""
    counting: dict[int, set[int]] = {}
    runs: dict[int, MonthRun] = {}
    for opd, run in MonthRun.objects.counting_by_opd(month, kind=kind).items():
        counting.setdefault(run.pk, set()).add(opd)
        runs[run.pk] = run
    return [(runs[key], frozenset(opds)) for key, opds in sorted(counting.items())]
