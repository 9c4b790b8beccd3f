"""Who may see whose attendance."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, user_may
from tenants.approvals.access import may_read_document
from tenants.attendance.errors import NoEmployee
from tenants.attendance.models import AttendanceDocument
from tenants.employees.access import own_employee, people_in_scope
from tenants.employees.models import Employee
from tenants.employees.querysets import EmployeeQuerySet, reporting_lines_on

DOCUMENT_FILE = "attendance_document"


def employee_id_of(user: User) -> int:
    """The key of the person's own employee row. Raises NoEmployee."""
    found = Employee.objects.active().filter(user=user).values_list("pk", flat=True).first()
    if found is None:
        raise NoEmployee
    return found


def employee_of(user: User) -> Employee:
    """The person's own employee row. Raises NoEmployee."""
    try:
        return own_employee(user)
    except NotFound as error:
        raise NoEmployee from error


def subordinates(user: User, day: date) -> EmployeeQuerySet:
    """The people who report directly to this person on the day; nobody without an own employee row."""
    own = Employee.objects.filter(user=user).values_list("pk", flat=True).first()
    ids = [] if own is None else reporting_lines_on(day).subordinates_of(own)
    return Employee.objects.active().placed_on(day).filter(pk__in=ids)


def readable_employee(user: User, uid: UUID, day: date) -> Employee:
    """The employee whose attendance this person may see: own, of direct staff, of the OPDs in charge.

    Raises NotFound for a stranger as for an unknown uid.
    """
    employee = Employee.objects.placed_on(day).filter(uid=uid).first()
    if employee is None:
        raise NotFound("employee")
    if employee.user_id == user.pk and user_may(user, "attendance.read_own"):
        return employee
    if user_may(user, "attendance.read_unit"):
        scope = opd_scope(user, "attendance.read_unit")
        if scope is None or getattr(employee, "opd_uid", None) in scope:
            return employee
    if user_may(user, "attendance.read_staff") and subordinates(user, day).filter(pk=employee.pk).exists():
        return employee
    raise NotFound("employee")


def own_document(user: User, uid: UUID, *, lock: bool = False) -> AttendanceDocument:
    """A document of the person. Raises NotFound."""
    documents = AttendanceDocument.objects.select_related("employee").filter(employee__user=user, uid=uid)
    if lock:
        documents = documents.select_for_update(of=("self",))
    found = documents.first()
    if found is None:
        raise NotFound("document")
    return found


def readable_document(user: User, uid: UUID) -> AttendanceDocument:
    """A document that the person may see: own, to decide, or of the OPDs in charge. Raises NotFound."""
    found = AttendanceDocument.objects.select_related("employee", "file", "decided_by").filter(uid=uid).first()
    if found is None or not _may_read(user, found):
        raise NotFound("document")
    return found


def _may_read(user: User, document: AttendanceDocument) -> bool:
    if document.employee.user_id == user.pk:
        return True
    if user_may(user, "attendance.read_unit"):
        scope = opd_scope(user, "attendance.read_unit")
        if scope is None:
            return True
        if people_in_scope(user, "attendance.read_unit", document.period.lower).filter(pk=document.employee_id):
            return True
    return may_read_document(user, document_kind=document.purpose, document_uid=document.uid)


@reader(DOCUMENT_FILE)
def may_read_letter(user: User, stored: StoredFile) -> bool:
    """The letter of a document: its owner, who decides, and who is in charge of the OPD."""
    documents = AttendanceDocument.objects.select_related("employee").filter(file=stored)
    return any(_may_read(user, document) for document in documents)
