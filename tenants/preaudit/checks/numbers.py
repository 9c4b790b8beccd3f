"""Numbers by which people are told apart, and people who may be one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tenants.employees.models import Employee
from tenants.employees.nip import CONTRACT, InvalidNip, Remark, read_nip
from tenants.preaudit.checks.registry import BPK, Found, Mend, as_facts, check
from tenants.preaudit.subject import Subject


@check(
    "nip_malformed",
    title=_("NIP tidak sesuai bentuknya"),
    words=_("NIP %(nip)s tidak dapat dibaca: tanggal lahir, tahun pengangkatan, atau kode di dalamnya keliru."),
    mend=Mend.EMPLOYEE,
    source=_("Perka BKN 22/2007 dan 43/2007"),
)
def nip_malformed(subject: Subject) -> Iterator[Found]:
    """A number that cannot be one; those of contract workers are the region's own."""
    for employee, nip, status, _golongan in subject.recorded:
        if status == CONTRACT:
            continue
        try:
            read_nip(nip, this_year=subject.today.year)
        except InvalidNip:
            yield Found(employee, as_facts(nip=nip))


@check(
    "nip_of_another_status",
    title=_("NIP tidak cocok dengan status"),
    words=_("NIP %(nip)s berbentuk %(form)s, sedangkan statusnya %(status)s."),
    mend=Mend.EMPLOYEE,
    source=_("Susunan NIP PNS dan nomor induk PPPK berbeda."),
)
def nip_of_another_status(subject: Subject) -> Iterator[Found]:
    """A PNS with the number of a PPPK, or the other way round: status decides the list and the tax."""
    for employee, nip, status, _golongan in subject.recorded:
        if status == CONTRACT:
            continue
        try:
            number = read_nip(nip, this_year=subject.today.year)
        except InvalidNip:
            continue
        if Remark.STATUS_DIFFERS in number.remarks(status):
            form = "PPPK" if number.is_pppk else "PNS"
            yield Found(employee, as_facts(nip=nip, form=form, status=status))


@check(
    "same_person_twice",
    title=_("Mungkin orang yang sama dibayar dua kali"),
    words=_("Nama dan tanggal lahirnya sama dengan NIP %(others)s."),
    mend=Mend.EMPLOYEE,
    is_grave=True,
    source=BPK,
)
def same_person_twice(subject: Subject) -> Iterator[Found]:
    """Two payees of the region with one name and one day of birth (the first eight digits)."""
    everywhere = subject.granted_anywhere().values("employee")
    groups: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for employee, nip, name in Employee.objects.filter(pk__in=everywhere).values_list("pk", "nip", "name"):
        groups[" ".join(name.casefold().split()), nip[:8]].append((employee, nip))
    for group in groups.values():
        for employee, nip in group:
            others = sorted(other for key, other in group if key != employee)
            if others and employee in subject.payees:
                yield Found(employee, as_facts(others=", ".join(others), nip=nip))
