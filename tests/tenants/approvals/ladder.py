"""An OPD with a head, a sekda above it, and the region's own offices, for the tests of chains."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kernel import clock
from kernel.accounts.models import User
from tenants.approvals.actions import submit
from tenants.approvals.models import ApprovalRequest
from tenants.employees.models import Employee
from tenants.organisation.models import Position
from tests.cast import Office, Person, make_employee, make_nip, make_opd, make_position, make_user

# A Thursday, ten in the morning in Manado.
NOW = datetime(2026, 11, 19, 2, 0, tzinfo=clock.zone("UTC"))
TODAY = date(2026, 11, 19)


@dataclass(frozen=True)
class Ladder:
    """Above Budi: the head of the OPD, the sekda, and beside them the head of another OPD."""

    head: Person
    sekda: Person
    other_head: Person
    sekda_position: Position


def person_at(name: str, position: Position, *roles: str) -> Person:
    nip = make_nip()
    user = make_user(nip, name, *(roles or ("asn", "atasan")))
    return Person(user, make_employee(name, position, nip=nip, user=user))


def make_ladder(office: Office) -> Ladder:
    """The head of the cast's OPD is marked kepala OPD, and reports to the sekda."""
    secretariat = make_opd("0.01", "Sekretariat Daerah")
    sekda = make_position(secretariat, "S-1", "Sekretaris Daerah", kelas=15, kind="jpt")
    other = make_opd("1.77", "Dinas Perhubungan")
    other_head = make_position(other, "H-1", "Kepala Dinas Perhubungan", kelas=14, kind="jpt", superior=sekda)
    Position.objects.filter(pk=sekda.pk).update(office="sekda")
    Position.objects.filter(pk__in=[office.head.pk, other_head.pk]).update(office="kepala_opd")
    Position.objects.filter(pk=office.head.pk).update(superior=sekda)
    return Ladder(
        head=person_at("Kepala", office.head),
        sekda=person_at("Sekda", sekda),
        other_head=person_at("Kepala Lain", other_head),
        sekda_position=sekda,
    )


def hand_in(person: Person | Employee, actor: User | None = None, **values: Any) -> ApprovalRequest:
    """One paper of this person, handed in today."""
    employee = person.employee if isinstance(person, Person) else person
    who = actor or (person.user if isinstance(person, Person) else None)
    return submit(
        **{
            "document_kind": "paper",
            "document_uid": uuid.uuid4(),
            "owner": employee,
            "title": "Surat",
            "on": TODAY,
            "actor": who,
            **values,
        }
    )
