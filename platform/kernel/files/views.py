"""Handing out a stored file."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from kernel.accounts.access import person
from kernel.files import access
from kernel.files.actions import as_attachment
from kernel.web.containment import leaves_always
from kernel.web.fallback import open_in_fallback


@leaves_always
@open_in_fallback
@require_safe
@login_required
def read(request: HttpRequest, uid: UUID) -> FileResponse:
    """The file as a download; a stranger is told that there is none."""
    return as_attachment(access.file_to_read(person(request), uid))
