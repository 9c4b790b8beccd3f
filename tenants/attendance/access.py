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
from tenants.attendance.models import AttendanceDocument, DutyOrder
from tenants.attendance.permissions import RECORD
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
    found = AttendanceDocument.objects.select_related("employee", "file", "decided_by", "order").filter(uid=uid).first()
    if found is None or not _may_read(user, found):
        raise NotFound("document")
    return found


def is_in_charge(user: User, document: AttendanceDocument) -> bool:
    """Whether the person records documents for the OPD in which the owner was on its first day."""
    if not user_may(user, RECORD):
        return False
    if opd_scope(user, RECORD) is None:
        return True
    return people_in_scope(user, RECORD, document.period.lower).filter(pk=document.employee_id).exists()


def document_in_charge(user: User, uid: UUID) -> AttendanceDocument:
    """A document of the OPDs for which the person records. Raises NotFound."""
    found = AttendanceDocument.objects.select_related("employee", "file", "decided_by", "order").filter(uid=uid).first()
    if found is None or not is_in_charge(user, found):
        raise NotFound("document")
    return found


def people_to_send(user: User, day: date) -> EmployeeQuerySet:
    """Whom the person may order somewhere: those whose documents they record, else their direct staff."""
    if user_may(user, RECORD):
        return people_in_scope(user, RECORD, day)
    return subordinates(user, day)


def readable_order(user: User, uid: UUID) -> tuple[DutyOrder, list[AttendanceDocument]]:
    """An order with its documents by name: for who proposed it, who is sent, who decides, and who is in charge of
    somebody in it. Raises NotFound."""
    found = DutyOrder.objects.select_related("proposed_by").filter(uid=uid).first()
    if found is None:
        raise NotFound("order")
    papers = list(found.documents.select_related("employee", "file", "order").order_by("employee__name", "pk"))
    if found.proposed_by.user_id == user.pk or any(paper.employee.user_id == user.pk for paper in papers):
        return found, papers
    if may_read_document(user, document_kind=AttendanceDocument.Purpose.ORDER, document_uid=uid):
        return found, papers
    if user_may(user, "attendance.read_unit"):
        people = people_in_scope(user, "attendance.read_unit", found.period.lower)
        if people.filter(pk__in=[paper.employee_id for paper in papers]).exists():
            return found, papers
    raise NotFound("order")


def _may_read(user: User, document: AttendanceDocument) -> bool:
    if document.employee.user_id == user.pk:
        return True
    if user_may(user, "attendance.read_unit"):
        scope = opd_scope(user, "attendance.read_unit")
        if scope is None:
            return True
        if people_in_scope(user, "attendance.read_unit", document.period.lower).filter(pk=document.employee_id):
            return True
    asked = document.uid if document.order is None else document.order.uid
    return may_read_document(user, document_kind=document.purpose, document_uid=asked)


@reader(DOCUMENT_FILE, is_sensitive=True)
def may_read_letter(user: User, stored: StoredFile) -> bool:
    """The letter of a document: its owner, who decides, and who is in charge of the OPD."""
    documents = AttendanceDocument.objects.select_related("employee", "order").filter(file=stored)
    return any(_may_read(user, document) for document in documents)
