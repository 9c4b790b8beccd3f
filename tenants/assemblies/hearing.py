"""What the leader of an assembly says of an event (`tenants.punches.witnesses`).

`context.roll_call` of the event holds `assembly` (uid, "" when only digits were typed) and either

* `code`: the changing code that the leader's phone showed: the person was there;
* `ticks`: people without a phone, by uid: only the leader may say so;
* `pair`: the changing code of a person's own phone (`kiosks.statements`), scanned by the leader's: both signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tenants.assemblies.models import CLOSES_AFTER, OPENS_BEFORE, Assembly
from tenants.assemblies.presence import BY_CODE, OTHER_TIME, PAIRED, TICKED
from tenants.employees.models import Employee
from tenants.kiosks.codes import Fit, digits_of, fit_of
from tenants.kiosks.hearing import hear_person
from tenants.kiosks.secrets import code_secrets
from tenants.kiosks.statements import read_person_code
from tenants.punches.witnesses import Testimony

KIND: Final = "assembly"
WRONG: Final = "roll_call_wrong"


def hear_roll_call(event: Mapping[str, Any], employee_id: int | None, captured_at: datetime) -> Testimony:
    """Whether the event belongs to an assembly, and what it proves there."""
    said = event["context"]["roll_call"]
    if not isinstance(said, Mapping) or employee_id is None:
        return Testimony(reasons=(WRONG,), is_doubtful=True)
    if said.get("ticks") or said.get("pair"):
        return _by_leader(said, employee_id, captured_at)
    return _by_code(said, captured_at)


def _by_code(said: Mapping[str, Any], captured_at: datetime) -> Testimony:
    digits = digits_of(str(said.get("code", "")))
    other: Assembly | None = None
    for assembly in _open_at(said.get("assembly"), captured_at) if digits else ():
        fit = fit_of(code_secrets(KIND, assembly.uid, assembly.turn), digits, captured_at)
        if fit is Fit.NOW:
            return Testimony(reasons=(BY_CODE,), lifts_place=True, assembly=assembly.uid)
        if fit is Fit.OTHER_TIME:
            other = assembly
    if other is not None:
        return Testimony(reasons=(OTHER_TIME,), is_doubtful=True, assembly=other.uid)
    return Testimony(reasons=(WRONG,), is_doubtful=True)


def _by_leader(said: Mapping[str, Any], employee_id: int, captured_at: datetime) -> Testimony:
    for assembly in _open_at(said.get("assembly"), captured_at):
        if assembly.leader_id != employee_id:
            continue
        if not said.get("pair"):
            return Testimony(reasons=(TICKED,), lifts_place=True, assembly=assembly.uid)
        code = read_person_code(said["pair"])
        person = None if code is None else Employee.objects.filter(uid=code.person, is_active=True).first()
        wrong = "wrong" if person is None else hear_person(code, person.pk, captured_at)
        if wrong in ("", "pending"):
            return Testimony(reasons=(PAIRED,), lifts_place=True, assembly=assembly.uid)
        return Testimony(reasons=(WRONG,), is_doubtful=True)
    return Testimony(reasons=(WRONG,), is_doubtful=True)


def _open_at(named: object, moment: datetime) -> Iterable[Assembly]:
    """The standing assemblies whose code is shown at the moment; the one named, or any."""
    found = Assembly.objects.standing().filter(starts_at__lte=moment + OPENS_BEFORE, ends_at__gte=moment - CLOSES_AFTER)
    if not named:
        return found
    try:
        return found.filter(uid=UUID(str(named)))
    except ValueError:
        return ()
