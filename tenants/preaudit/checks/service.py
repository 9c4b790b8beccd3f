"""People who would be paid although they are out of service, or although a penalty cuts their pay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.employees.models import Employee
from tenants.employees.nip import CONTRACT, InvalidNip, read_nip
from tenants.employees.stops import StopPeriod, stops_between
from tenants.preaudit.checks.registry import BPK, Found, Mend, as_facts, check
from tenants.preaudit.subject import Subject
from tenants.tpp.models import DisciplinePenalty, MonthFacts, SlipLine


class _Stop(NamedTuple):
    kind: str
    code: str
    title: str | Promise
    is_grave: bool


_STOPS: Final = (
    _Stop("death", "paid_though_dead", _("Dibayar padahal meninggal dunia"), True),
    _Stop("retirement", "paid_though_retired", _("Dibayar padahal pensiun"), True),
    _Stop("resignation", "paid_though_resigned", _("Dibayar padahal berhenti"), True),
    _Stop("dismissal", "paid_though_dismissed", _("Dibayar padahal diberhentikan"), True),
    _Stop("study_leave", "paid_though_studying", _("Dibayar padahal tugas belajar"), True),
    _Stop("unpaid_leave", "paid_though_on_cltn", _("Dibayar padahal cuti di luar tanggungan negara"), True),
    _Stop("suspension", "paid_though_suspended", _("Dibayar padahal diberhentikan sementara"), True),
    _Stop("secondment", "paid_though_seconded", _("Dibayar padahal diperbantukan ke instansi lain"), True),
    _Stop("long_leave", "paid_though_on_long_leave", _("Dibayar penuh padahal cuti besar"), False),
)


def _paid_though(subject: Subject, *, kind: str) -> Iterator[Found]:
    """Whole months out of service, and parts of the month that the run did not know of."""
    payees = subject.payees
    stops = {employee: [stop for stop in found if stop.kind == kind] for employee, found in subject.stops.items()}
    touched = {employee: found for employee, found in stops.items() if found and payees[employee].net > 0}
    known = _stops_known(subject, touched) if touched else {}
    for employee, found in sorted(touched.items()):
        for stop in found:
            if _covers(stop, subject) or (stop.kind, stop.first.isoformat()) not in known.get(employee, set()):
                yield Found(
                    employee,
                    as_facts(net=Decimal(payees[employee].net), since=stop.first, letter=stop.letter or "-"),
                )
                break


def _covers(stop: StopPeriod, subject: Subject) -> bool:
    """Whether no day of the month was one of service; of a death on the first the rules may pay the month."""
    month = subject.month
    begun = month.previous.days()[-1] if stop.kind == "death" else month.first_day
    return stop.first <= begun and (stop.last is None or stop.last >= month.days()[-1])


def _stops_known(subject: Subject, employees: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """The stops that the run's frozen facts tell of, as (kind, first day)."""
    frozen = MonthFacts.objects.filter(run=subject.run, employee__in=employees)
    return {
        employee: {(stop["kind"], stop["first"]) for stop in json.loads(text).get("stops", ())}
        for employee, text in frozen.values_list("employee_id", "text")
    }


for _stop in _STOPS:
    check(
        _stop.code,
        title=_stop.title,
        words=_("Akan dibayar %(net)s, padahal tidak bertugas sejak %(since)s (surat %(letter)s)."),
        mend=Mend.EMPLOYEE,
        is_grave=_stop.is_grave,
        source=BPK,
    )(partial(_paid_though, kind=_stop.kind))


@check(
    "paid_though_inactive",
    title=_("Dibayar padahal sudah dinonaktifkan"),
    words=_("Akan dibayar %(net)s, padahal datanya sudah dinonaktifkan. Catat tanggal berhentinya."),
    mend=Mend.EMPLOYEE,
    is_grave=True,
    source=BPK,
)
def paid_though_inactive(subject: Subject) -> Iterator[Found]:
    """No longer active, and no stop says since when."""
    inactive = Employee.objects.filter(subject.among_paid("pk"), is_active=False).values_list("pk", flat=True)
    stopped = stops_between(list(subject.payees), subject.month.first_day, None)
    for employee in inactive.order_by("pk"):
        if employee not in stopped:
            yield Found(employee, as_facts(net=Decimal(subject.payees[employee].net)))


@check(
    "penalty_not_applied",
    title=_("Hukuman disiplin tidak memotong"),
    words=_("Hukuman %(level)s (%(letter)s) berlaku sejak %(since)s, tetapi slip tidak memuat potongannya."),
    mend=Mend.SLIP,
    is_grave=True,
    source=_("PP 94/2021 pasal 8: 25 persen untuk hukuman sedang"),
)
def penalty_not_applied(subject: Subject) -> Iterator[Found]:
    """A medium or heavy penalty is in force, and no line of the slip takes anything for a penalty."""
    month = subject.month
    cut = SlipLine.objects.filter(subject.among_slips("slip"), kind="penalty").filter(
        Q(effect__lt=0) | Q(unrounded__gt=0)
    )
    rows = (
        DisciplinePenalty.objects.filter(
            Q(until_month__isnull=True) | Q(until_month__gt=month.first_day),
            subject.among_paid("employee"),
            from_month__lte=month.first_day,
            level__in=["sedang", "berat"],
        )
        .exclude(employee__in=cut.values("slip__employee"))
        .order_by("employee_id", "from_month")
    )
    for penalty in rows:
        yield Found(
            penalty.employee_id,
            as_facts(level=penalty.level, letter=penalty.letter_number, since=penalty.from_month),
        )


# Ages at which service ends, by the kind of post; an "ahli utama" serves to 65 and is let through with that reason.
_LAST_AGE: Final = {"jpt": 60, "fungsional": 60}
_USUAL_LAST_AGE: Final = 58


@check(
    "beyond_retirement_age",
    title=_("Melewati batas usia pensiun"),
    words=_("Menurut NIP lahir %(born)s, jadi melewati batas usia %(age)s tahun sebelum bulan ini."),
    mend=Mend.EMPLOYEE,
    source=_(
        "UU 20/2023 pasal 55: 58 tahun untuk administrator, pengawas, dan pelaksana, 60 tahun untuk pimpinan tinggi"
    ),
)
def beyond_retirement_age(subject: Subject) -> Iterator[Found]:
    """The month begins after the month in which the person reached the last age of the post's kind."""
    month = subject.month
    on = subject.run.reference_date
    people = Employee.objects.filter(subject.among_paid("pk")).placed_on(on).standing_on(on).order_by("pk")
    rows = people.values_list("pk", "nip", F("post__position__kind"), F("status"))
    for employee, nip, kind, status in rows:
        born = _born(nip, status, subject)
        age = _LAST_AGE.get(kind or "", _USUAL_LAST_AGE)
        if born is not None and (born.year + age, born.month) < (month.year, month.number):
            yield Found(employee, as_facts(born=born, age=age))


def _born(nip: str, status: str | None, subject: Subject) -> date | None:
    if status == CONTRACT:
        return None
    try:
        return read_nip(nip, this_year=subject.today.year).birth_date
    except InvalidNip:
        return None
