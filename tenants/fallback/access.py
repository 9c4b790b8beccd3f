"""Who may see a sheet and its file."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, user_may
from tenants.fallback.models import ManualSheet
from tenants.fallback.permissions import CONFIRM, UPLOAD
from tenants.fallback.querysets import ManualSheetQuerySet

PURPOSE = "fallback_sheet"


def readable_sheets(user: User) -> ManualSheetQuerySet:
    """The sheets of the OPDs that the person has in charge."""
    if user_may(user, CONFIRM):
        return ManualSheet.objects.all()
    return ManualSheet.objects.in_opds(opd_scope(user, UPLOAD))


def readable_sheet(user: User, uid: UUID) -> ManualSheet:
    """The sheet with its OPD and people. Raises NotFound."""
    related = ("opd", "file", "uploaded_by", "decided_by")
    sheet = readable_sheets(user).select_related(*related).filter(uid=uid).first()
    if sheet is None:
        raise NotFound("manual_sheet")
    return sheet


@reader(PURPOSE)
def may_read_sheet(user: User, stored: StoredFile) -> bool:
    """The file of a sheet: who brought it in, and who may see the sheet."""
    if stored.owner_id == user.pk:
        return True
    if not (user_may(user, CONFIRM) or user_may(user, UPLOAD)):
        return False
    return readable_sheets(user).filter(file=stored).exists()
