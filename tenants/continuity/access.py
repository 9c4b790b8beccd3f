"""Who may see a kit, a sheet of attendance and their files."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, user_may
from tenants.continuity.actions import LETTER_FILE, SHEET_FILE
from tenants.continuity.models import AttendanceSheet
from tenants.continuity.permissions import APPROVE, KIT
from tenants.organisation.models import Unit


def opds_of(user: User) -> QuerySet[Unit]:
    """The OPDs whose kit the person may take."""
    units = Unit.objects.active().opds().order_by("code")
    scope = opd_scope(user, KIT)
    return units if scope is None else units.filter(uid__in=scope)


def readable_sheets(user: User) -> QuerySet[AttendanceSheet]:
    """The sheets of the OPDs that the person has in charge."""
    sheets = AttendanceSheet.objects.all()
    scope = None if user_may(user, APPROVE) else opd_scope(user, KIT)
    return sheets if scope is None else sheets.filter(opd__uid__in=scope)


def readable_sheet(user: User, uid: UUID) -> AttendanceSheet:
    """The sheet with its OPD, files and people. Raises NotFound."""
    related = ("opd", "file", "letter", "uploaded_by", "decided_by")
    sheet = readable_sheets(user).select_related(*related).filter(uid=uid).first()
    if sheet is None:
        raise NotFound("attendance_sheet")
    return sheet


@reader(SHEET_FILE)
def may_read_sheet(user: User, stored: StoredFile) -> bool:
    """The file of a sheet: who brought it in, and who may see the sheet."""
    return stored.owner_id == user.pk or (_may(user) and readable_sheets(user).filter(file=stored).exists())


@reader(LETTER_FILE)
def may_read_letter(user: User, stored: StoredFile) -> bool:
    """The cover letter: as the sheet."""
    return stored.owner_id == user.pk or (_may(user) and readable_sheets(user).filter(letter=stored).exists())


def _may(user: User) -> bool:
    return user_may(user, KIT) or user_may(user, APPROVE)
