"""Posts, classes and standings that say something else than the slip."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext_lazy as _

from tenants.employees.models import Employee, Placement
from tenants.preaudit.checks.registry import BPK, Fact, Found, Mend, as_facts, check
from tenants.preaudit.subject import Subject

# SE BKN 1/SE/I/2021: three months, once extended by three.
LONGEST_ACTING: Final = timedelta(days=184)


@check(
    "post_elsewhere",
    title=_("Jabatan tercatat di OPD lain"),
    words=_("Pada %(on)s jabatannya tercatat di %(now)s, sedangkan slip ini dibayar %(paid)s."),
    mend=Mend.EMPLOYEE,
    is_grave=True,
    source=BPK,
)
def post_elsewhere(subject: Subject) -> Iterator[Found]:
    """The definitive post of the reference date is in another OPD by now, or there is none."""
    on = subject.run.reference_date
    people = Employee.objects.filter(subject.among_people("pk")).placed_on(on).order_by("pk")
    for employee, opd, name in people.values_list("pk", F("opd_id"), F("opd_name")):
        payee = subject.payees[employee]
        if opd != payee.opd_id:
            yield Found(employee, as_facts(on=on, now=name or "-", paid=str(payee.heading.get("opd", "-"))))


@check(
    "post_held_by_two",
    title=_("Satu jabatan struktural dipegang dua orang"),
    words=_("Jabatan %(title)s pada %(on)s juga dipegang definitif oleh %(others)s."),
    mend=Mend.EMPLOYEE,
    is_grave=True,
    source=BPK,
)
def post_held_by_two(subject: Subject) -> Iterator[Found]:
    """A post of pimpinan tinggi, administrator or pengawas has two definitive holders on the reference date."""
    on = subject.run.reference_date
    structural = Placement.objects.on(on).definitive().filter(position__kind__in=["jpt", "administrator", "pengawas"])
    crowded = structural.order_by().values("position").annotate(holders=Count("employee")).filter(holders__gt=1)
    rows = structural.filter(position__in=crowded.values("position")).order_by("position", "employee")
    holders: dict[int, list[tuple[int, str, str]]] = {}
    for position, employee, name, title in rows.values_list(
        "position", "employee", "employee__name", "position__title"
    ):
        holders.setdefault(position, []).append((employee, name, title))
    for group in holders.values():
        for employee, _name, title in group:
            others = ", ".join(name for key, name, _ in group if key != employee)
            if employee in subject.payees:
                yield Found(employee, as_facts(title=title, on=on, others=others))


@check(
    "class_differs",
    title=_("Kelas jabatan berbeda dari peta jabatan"),
    words=_("Slip dihitung dengan kelas %(paid)s, sedangkan peta jabatan mencatat kelas %(now)s pada %(on)s."),
    mend=Mend.RUN,
    source=_("Kelas pada peta jabatan menentukan jumlahnya."),
)
def class_differs(subject: Subject) -> Iterator[Found]:
    """The map of posts was corrected behind the run."""
    on = subject.run.reference_date
    people = Employee.objects.filter(subject.among_people("pk")).placed_on(on).order_by("pk")
    for employee, kelas in people.values_list("pk", F("kelas")):
        paid = subject.payees[employee].heading.get("kelas")
        if paid is not None and kelas != paid:
            yield Found(employee, as_facts(paid=str(paid), now="-" if kelas is None else str(kelas), on=on))


@check(
    "standing_differs",
    title=_("Status atau golongan berbeda dari catatan"),
    words=_("Slip dihitung sebagai %(paid)s, sedangkan catatan pada %(on)s menyebut %(now)s."),
    mend=Mend.RUN,
    source=_("Status dan golongan menentukan pajaknya."),
)
def standing_differs(subject: Subject) -> Iterator[Found]:
    """Status or golongan were corrected behind the run."""
    on = subject.run.reference_date
    for person in subject.recorded:
        heading = subject.payees[person.employee_id].heading
        paid, now = f"{heading['status']} {heading['golongan']}".strip(), f"{person.status} {person.golongan}".strip()
        if paid != now:
            yield Found(person.employee_id, as_facts(paid=paid, now=now or "-", on=on))


@check(
    "acting_without_letter",
    title=_("Plt/Plh tanpa nomor surat"),
    words=_("Dibayar sebagai %(kind)s %(title)s sejak %(since)s tanpa nomor surat perintah."),
    mend=Mend.EMPLOYEE,
    source=_("Surat perintah Plt/Plh adalah bukti pembayaran."),
)
def acting_without_letter(subject: Subject) -> Iterator[Found]:
    """An acting post on the reference date has no letter."""
    for placement in _acting(subject).filter(letter_number=""):
        yield Found(placement.employee_id, _named(placement))


@check(
    "acting_too_long",
    title=_("Plt lebih dari enam bulan"),
    words=_("Menjadi %(kind)s %(title)s sejak %(since)s, lebih dari enam bulan."),
    mend=Mend.EMPLOYEE,
    source=_("SE BKN 1/SE/I/2021: tiga bulan, diperpanjang sekali tiga bulan"),
)
def acting_too_long(subject: Subject) -> Iterator[Found]:
    """An acting post began more than six months before the reference date."""
    before = subject.run.reference_date - LONGEST_ACTING
    for placement in _acting(subject).filter(period__startswith__lt=before):
        yield Found(placement.employee_id, _named(placement))


def _acting(subject: Subject) -> QuerySet[Placement]:
    return (
        Placement.objects.on(subject.run.reference_date)
        .acting()
        .filter(subject.among_paid("employee"))
        .select_related("position")
        .order_by("employee_id", "pk")
    )


def _named(placement: Placement) -> dict[str, Fact]:
    return as_facts(kind=placement.get_kind_display(), title=placement.position.title, since=placement.period.lower)
