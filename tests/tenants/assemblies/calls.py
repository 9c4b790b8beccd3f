"""An apel as it is called, and the events of who came, as their phones sign them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import date, datetime
from typing import Any

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from tenants.assemblies.actions import CallIn, call_assembly
from tenants.assemblies.hearing import KIND
from tenants.assemblies.models import Assembly
from tenants.employees.models import Employee
from tenants.kiosks.codes import code_of, step_of
from tenants.kiosks.secrets import code_secrets
from tenants.organisation.models import Unit
from tenants.punches import witnesses
from tenants.punches.models import Punch, PunchProof
from tests.tenants.attendance.week import MONDAY, at, on

__all__ = ["MONDAY", "apel", "arrives", "at", "code_shown", "on", "ticked"]


def apel(
    *, leader: Employee, actor: User, units: list[Unit] | None = None, people: list[Employee] | None = None, **more: Any
) -> Assembly:
    """The apel of Monday, 07.30 to 08.00, called on the Friday before."""
    day: date = more.pop("date", MONDAY)
    draft = {
        "code": "UPACARA",
        "title": "Apel Senin",
        "date": day,
        "starts_at": at(day, "07:30"),
        "ends_at": at(day, "08:00"),
        "leader": leader,
        **more,
    }
    with on(date(2026, 10, 2), "14:00"):
        return call_assembly(draft=CallIn(**draft), units=units or [], people=people or [], actor=actor)


def code_shown(assembly: Assembly, moment: datetime) -> str:
    """What the leader's phone shows."""
    return code_of(code_secrets(KIND, assembly.uid, assembly.turn)[0], step_of(moment))


def ticked(people: list[Employee]) -> str:
    """People of a leader's list, as the phone writes them."""
    return ".".join(urlsafe_b64encode(person.uid.bytes).rstrip(b"=").decode() for person in people)


def arrives(employee: Employee, moment: datetime, **roll_call: str) -> Punch:
    """The person's roll call event of the moment is in, graded by what its witness says."""
    uid = new_uid()
    event = {"id": str(uid), "kind": "roll_call", "context": {"roll_call": roll_call}}
    with clock.at(moment):
        said = witnesses.hear(event, employee.pk, moment)
        punch = Punch.objects.create(
            id=uid,
            employee=employee,
            kind="roll_call",
            source="phone",
            captured_at=moment,
            state="review" if said.is_doubtful else "accepted",
            reasons=list(said.reasons),
            assembly=said.assembly,
        )
        PunchProof.objects.create(punch=punch, body=json.dumps(event), signature="-")
    return punch
